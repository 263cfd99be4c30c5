"""Which cells the chorale codec itself would write next."""

from collections.abc import Sequence

import numpy as np

from ..tokens import Column
from .chorale_meta import LONGEST_BAR, UNKNOWN
from .codec import Grammar, Mask

BEGIN, END, SILENT = 0, 1, 2  # ids of every voice; a hold, where there is one, and the pitches stand behind them
EDGE, FIRST_BEAT = 0, 1  # ids of the beat
PLAIN = 0  # of the fermata
VOICES = 4


class ChoraleGrammar(Grammar):
    """A hold needs a note, an end a 16th that sounds; a 16th stands a place after the last one, or opens a bar.

    A pickup says how long the bar after it may be. A key that was said is not forgotten.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.limit, self.pickup = LONGEST_BAR, False
        self.edges = [_only(column, [0]) for column in columns]
        self.ends = [_only(column, [END if c < VOICES else 0]) for c, column in enumerate(columns)]
        self.masks = self.edges
        self.may_end = False

    def allowed(self, chosen: Sequence[int]) -> Mask:
        """bool[V] of the next column; a row that begins or ends a piece says nothing else."""
        if not chosen or not self.may_end or chosen[0] != END:
            return self.masks[len(chosen)] if chosen or not self.may_end else self.masks[0] | self.ends[0]
        return self.ends[len(chosen)]

    def push(self, row: Sequence[int]) -> None:
        """Take a whole row as past."""
        if row[0] == END:
            self.masks, self.may_end = [np.zeros_like(mask) for mask in self.edges], False
            return
        begins = row[0] == BEGIN
        self.may_end = begins or any(token > SILENT for token in row[:VOICES])
        self._push_beat(row[VOICES] - FIRST_BEAT, begins)
        voices = [_voice(column, token) for column, token in zip(self.columns, row[:VOICES], strict=False)]
        known = begins or row[-1] == UNKNOWN
        keys = np.arange(self.columns[-1].size) >= (UNKNOWN if known else UNKNOWN + 1)
        self.masks = [*voices, self._beats(row[VOICES], begins), np.ones(self.columns[-2].size, np.bool_), keys]

    def _push_beat(self, beat: int, begins: bool) -> None:
        """A bar that opens after a pickup is no longer than that says; one after it may have any length."""
        if begins:
            self.pickup, self.limit, self.last = False, LONGEST_BAR, EDGE
        elif beat == 0:
            self.limit = self.last if self.pickup else LONGEST_BAR
            self.pickup = False
        elif self.last == EDGE:
            self.pickup = True
        self.last = 0 if begins else beat + FIRST_BEAT

    def _beats(self, token: int, begins: bool) -> Mask:
        column = self.columns[VOICES]
        if begins:
            return np.arange(column.size) >= FIRST_BEAT
        return _only(column, [FIRST_BEAT, *[token + 1] * (token + 1 - FIRST_BEAT < self.limit)])


def _voice(column: Column, token: int) -> Mask:
    """Rest and every pitch, and hold where something sounds."""
    mask = np.arange(column.size) >= SILENT
    if "hold" in column.offsets:
        mask[column.offsets["hold"]] = token > SILENT
    return mask


def _only(column: Column, tokens: Sequence[int]) -> Mask:
    mask = np.zeros(column.size, np.bool_)
    mask[list(tokens)] = True
    return mask
