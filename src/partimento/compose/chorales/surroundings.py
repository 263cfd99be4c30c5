"""What is known around cells that are to be drawn: what sounds before and behind, and how far their notes are held.

Shapes: B pieces, R rows, C columns, P pieces concerned, N cells, 4 voices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...audit.masks import Around
from ...codecs.chorale_cells import HOLD, REST
from ...models.grid import Cells
from ...tokens import Column

UNKNOWN = -1  # of what a cell says, beside REST, HOLD and pitches

Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Of N cells of one voice: ``around`` them the frames, and of their voice what stands before and behind.

    ``before`` int[N] is the pitch that sounds in the row before, REST or UNKNOWN; ``may_hold`` bool[N] whether there
    is one that may go on; ``goes_on`` bool[N] whether the row behind is known to hold what the cell says.
    """

    around: Around
    before: Integers
    may_hold: Truths
    goes_on: Truths


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads ids: ``voices`` are the columns of the four voices, ``tonics`` int[R] the tonic in every row.

    ``kept`` bool[R, 4]: where notes sound that nothing may prolong.
    """

    voices: Sequence[Column]
    tonics: Integers
    kept: Truths

    @cached_property
    def says(self) -> NDArray[np.int16]:
        """int[4, V]: what each id of each voice says; begin and end are silent."""
        table = np.full((len(self.voices), max(column.size for column in self.voices)), REST, np.int16)
        for row, column in zip(table, self.voices, strict=True):
            row[column.offsets["hold"]] = HOLD
            row[column.span("pitch")] = column.values[column.span("pitch")]
        return table

    def read(self, cells: Cells) -> Surroundings:
        """What is known around ``cells``; what they say as yet is not, nor what holds it."""
        row, voice = cells.where[:, 1], cells.voice
        pieces = np.flatnonzero(np.bincount(cells.where[:, 0]))
        place = np.searchsorted(pieces, cells.where[:, 0])
        said = self.says[np.arange(len(self.voices)), cells.ids[pieces, :, : len(self.voices)]]
        said[~cells.known[pieces]] = UNKNOWN
        said[place, row, voice] = UNKNOWN
        heard, last = _heard(said), _last_held(said[..., voice])[place, row]
        rows = np.stack([row - 1, row, last, last + 1], axis=1)
        frames = np.maximum(heard[place[:, None], rows], REST)
        held, before = last > row, heard[place, row - 1, voice]
        sounds = np.where(held, before > REST, before != REST)  # what goes on for sure needs a sure beginning
        may_hold = sounds & ~self.kept[row - 1, voice]
        return Surroundings(Around(frames, self.tonics[rows], held), before, may_hold, held)


def _heard(said: NDArray[np.int16]) -> NDArray[np.int16]:
    """int[P, R, 4]: the pitch that sounds, REST, or UNKNOWN where the beginning of what is held is."""
    rows = np.arange(said.shape[1], dtype=np.int16)[:, None]
    struck = np.maximum.accumulate(np.where(said == HOLD, np.int16(0), rows), axis=1)
    return np.take_along_axis(said, struck, axis=1)


def _last_held(said: NDArray[np.int16]) -> Integers:
    """int[P, R]: the last of the rows behind each that hold, one after the other, or the row itself."""
    length = said.shape[1]
    rows = np.arange(length)
    stops = np.where(said == HOLD, length, rows)
    after = np.minimum.accumulate(stops[:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([after[:, 1:], np.full((len(said), 1), length)], axis=1) - 1
