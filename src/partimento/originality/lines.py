"""The lines of a piece that are compared: all its notes in order, and its melody. Shapes: N notes of a line."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..score import Score
from ..units import MILLISECONDS

SIMULTANEOUS_MS = 40  # pianists spread a chord by up to 30 ms; the notes of a fast run are 60 ms apart
COVERING = 8  # earlier top notes that may still sound above a note

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Line:
    """``pitches``, ``onsets_ms`` and ``rows`` (of Score.notes), int[N] each."""

    pitches: Integers
    onsets_ms: Integers
    rows: Integers

    def __len__(self) -> int:
        return len(self.pitches)

    def __getitem__(self, part: slice) -> "Line":
        return Line(self.pitches[part], self.onsets_ms[part], self.rows[part])


def texture(score: Score) -> Line:
    """Every note; those that begin together, each within 40 ms of the one before, from low to high."""
    return _grouped(score)[0]


def melody(score: Score) -> Line:
    """The top note of each such group, unless one of the last tops still sounds above it (skyline; no pedal)."""
    line, groups = _grouped(score)
    tops = np.flatnonzero(np.diff(groups, append=-1))
    rows, pitches, onsets_ms = line.rows[tops], line.pitches[tops], line.onsets_ms[tops]
    releases_ms = _milliseconds(score, score.releases[rows])
    covered = np.zeros(len(tops), bool)
    for back in range(1, min(COVERING, len(tops) - 1) + 1):
        covered[back:] |= (pitches[:-back] > pitches[back:]) & (releases_ms[:-back] > onsets_ms[back:])
    return Line(pitches[~covered], onsets_ms[~covered], rows[~covered])


LINES: dict[str, Callable[[Score], Line]] = {"texture": texture, "melody": melody}


def _grouped(score: Score) -> tuple[Line, Integers]:
    """All notes in order, and the group of each."""
    onsets_ms = _milliseconds(score, score.notes["onset"])
    pitches = score.notes["pitch"].astype(np.int64)
    groups = np.cumsum(np.diff(onsets_ms, prepend=onsets_ms[:1]) > SIMULTANEOUS_MS, dtype=np.int64)
    rows = np.lexsort([pitches, groups])
    return Line(pitches[rows], onsets_ms[rows], rows), groups


def _milliseconds(score: Score, ticks: NDArray[np.integer]) -> Integers:
    return np.rint(score.seconds(ticks) * MILLISECONDS).astype(np.int64)
