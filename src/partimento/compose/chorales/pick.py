"""Drawing cells: what a model says of them, under the laws of the grid and the rules of voice leading.

A cell never says begin or end, holds only a note before it that may go on, and rests only where nothing holds it.
Faults that may not be are left out, unless every id has one: then the ids with the least of them stay. Others are
paid for with their weights. One pick serves families that write in order and families that draw many cells from one
state: whatever is unknown around a cell counts for nothing. Shapes: N cells, V ids of a voice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...audit.masks import CELL, verdicts
from ...audit.rules import FAULTS, HARD
from ...codecs.chorale_cells import REST
from ...codecs.chorale_grammar import SILENT
from ...models.grid import Cells
from ...nn.filters import Sampling, draw, weights
from ...tokens import Column
from .cadences import Cadences
from .surroundings import Reader, Surroundings

LEAST = -1e4  # nats: what a model calls impossible may still be all that is left

Scores = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Leading:
    """The kinds of fault that may not be, and those that cost their weight."""

    hard: tuple[str, ...] = HARD
    soft: tuple[str, ...] = tuple(name for name in FAULTS if name not in HARD)
    strict: bool = True

    @classmethod
    def of(cls, masks: bool, strict: bool) -> "Leading":
        """All rules or none (``masks``); where not ``strict`` every one of them has its price."""
        if not masks:
            return cls((), (), strict)
        return cls() if strict else cls((), tuple(FAULTS), False)


@dataclass(frozen=True, eq=False)
class ChoralePick:
    """Draws the cells of piece b with the b-th of ``generators``, so that it is the same alone and in company.

    ``reader`` knows the voices, the tonics and which notes are kept.
    """

    reader: Reader
    generators: Sequence[np.random.Generator]
    sampling: Sampling = Sampling()
    leading: Leading = Leading()
    cadences: Cadences | None = None

    def __call__(self, cells: Cells, log_probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
        """int[N]: ids drawn from float[N, V]."""
        around = self.reader.read(cells)
        column = self.reader.voices[cells.voice]
        allowed = _legal(around, column)
        scores = np.maximum(log_probabilities.astype(np.float64), LEAST)
        if self.leading.hard or self.leading.soft or self._ends(cells):
            hard, soft = self._costs(around, cells)
            scores -= soft
            allowed &= hard <= np.where(allowed, hard, np.inf).min(axis=1, keepdims=True)
        pieces = cells.where[:, 0].tolist()
        return np.array([self._draw(*each) for each in zip(pieces, scores, allowed, strict=True)], np.int64)

    def _draw(self, piece: int, scores: Scores, allowed: Truths) -> int:
        return draw(weights(scores, allowed, self.sampling), self.generators[piece])

    def _ends(self, cells: Cells) -> bool:
        """Whether phrases, or the piece, end in any of the rows of ``cells``."""
        return self.cadences is not None and self.cadences.any(cells.where[:, 1])

    def _costs(self, around: Surroundings, cells: Cells) -> tuple[Scores, Scores]:
        """float[N, V] twice: what each id costs; a hold what the pitch before costs."""
        voice, rows = cells.voice, cells.where[:, 1]
        column = self.reader.voices[voice]
        low = column.range("pitch").low
        pitches = np.array([REST, *column.values[column.span("pitch")]])
        held = np.where(around.before > REST, around.before - low + 1, 0)
        index = np.zeros((len(held), column.size), np.int64)  # of the candidate that each id says
        index[:, column.span("pitch")] = np.arange(1, len(pitches))
        index[:, column.offsets["hold"]] = held
        hard, soft = verdicts(around.around, voice, pitches, self.leading.hard, self.leading.soft)
        if self.cadences is not None and self.cadences.any(rows):
            close, phrase = self.cadences.costs(rows, around.around.frames[:, CELL], voice, pitches)
            hard, soft = (hard + close, soft + phrase) if self.leading.strict else (hard, soft + close + phrase)
        each = np.arange(len(index))[:, None], index
        return hard[each], soft[each]


def _legal(around: Surroundings, column: Column) -> Truths:
    """bool[N, V]: the ids that a cell may have where it stands."""
    legal = np.zeros((len(around.may_hold), column.size), np.bool_)
    legal[:, column.span("pitch")] = True
    legal[:, column.offsets["hold"]] = around.may_hold
    legal[:, SILENT] = ~around.goes_on
    return legal
