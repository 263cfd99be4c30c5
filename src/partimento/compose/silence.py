"""A guard against silence without end: a model that has said nothing for long expects that nothing follows."""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from ..tokens import Column

LONGEST_S = 10.0  # between the onsets of two notes


class SilenceGuard:
    """Hears when notes are said; where none was for too long, what moves time on without a note is left out."""

    def __init__(self, first: Column, now: int, steps_per_second: int) -> None:
        self.strikes = first.span("time") if "time" in first.offsets else slice(0)  # a step to a note is one as well
        self.heard, self.longest = now, LONGEST_S * steps_per_second

    def fork(self) -> "SilenceGuard":
        """Another guard that has heard the same; the two then go their own ways."""
        return copy(self)

    def push(self, now: int) -> None:
        """Take a note that is said at the grid step ``now``."""
        self.heard = max(self.heard, now)

    def mask(self, mask: NDArray[np.bool_], advances: NDArray[np.int32], now: int) -> NDArray[np.bool_]:
        """bool[V] of the first column, whose ids move time on by ``advances``: ``mask`` without waits that are over."""
        if now - self.heard < self.longest:
            return mask
        kept = mask & (advances <= 0)
        kept[self.strikes] = mask[self.strikes]
        return kept if kept.any() else mask
