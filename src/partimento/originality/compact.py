"""The part of an index that travels with a model: hashes, of which no music can be read.

Filters of the windows of 8, 12 and 16 notes of the texture say whether a match stands in the corpus: all its windows
have to be found. None that stands there is overlooked; now and then one seems longer than it is, where its windows
stand in several places, or one of them is found by chance (``bloom.false_positives``). A sample of windows with the
first piece and time of each names where a match stands. Shapes: S sampled windows, N notes, W windows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..store import write_atomically
from ..units import MILLISECONDS
from .bloom import Bits, filter_of, held
from .index import FORMAT, Index
from .lines import Line
from .postings import Postings, within_pieces
from .windows import Keys, mixed, windows

COMPACT = "originality.safetensors"  # beside a model's weights, and in the folder of an index
LINE = "texture"
BITS = {8: 8.0, 12: 5.5, 16: 4.0}  # of a filter for each window, by its notes
SHORTEST = min(BITS)
SAMPLED = np.uint64(12)  # one window of eight in so many has a place, those whose hash says so: the same for all music
MOST_PIECES, MOST_SECONDS = 2**16, 2**16 - 1  # of places
DTYPES = {
    **{f"bloom{notes}": np.uint8 for notes in BITS},
    "hashes": np.uint32,
    "pieces": np.uint16,
    "seconds": np.uint16,
}


@dataclass(frozen=True, eq=False)
class Compact:
    """``blooms`` by notes of a window; ``hashes`` uint32[S] in order, ``pieces``, ``seconds`` uint16[S]; ``said``."""

    blooms: Mapping[int, Bits]
    hashes: NDArray[np.uint32]
    pieces: NDArray[np.uint16]
    seconds: NDArray[np.uint16]
    said: Mapping[str, Any]

    @classmethod
    def of(cls, index: Index, human: Mapping[str, Any]) -> "Compact":
        """The compact form of ``index``."""
        postings = index.lines[LINE]
        unique = {notes: np.unique(_windows(postings, notes)[0]) for notes in BITS}
        blooms = {notes: filter_of(keys, BITS[notes]) for notes, keys in unique.items()}
        said = {
            "format": FORMAT,
            "corpus": index.corpus,
            "fingerprint": index.fingerprint,
            "windows": {str(notes): len(keys) for notes, keys in unique.items()},
            "sources": [[source.composer, source.title] for source in index.sources],
            "human": human.get(LINE, {}),
        }
        return cls(blooms, *_sample(postings), said)

    @classmethod
    def open(cls, path: Path) -> "Compact":
        """The one in the file ``path``. Raises InputError where it is damaged or of another version."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "numpy") as file:
                said = json.loads((file.metadata() or {})["partimento"])
                arrays = {name: file.get_tensor(name) for name in DTYPES}
            if said["format"] != FORMAT:
                raise ValueError(f"format {said['format']}, this version reads {FORMAT}")
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise InputError(f"{path}: is missing or damaged ({error}); reinstall, or build the index again") from error
        fits = all(arrays[name].dtype == dtype and arrays[name].ndim == 1 for name, dtype in DTYPES.items())
        places = {len(arrays[name]) for name in ("hashes", "pieces", "seconds")}
        if not fits or len(places) > 1 or arrays["pieces"].max(initial=0) >= max(len(said["sources"]), 1):
            raise InputError(f"{path}: is damaged; reinstall, or build the index again")
        blooms = {notes: arrays.pop(f"bloom{notes}") for notes in BITS}
        return cls(blooms, **arrays, said=said)

    def save(self, path: Path) -> None:
        """Write it to ``path``. Raises WorkFailed."""
        from safetensors.numpy import save

        arrays: dict[str, NDArray[Any]] = {f"bloom{notes}": bloom for notes, bloom in self.blooms.items()}
        arrays |= {"hashes": self.hashes, "pieces": self.pieces, "seconds": self.seconds}
        write_atomically(path, save(arrays, {"partimento": json.dumps(self.said, sort_keys=True, allow_nan=False)}))

    def found(self, pitches: NDArray[np.integer]) -> "Found":
        """Which windows along the last axis of ``pitches`` are found."""
        each = {notes: held(windows(pitches, notes), BITS[notes], bloom) for notes, bloom in self.blooms.items()}
        return Found({notes: _summed(found) for notes, found in each.items()}, pitches.shape[-1])

    def place(self, line: Line, first: int, stop: int) -> tuple[int, int] | None:
        """The piece, and the second in it, of which most sampled windows of notes ``first`` to ``stop`` are."""
        _, wanted = _sampled(windows(line.pitches[first:stop], SHORTEST))
        row = np.minimum(np.searchsorted(self.hashes, wanted), max(len(self.hashes) - 1, 0))
        row = row[self.hashes[row] == wanted] if len(self.hashes) else row[:0]
        if not len(row):
            return None
        piece = int(np.bincount(self.pieces[row]).argmax())
        return piece, int(self.seconds[row][self.pieces[row] == piece].min())


