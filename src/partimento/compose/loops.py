"""A guard against loops: the fourth repetition of eight rows or more is not let come about."""

from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from ..tokens import Column
from ..units import MILLISECONDS

SHORTEST, LONGEST = 8, 128  # rows in a repeated passage
REPETITIONS = 4
REMEMBERED = REPETITIONS * LONGEST  # rows; those before take no part in any loop
PERIODS = np.arange(1, LONGEST + 1)
NEEDED = np.where(PERIODS < SHORTEST, np.iinfo(np.int64).max, (REPETITIONS - 1) * PERIODS - 1)  # rows on end
TOLERANCE_MS = 10  # by which the step and the duration of equal rows may differ, as the audit has it


class LoopGuard:
    """Keeps, for each period, how many rows on end have equalled the row one period before.

    Equal rows agree in pitch, and in step and duration to 10 ms; their velocities may differ.
    The step into a passage's first row lies outside the passage, so that row need not agree in its step.
    """

    def __init__(self, columns: Sequence[Column], steps_per_second: int = 100) -> None:
        self.counted = [i for i, column in enumerate(columns) if column.name != "velocity"]
        tolerance = TOLERANCE_MS * steps_per_second // MILLISECONDS
        self.tolerances = np.array([[tolerance * _is_timed(columns[i])] for i in self.counted])
        self.pitch = next((i for i, column in enumerate(columns) if _says_pitch(column)), 0)
        self.written = np.full((len(self.counted), 2 * LONGEST), -1 - tolerance, np.int64)  # from right to left
        self.newest = LONGEST
        self.runs = np.zeros(LONGEST, np.int64)

    def push(self, row: Sequence[int]) -> None:
        """Take a row as past."""
        now = [row[i] for i in self.counted]
        near = np.abs(self.latest - np.array(now)[:, None]) <= self.tolerances
        same = np.logical_and.reduce(near[min(1, self.pitch) :])
        self.runs = np.where(np.logical_and.reduce(near), self.runs + 1, same)
        if not self.newest:
            self.written[:, LONGEST:] = self.latest
            self.newest = LONGEST
        self.newest -= 1
        self.written[:, self.newest] = now

    def fork(self) -> "LoopGuard":
        """Another guard that has heard the same; the two then go their own ways."""
        made = copy(self)
        made.written = self.written.copy()  # the rest is never written in place
        return made

    @property
    def latest(self) -> NDArray[np.int64]:
        """int[counted columns, LONGEST]: the latest rows, the last one first."""
        return self.written[:, self.newest : self.newest + LONGEST]

    def mask(self, mask: NDArray[np.bool_], chosen: Sequence[int]) -> NDArray[np.bool_]:
        """``mask`` without the pitches of rows that, with whatever duration, could complete a loop."""
        if len(chosen) != self.pitch or not (looping := self.runs >= NEEDED).any():
            return mask
        kept = mask.copy()
        for period in np.flatnonzero(looping):
            next_row = self.latest[:, period]
            if (np.abs(next_row[: self.pitch] - chosen) <= self.tolerances[: self.pitch, 0]).all():
                kept[next_row[self.pitch]] = False
        return kept


def _says_pitch(column: Column) -> bool:
    return not {"pitch", "on"}.isdisjoint(column.offsets)


def _is_timed(column: Column) -> bool:
    """A column of times and nothing else is compared loosely: its ids are grid steps, in order."""
    return any(r.advances or r.lasts for r in column.ranges) and not _says_pitch(column)
