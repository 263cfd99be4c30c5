"""A piano roll: a row per time step, a column for each of the piano's 88 keys.

    rest     the key does not sound
    hold     it goes on sounding
    on       it is struck, in a bin of velocities; a key that sounds is struck again

The first column also says ``begin`` and ``end``, in rows of their own. Shapes: T rows, N notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..score import NOTE, Score
from ..tokens import Column, Ids, Range, TokenTable
from ..units import MILLISECONDS, PIANO_PITCHES, pitch_name
from .codec import Codec
from .grid import OF_NO_PIANO_ROLL, PEDAL_FOLDED, Grid, bin_of, on_grid, velocity_of
from .roll_grammar import BEGIN, END, HOLD, ON, REST, Cells, RollGrammar, bases

RATES = (4, 5, 8, 10, 20, 25, 40, 50)  # steps per second that are whole milliseconds long
BINS = (1, 2, 4, 8, 16, 32)


def _listed(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))


@dataclass(frozen=True)
class RollCodec(Codec):
    """``rate`` rows per second, ``velocities`` bins of loudness."""

    rate: int = field(default=10, metadata={"help": f"rows per second, of {_listed(RATES)}", "range": (4, 50)})
    velocities: int = field(default=8, metadata={"help": f"bins of velocity, of {_listed(BINS)}", "range": (1, 32)})

    name: ClassVar[str] = "roll"

    def __post_init__(self) -> None:
        for name, known in (("rate", RATES), ("velocities", BINS)):
            if getattr(self, name) not in known:
                raise UsageError(f"{name} {getattr(self, name)} of codec roll is out of range: of {_listed(known)}")

    @property
    def steps_per_second(self) -> int:  # type: ignore[override]  # here it is an option
        """Rows per second."""
        return self.rate

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What is finer than a row or a bin, and what no piano has."""
        finer = f"times finer than {self._grid.step_ms} ms", f"velocities finer than {self.velocities} steps"
        return (*finer, "pitches beyond the piano's 88 keys", *OF_NO_PIANO_ROLL, PEDAL_FOLDED)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """A column per key, from the lowest."""
        cells = (Range("rest"), Range("hold"), Range("on", self.velocities))
        edges = (Range("begin"), Range("end"))
        first, *others = (pitch_name(pitch) for pitch in PIANO_PITCHES)
        return Column(first, edges + cells), *(Column(name, cells) for name in others)

    def grammar(self) -> "RollGrammar":
        """The grammar before the first row."""
        return RollGrammar(self.columns)

    def canonical(self, score: Score) -> Score:
        """On the grid, the pedal folded in, without notes beyond the keys."""
        score = on_grid(score, grid=self._grid)
        pitches = score.notes["pitch"]
        return score.with_notes(score.notes[(pitches >= PIANO_PITCHES.start) & (pitches < PIANO_PITCHES.stop)])

    def encode(self, score: Score) -> TokenTable:
        """Begin, a row for each step until the last release, end."""
        notes = self.canonical(score).notes
        onsets, lengths = (notes[name] // self._grid.step_ms for name in ("onset", "duration"))
        cells = _painted(
            onsets, lengths, notes["pitch"] - PIANO_PITCHES.start, bin_of(notes, self._grid.velocity_width)
        )
        edges = np.zeros((1, len(PIANO_PITCHES)), np.int16)
        ids = np.concatenate([edges, cells + bases(self.columns), edges])
        ids[[0, -1], 0] = BEGIN, END
        return TokenTable(ids.astype(np.int16), self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The notes from each ``on`` to its last ``hold``; a hold of nothing is silent, and so is all after an end."""
        cells = cells_of(table.ids, table.columns)
        steps, keys = np.nonzero(cells >= ON)
        notes = np.zeros(len(steps), NOTE)
        notes["onset"] = steps * self._grid.step_ms
        notes["duration"] = (_next_change(cells)[steps + 1, keys] - steps) * self._grid.step_ms
        notes["pitch"] = keys + PIANO_PITCHES.start
        notes["velocity"] = velocity_of(cells[steps, keys].astype(np.int64) - ON, self._grid.velocity_width)
        return Score(notes)

    def advances(self, before: Sequence[int]) -> NDArray[np.int32]:
        """int[V]: every row stands a step after the one before, the first at 0."""
        return np.full(self.columns[0].size, before[0] != BEGIN, np.int32)

    def times(self, ids: Ids) -> NDArray[np.int64]:
        """int[T]: the number of rows before each, begin left out."""
        return np.maximum(np.arange(len(ids)) - _begins(ids), 0)

    def says_note(self, row: Sequence[int], before: Sequence[int]) -> int:
        """How many keys are struck."""
        return int((np.asarray(row) - bases(self.columns) >= ON).sum())

    def strikes(self, column: int) -> NDArray[np.int32]:
        """int[V]: 1 where the key is struck."""
        return (np.arange(self.columns[column].size) >= self.columns[column].offsets["on"]).astype(np.int32)

    def silent(self, row: Sequence[int]) -> list[int]:
        """All keys at rest, or the same edge."""
        return [min(row[0], bases(self.columns)[0]), *[REST] * (len(row) - 1)]

    @property
    def _grid(self) -> Grid:
        return Grid(MILLISECONDS // self.rate, 128 // self.velocities)


def cells_of(ids: Ids, columns: Sequence[Column]) -> Cells:
    """int[T', C]: the cells of rows, without a begin before them and what stands after an end."""
    ids = ids[_begins(ids) :]
    ends = np.flatnonzero(ids[:, 0] == END)
    return np.maximum(ids[: ends[0] if len(ends) else len(ids)] - bases(columns), REST)


def _begins(ids: Ids) -> int:
    return int(len(ids) > 0 and ids[0, 0] == BEGIN)


def _painted(onsets: Cells, lengths: Cells, keys: Cells, bins: Cells) -> Cells:
    """int[T, 88] from notes that never sound together on a key."""
    ends = onsets + lengths
    changes = np.zeros((int(ends.max(initial=0)) + 1, len(PIANO_PITCHES)), np.int16)
    np.add.at(changes, (onsets, keys), 1)
    np.add.at(changes, (ends, keys), -1)
    cells = np.cumsum(changes, axis=0, dtype=np.int16)[:-1] * np.int16(HOLD)
    cells[onsets, keys] = ON + bins
    return cells


def _next_change(cells: Cells) -> NDArray[np.int64]:
    """int[T + 1, C]: the first row, from each on, in which a key is not held; the number of rows where none is."""
    rows = np.arange(len(cells) + 1)[:, None]
    held = np.concatenate([cells == HOLD, np.zeros((1, cells.shape[1]), bool)])
    return np.minimum.accumulate(np.where(held, len(cells), rows)[::-1])[::-1]