@dataclass(frozen=True, eq=False)
class Found:
    """How many windows are found before each note, by the notes of a window: int[..., W + 1]; of ``length`` notes."""

    before: Mapping[int, NDArray[np.int64]]
    length: int

    def matched(self, notes: int) -> NDArray[np.bool_]:
        """bool[..., N - notes + 1]: which stretches of so many notes, 8 at least, have all their windows found."""
        count = max(self.length - notes + 1, 0)
        whole = np.ones((*self.before[SHORTEST].shape[:-1], count), bool)
        for window, before in self.before.items():
            inside = notes - window + 1
            if inside > 0 and count:
                whole &= before[..., inside:][..., :count] - before[..., :count] == inside
        return whole

    def longest(self) -> tuple[int, int]:
        """First note and end of the longest such stretch of one line; (0, 0): none is."""
        low, high = SHORTEST - 1, self.length + 1
        while high - low > 1:  # a stretch within a matched one is matched
            middle = (low + high) // 2
            low, high = (middle, high) if self.matched(middle).any() else (low, middle)
        if low < SHORTEST:
            return 0, 0
        first = int(np.argmax(self.matched(low)))
        return first, first + low


def _summed(found: NDArray[np.bool_]) -> NDArray[np.int64]:
    zero = np.zeros((*found.shape[:-1], 1), np.int64)
    return np.concatenate([zero, np.cumsum(found, axis=-1, dtype=np.int64)], axis=-1)


def _windows(postings: Postings, notes: int) -> tuple[Keys, NDArray[np.int64]]:
    """The key of every window of so many notes that lies within one piece, and its first note."""
    places = np.flatnonzero(within_pieces(postings.starts, notes))
    return windows(postings.pitches, notes)[places], places


def _sample(postings: Postings) -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint16]]:
    """Hashes in order, pieces and seconds of the windows that have a place: their first."""
    keys, places = _windows(postings, SHORTEST)
    keys, first = np.unique(keys, return_index=True)
    sample, hashes = _sampled(keys)
    places = places[first][sample]
    pieces, seconds = postings.piece(places), postings.onsets_ms[places] // MILLISECONDS
    order = np.argsort(hashes, kind="stable")
    order = order[pieces[order] < MOST_PIECES]
    late = np.minimum(seconds, MOST_SECONDS)
    return hashes[order], pieces[order].astype(np.uint16), late[order].astype(np.uint16)


def _sampled(keys: Keys) -> tuple[NDArray[np.bool_], NDArray[np.uint32]]:
    """Which windows are among the sampled, and the hashes of these."""
    hashes = mixed(mixed(keys))
    sample = hashes % SAMPLED == 0
    return sample, (hashes[sample] >> np.uint64(32)).astype(np.uint32)
