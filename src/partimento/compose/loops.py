"""A guard against loops: the fourth exact repetition of eight rows or more is not let come about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 8, 128  # rows in a repeated passage
REPETITIONS = 4


class LoopGuard:
    """Keeps, for each period, how many rows on end have equalled the row one period before."""

    def __init__(self, counted: Sequence[bool]) -> None:
        self.counted = np.flatnonzero(counted)  # columns in which an exact repetition shows
        self.rows = np.full((LONGEST, len(self.counted)), -1, np.int64)  # the latest first
        self.runs = np.zeros(LONGEST, np.int64)

    def push(self, row: Sequence[int]) -> None:
        """Take a row as past."""
        now = np.asarray(row)[self.counted]
        self.runs = np.where((self.rows == now).all(axis=1), self.runs + 1, 0)
        self.rows = np.roll(self.rows, 1, axis=0)
        self.rows[0] = now

    def mask(self, mask: NDArray[np.bool_], chosen: Sequence[int]) -> None:
        """Forbid the last counted id of a row that would complete a loop."""
        if len(chosen) != self.counted[-1]:
            return
        periods = np.arange(1, LONGEST + 1)
        looping = (self.runs >= (REPETITIONS - 1) * periods - 1) & (periods >= SHORTEST)
        for period in np.flatnonzero(looping):
            next_row = self.rows[period]
            if np.array_equal(next_row[:-1], np.asarray(chosen)[self.counted[:-1]]):
                mask[next_row[-1]] = False
