"""Which rows the ``chords`` codec itself would write: the legal next ids, kept up to date row by row.

A chord may strike a pitch that sounds, which cuts that note short. But a group's duration is that of its longest
note, so of every sounding group one note has to last: what would cut the last of them is not legal.
"""

from collections.abc import Sequence
from copy import copy
from typing import Self

import numpy as np

from ..tokens import Column
from ..units import PITCHES
from .chords_vocabulary import Integers, Vocabulary
from .codec import Grammar, Mask

SILENT = -1


class ChordsGrammar(Grammar):
    """Of rows of step, chord, velocity and duration. State: until when each pitch sounds, and which row struck it."""

    def __init__(self, columns: tuple[Column, ...], vocabulary: Vocabulary) -> None:
        self.columns, self.vocabulary = columns, vocabulary
        self.step, self.chord, _, self.duration = columns
        self.now, self.rows, self.kind = 0, 0, "nothing"
        self.until = np.zeros(PITCHES, np.int64)
        self.struck_in = np.full(PITCHES, SILENT, np.int64)

    def fork(self) -> Self:
        """Another grammar in the same state, with the same vocabulary."""
        made = copy(self)
        made.until, made.struck_in = self.until.copy(), self.struck_in.copy()
        return made

    def allowed(self, chosen: Sequence[int]) -> Mask:
        """bool[V] for the column after those ``chosen``."""
        if not chosen:
            return self._steps()
        column = self.columns[len(chosen)]
        mask = np.ones(column.size, bool)
        mask[0] = self.step.describe(chosen[0]) in ("begin", "end", "wait")
        mask[1:] = not mask[0]
        if column is self.chord and not mask[0]:
            mask[1:] = self._chords(self.now + int(self.step.advances[chosen[0]]))
        return mask

    def push(self, row: Sequence[int]) -> None:
        """Take a whole row, legal or not, as past."""
        step, chord, _, duration = row
        self.now += int(self.step.advances[step])
        self.rows += 1
        self.kind = self.step.describe(step)
        if chord:
            struck = self.vocabulary.strikes[chord - 1]
            self.until[struck] = self.now + int(self.duration.lasts[duration])
            self.struck_in[struck] = self.rows

    def _steps(self) -> Mask:
        mask = np.ones(self.step.size, bool)
        if self.kind in ("nothing", "end"):
            mask[:] = False
            mask[self.step.id("begin")] = self.kind == "nothing"
            return mask
        mask[: self.step.offsets["time"]] = False
        mask[self.step.id("wait")] = True
        mask[self.step.id("end")] = self.kind != "wait"
        mask[self.step.id("time")] = self.kind == "begin"
        strikes = slice(self.step.offsets["time"], None)
        mask[strikes] &= self.now + self.step.advances[strikes] >= self._last_of_groups().min()
        return mask

    def _last_of_groups(self) -> Integers:
        """int[128]: until when each pitch may not be struck since it is all that is left of its group."""
        _, group, left = np.unique(self.struck_in, return_inverse=True, return_counts=True)
        alone = (left[group] == 1) & (self.struck_in != SILENT)
        return np.where(alone, self.until, 0)

    def _chords(self, now: int) -> Mask:
        """bool[P]: the chords that leave a note of every group that sounds."""
        sounding = self.until > now
        groups = np.unique(self.struck_in[sounding])
        members = (self.struck_in[:, None] == groups) & sounding[:, None]
        cut = self.vocabulary.weights @ members.astype(np.float32)
        return np.asarray((cut < members.sum(0)).all(1))
