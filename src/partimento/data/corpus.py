"""A prepared corpus: pieces with their Scores, mapped from disk.

Corpora live in the folder that the environment variable PARTIMENTO_DATA names, by default in the
platform's cache folder.
"""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import platformdirs

from ..errors import InputError, MissingData, UnknownName, UsageError
from ..printable import printable
from ..score import TABLES, Array, Provenance, Score
from ..store import restore
from . import SOURCES
from .fetch.members import RESERVED
from .manifest import AGAIN, MANIFEST, Entry, Manifest, read_manifest
from .shards import Offsets, map_shards, sums
from .source import SPLITS, Piece

DOWNLOADS = "downloads"  # no corpus may have this name
WINDOW_SETS = "window-sets"  # nor this
LONGEST_NAME, SHOWN_OF_NAME = 100, 40  # bytes, and letters: a hidden name while writing needs room for more
NAME_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (  # what is refused, in which words
    (
        lambda name: not re.fullmatch(r"\w[\w.-]*", name) or name.endswith("."),
        "letters, digits, '_', '-' and '.', not a path and no dot in front or at the end",
    ),
    (lambda name: len(name.encode()) > LONGEST_NAME, f"has more than {LONGEST_NAME} bytes; choose a shorter one"),
    (lambda name: bool(RESERVED.fullmatch(name)), "Windows keeps this name for itself; choose another one"),
    (lambda name: name.casefold() == DOWNLOADS, "what is fetched lies there; choose another one"),
    (lambda name: name.casefold() == WINDOW_SETS, "named window sets lie there; choose another one"),
)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Pieces and their Scores. ``select`` gives a view of some; indices count within the view."""

    folder: Path
    manifest: Manifest
    tables: dict[str, Array]
    offsets: Offsets
    chosen: tuple[int, ...]

    @classmethod
    def open(cls, folder: Path) -> "Corpus":
        """The corpus in ``folder``. Raises InputError where it is damaged or of another version."""
        manifest = read_manifest(folder)
        tables, offsets = map_shards(folder)
        if len(offsets) != len(manifest.entries) + 1:
            raise InputError(f"{folder}: the shards do not fit {MANIFEST}; {AGAIN}")
        return cls(folder, manifest, tables, offsets, tuple(range(len(manifest.entries))))

    def __reduce__(self) -> tuple[object, ...]:
        """A corpus travels to another process as its folder: the mapped arrays would be copied whole."""
        return _reopened, (self.folder, self.chosen)

    def __len__(self) -> int:
        return len(self.chosen)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What is known of each piece: notes, seconds, tracks."""
        return tuple(self.manifest.entries[i] for i in self.chosen)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Each piece as its source describes it."""
        return tuple(entry.piece for entry in self.entries)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of what the corpus, or this view of it, holds."""
        if len(self) == len(self.manifest.entries):
            return self.manifest.fingerprint
        return hashlib.sha256(f"{self.manifest.fingerprint} {self.chosen}".encode()).hexdigest()

    def split(self, name: str) -> list[int]:
        """The indices of the pieces in a split. Raises UnknownName."""
        if name not in SPLITS:
            raise UnknownName("split", name, SPLITS)
        return [i for i, piece in enumerate(self.pieces) if piece.split == name]

    def select(self, wanted: Callable[[Piece], bool]) -> "Corpus":
        """A view of the pieces that are ``wanted``."""
        chosen = tuple(i for i, piece in zip(self.chosen, self.pieces, strict=True) if wanted(piece))
        return replace(self, chosen=chosen)

    def score(self, index: int) -> Score:
        """The Score of a piece; its arrays are read-only slices of the mapped files."""
        row, entry = self.chosen[index], self.entries[index]
        starts, ends = self.offsets[row : row + 2].tolist()
        parts = {name: self.tables[name][a:b] for name, a, b in zip(TABLES, starts, ends, strict=True)}
        manifest, piece = self.manifest, entry.piece
        licence, credit = piece.licence or manifest.licence, piece.credit or manifest.credit
        provenance = Provenance(manifest.source, piece.composer, licence, credit)
        return _assembled(
            **parts,
            ticks_per_quarter=entry.ticks_per_quarter,
            tracks=entry.tracks,
            title=piece.title,
            provenance=provenance,
        )

    def verify(self) -> None:
        """Read the shards whole and compare their SHA-256 with the manifest. Raises InputError."""
        found = sums(self.folder, self.manifest.files)
        for name, digest in self.manifest.files.items():
            if found[name] != digest:
                raise InputError(f"{self.folder / name}: is damaged; {AGAIN}")


def _reopened(folder: Path, chosen: tuple[int, ...]) -> Corpus:
    return replace(Corpus.open(folder), chosen=chosen)


def _assembled(**parts: object) -> Score:
    """A Score without the sort that its constructor does: the shards were written from sorted Scores."""
    score = object.__new__(Score)
    score.__dict__.update(parts)
    return score


def home() -> Path:
    """The folder in which prepared corpora live."""
    given = os.environ.get("PARTIMENTO_DATA")
    return Path(given) if given else platformdirs.user_cache_path("partimento") / "data"


def prepared() -> list[str]:
    """The names of the corpora that are here."""
    restore(home())
    return sorted(path.parent.name for path in home().glob(f"[!.]*/{MANIFEST}"))


def place(name: str) -> Path:
    """The folder of the corpus called ``name``. Raises UsageError for what is no plain name."""
    for refuses, words in NAME_RULES:
        if refuses(name):
            raise UsageError(f"corpus name {printable(name[:SHOWN_OF_NAME])!r}: {words}")
    return home() / name


def corpus(name: str) -> Corpus:
    """The prepared corpus called ``name``. Raises MissingData, saying how to get it, or UnknownName."""
    folder = place(name)
    restore(folder.parent)
    if (folder / MANIFEST).exists():
        return Corpus.open(folder)
    if name not in SOURCES:
        raise UnknownName("corpus", name, {*SOURCES, *prepared()})
    raise missing(name)


def missing(name: str) -> MissingData:
    """The error that says how to get the corpus of a source."""
    url = SOURCES[name].archive_url
    fetch = f"; `partimento data fetch {name}` gets it from {url}" if url else ""
    origin = "" if SOURCES[name].installed else " --from PATH"
    return MissingData(f"corpus {name!r} is not prepared: run `partimento data prepare {name}{origin}`{fetch}")
