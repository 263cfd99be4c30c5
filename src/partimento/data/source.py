"""A source of music: where its files come from, under which licence, and how they are split."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Piece:
    """One piece of a corpus, as its source describes it. ``year`` 0 and empty texts: unknown."""

    id: str
    split: str
    title: str
    path: str
    sha256: str
    composer: str = ""
    year: int = 0


@dataclass(frozen=True)
class Split:
    """How a source without official splits is divided: the shares of SPLITS, and a seed."""

    shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise UsageError(f"split {self.shares}: three shares of 0 or more that sum to 1, such as 0.8,0.1,0.1")

    def of(self, sha256: str) -> str:
        """The split of the file with this hash: adding or removing other files moves nothing."""
        place = _fraction(f"{self.seed}:{sha256}")
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
class Source:
    """A row of the table SOURCES.

    ``pieces(origin, split)`` yields each piece with the bytes of its MIDI file, in a fixed order;
    ``origin`` is an archive or a folder. ``official_splits``: the source comes divided, and every
    file of it must be readable; otherwise a file that is refused is named and left out.
    """

    name: str
    licence: str
    credit: str
    homepage: str
    archive_url: str
    official_splits: bool
    pieces: Callable[[Path, Split], Iterator[tuple[Piece, bytes]]]
