"""Where every window of a line stands in a corpus: notes of all pieces end to end, and their windows in order of hash.

Shapes: N notes of all pieces, P pieces, M windows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .lines import Integers, Line
from .windows import short, windows

WINDOW = {"texture": 6, "melody": 8}  # notes: with one note in ten edited, half of six in a row are as they were
DTYPES = {"pitches": np.uint8, "onsets_ms": np.int32, "starts": np.int64, "hashes": np.uint32, "places": np.uint32}


@dataclass(frozen=True, eq=False)
class Postings:
    """``pitches`` uint8[N], ``onsets_ms`` int32[N], ``starts`` int64[P + 1]; ``hashes`` and ``places`` uint32[M]."""

    pitches: NDArray[np.uint8]
    onsets_ms: NDArray[np.int32]
    starts: Integers
    hashes: NDArray[np.uint32]
    places: NDArray[np.uint32]
    window: int

    @classmethod
    def of(cls, lines: Sequence[Line], window: int) -> "Postings":
        """The postings of pieces that are given by one line each."""
        starts = np.cumsum([0, *map(len, lines)])
        pitches = np.concatenate([np.zeros(0, np.uint8), *(line.pitches.astype(np.uint8) for line in lines)])
        onsets_ms = np.concatenate([np.zeros(0, np.int32), *(line.onsets_ms.astype(np.int32) for line in lines)])
        hashes = short(windows(pitches, window))
        places = np.flatnonzero(within_pieces(starts, window)).astype(np.uint32)
        order = np.argsort(hashes[places], kind="stable")
        return cls(pitches, onsets_ms, starts, hashes[places][order], places[order], window)

    @classmethod
    def open(cls, folder: Path, window: int) -> "Postings":
        """Those in ``folder``, mapped. Raises InputError where they are damaged."""
        found: dict[str, Any] = {name: _mapped(folder / f"{name}.npy", dtype) for name, dtype in DTYPES.items()}
        notes = int(found["starts"][-1]) if len(found["starts"]) else -1
        sizes = {len(found["pitches"]), len(found["onsets_ms"]), notes}
        if len(sizes) > 1 or len(found["hashes"]) != len(found["places"]):
            raise InputError(f"{folder}: the index is damaged; remove this folder, and it is built again")
        return cls(**found, window=window)

    def save(self, folder: Path) -> None:
        """Write one file per array into ``folder``."""
        folder.mkdir()
        for field in fields(self):
            if field.name in DTYPES:
                np.save(folder / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)

    def piece(self, places: Integers) -> Integers:
        """The piece in which each of these notes stands."""
        return np.searchsorted(self.starts, places, side="right") - 1


def within_pieces(starts: Integers, window: int) -> NDArray[np.bool_]:
    """bool[N - window + 1]: whether the window that begins with a note ends in the same piece."""
    inside = np.ones(max(int(starts[-1]) - window + 1, 0), bool)
    for border in starts[1:-1].tolist():
        inside[max(border - window + 1, 0) : border] = False
    return inside


def _mapped(path: Path, dtype: Any) -> NDArray[Any]:
    try:
        found = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except Exception as error:  # numpy parses a header as Python: a damaged one can raise whatever a tokenizer does
        raise InputError(f"{path}: is missing or damaged; remove its folder, and the index is built again") from error
    if found.dtype != dtype or found.ndim != 1:
        raise InputError(f"{path}: is no part of an index; remove its folder, and the index is built again")
    return found
