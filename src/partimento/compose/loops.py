"""A guard against loops: the fourth repetition of eight rows or more is not let come about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..tokens import Column

SHORTEST, LONGEST = 8, 128  # rows in a repeated passage
REPETITIONS = 4
TOLERANCE = 1  # grid steps by which the step and the duration of equal rows may differ, as the audit has it


class LoopGuard:
    """Keeps, for each period, how many rows on end have equalled the row one period before.

    Equal rows agree in pitch, and in step and duration to one grid step; their velocities may differ.
    The step into a passage's first row lies outside the passage, so that row need not agree in its step.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.counted = np.array([i for i, column in enumerate(columns) if column.name != "velocity"])
        self.tolerances = np.array([_tolerance(columns[i]) for i in self.counted])
        self.pitch = next((i for i, column in enumerate(columns) if _says_pitch(column)), 0)
        self.rows = np.full((LONGEST, len(self.counted)), -1 - TOLERANCE, np.int64)  # the latest first
        self.runs = np.zeros(LONGEST, np.int64)

    def push(self, row: Sequence[int]) -> None:
        """Take a row as past."""
        now = np.asarray(row)[self.counted]
        near = np.abs(self.rows - now) <= self.tolerances
        same = near[:, min(1, self.pitch) :].all(axis=1)
        self.runs = np.where(near.all(axis=1), self.runs + 1, same)
        self.rows = np.roll(self.rows, 1, axis=0)
        self.rows[0] = now

    def mask(self, mask: NDArray[np.bool_], chosen: Sequence[int]) -> None:
        """Forbid the pitch of a row that, with whatever duration, could complete a loop."""
        if len(chosen) != self.pitch:
            return
        periods = np.arange(1, LONGEST + 1)
        looping = (self.runs >= (REPETITIONS - 1) * periods - 1) & (periods >= SHORTEST)
        for period in np.flatnonzero(looping):
            next_row = self.rows[period]
            if (np.abs(next_row[: self.pitch] - chosen) <= self.tolerances[: self.pitch]).all():
                mask[next_row[self.pitch]] = False


def _says_pitch(column: Column) -> bool:
    return not {"pitch", "on"}.isdisjoint(column.offsets)


def _tolerance(column: Column) -> int:
    """A column of times and nothing else is compared loosely: its ids are grid steps, in order."""
    timed = any(r.advances or r.lasts for r in column.ranges)
    return TOLERANCE if timed and not _says_pitch(column) else 0
