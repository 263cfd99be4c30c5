"""The cells of a piano roll, and which of them the roll codec itself would write next."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..tokens import Column
from .codec import Grammar, Mask

REST, HOLD, ON = 0, 1, 2  # a cell: silent, held, struck in the lowest bin
BEGIN, END = 0, 1  # ids of the first column; its cells stand behind them

Cells = NDArray[np.int16]


class RollGrammar(Grammar):
    """A hold needs a sounding key, an end a row that sounds."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.bases = bases(columns)
        self.whole = [np.arange(column.size) >= base for column, base in zip(columns, self.bases, strict=True)]
        self.masks = [_only(column.size, BEGIN if c == 0 else REST) for c, column in enumerate(columns)]
        self.edges = [_only(column.size) for column in columns]

    def allowed(self, chosen: Sequence[int]) -> Mask:
        """bool[V] of the next key; after begin or end has been said, nothing is struck in its row."""
        edge = len(chosen) > 0 and chosen[0] in (BEGIN, END)
        return (self.edges if edge else self.masks)[len(chosen)]

    def push(self, row: Sequence[int]) -> None:
        """Take a whole row as past."""
        if row[0] == END:
            self.masks = [np.zeros_like(mask) for mask in self.whole]
            return
        sounding = (np.asarray(row) - self.bases) >= HOLD
        self.masks = [mask.copy() for mask in self.whole]
        for mask, base, sounds in zip(self.masks, self.bases, sounding, strict=True):
            mask[base + HOLD] = sounds
        self.masks[0][END] = row[0] == BEGIN or sounding.any()


def bases(columns: Sequence[Column]) -> Cells:
    """int[C]: the id of rest in each column."""
    return np.array([column.offsets["rest"] for column in columns], np.int16)


def _only(size: int, token: int = REST) -> Mask:
    mask = np.zeros(size, bool)
    mask[token] = True
    return mask
