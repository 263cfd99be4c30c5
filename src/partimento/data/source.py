"""A source of music: where its files come from, under which licence, and how they are split."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate

from ..errors import InputError, UsageError
from ..score import Score

SPLITS = ("train", "validation", "test")
FRAMES = "frames without holds"  # a kind of piece: a pitch that comes again may have been held or struck again


@dataclass(frozen=True)
class Piece:
    """One piece of a corpus, as its source describes it. ``year`` 0 and empty texts: unknown.

    ``licence`` and ``credit`` are the piece's own; where they are empty those of its source hold.
    """

    id: str
    split: str
    title: str
    path: str
    sha256: str
    composer: str = ""
    year: int = 0
    kind: str = ""
    licence: str = ""
    credit: str = ""


@dataclass(frozen=True)
class PassedOver:
    """How many files are none of a source's, by their names, and the first of these."""

    count: int = 0
    first: str = ""


@dataclass(frozen=True)
class RawFile:
    """A file of a source: its piece with its bytes, or with the ``refusal`` of a file that could not be read.

    ``total`` is how many files its source gives, 0 where that is not known beforehand; ``others`` lie beside them.
    """

    piece: Piece
    data: bytes = b""
    refusal: InputError | None = None
    total: int = 0
    others: PassedOver = PassedOver()


@dataclass(frozen=True)
class Split:
    """How a source without official splits is divided: the shares of SPLITS, and a seed."""

    shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
    seed: int = 0

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in self.shares) or abs(sum(self.shares) - 1) > 1e-6:
            given = ",".join(f"{share:g}" for share in self.shares)
            raise UsageError(f"--split {given}: three shares of 0 or more that sum to 1, such as 0.8,0.1,0.1")

    def of(self, sha256: str) -> str:
        """The split of the file with this hash: adding or removing other files moves nothing."""
        return self.at(self.place(sha256))

    def place(self, name: str) -> float:
        """A number in [0, 1) that is a fixed pseudo-random function of the seed and ``name``."""
        return _fraction(f"{self.seed}:{name}")

    def at(self, place: float) -> str:
        """The split in which ``place``, in [0, 1), lies when they stand side by side."""
        train, validation, _ = self.shares
        return SPLITS[(place >= train) + (place >= train + validation)]


def folded(text: str) -> str:
    """``text`` without case and accents, as names are compared."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _fraction(text: str) -> float:
    """A number in [0, 1) that is a fixed pseudo-random function of ``text``."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


@dataclass(frozen=True)
class Parser:
    """What makes a parcel (``midi.parcel``) of a file, in a child process with so much memory and time.

    ``parse(data, name, limits)`` stands at the top of an importable module; it raises InputError.
    """

    parse: Callable[Concatenate[bytes, ...], bytes]
    memory_mb: int = 512
    timeout_s: float = 4.0


@dataclass(frozen=True)
class Source:
    """A row of the table SOURCES.

    ``pieces(origin, split)`` yields each file, in a fixed order; ``origin`` is an archive or a folder.
    ``official_splits``: the source comes divided, and every file of it must be readable; otherwise a file that
    is refused is named and left out. ``remarks``: what the card of a model trained on it has to say.
    ``archive_sha256``, ``unpacked_bytes`` and ``sums`` (SHA-256 of its files, by name) are as published, where known.
    ``parser`` reads a file (None: MIDI). ``installed`` says where the files of a source lie that comes with another
    package, or raises MissingData. ``divide(pieces, scores, split)`` gives each its split where that depends on the
    music.
    """

    name: str
    licence: str
    credit: str
    homepage: str
    archive_url: str
    official_splits: bool
    pieces: Callable[[Path, Split], Iterator[RawFile]]
    remarks: tuple[str, ...] = ()
    archive_sha256: str = ""
    unpacked_bytes: int = 0
    sums: Callable[[], Mapping[str, str]] = dict
    parser: Parser | None = None
    installed: Callable[[], Path] | None = None
    divide: Callable[[Sequence[Piece], Sequence[Score], Split], list[str]] | None = None

    @property
    def archive_name(self) -> str:
        """The file that the source comes as, for who looks for it; empty where any folder will do."""
        named = f"{self.name}.zip" if self.official_splits else ""
        return self.archive_url.rpartition("/")[2] or named
