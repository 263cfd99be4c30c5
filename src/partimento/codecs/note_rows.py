"""What every codec with a row per note shares.

    begin    opens a piece, ``end`` closes it
    wait     so long that a step could not say it, in which nothing starts
    note     step since the last row, pitch, velocity, duration
    tie      (where the velocity column has it) the note on this pitch, which filled a whole duration, goes on
    pedal    (where the pitch column has it) the dampers go up or down

Rows stand in order of onset, then of the pitch column's ids. Inside, a row has all four cells; a table
holds those that its codec says. Shapes: T rows, N notes, K events.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..edit import cut_repeats
from ..score import NOTE, PEDAL, Score, table
from ..tokens import Column, Ids, Range, TokenTable
from ..units import MILLISECONDS, PITCHES
from .codec import Codec
from .grid import VELOCITY_WIDTH, bin_of, velocity_of
from .notes_grammar import NotesGrammar

NONE, UP, DOWN = 0, 0, 1
CELLS = 4
PITCH = Column("pitch", (Range("none"), Range("pitch", PITCHES)))
PITCH_OR_PEDAL = Column("pitch", (Range("none"), Range("pedal", 2), Range("pitch", PITCHES)))

Integers = NDArray[np.int64]


class Cells(NamedTuple):
    """The four cells of a row."""

    step: Column
    pitch: Column
    velocity: Column
    duration: Column


def step_column(steps: int) -> Column:
    """Steps of 0 to ``steps`` - 1; the wait says ``steps``."""
    return Column("step", (Range("begin"), Range("end"), Range("wait", 1, steps, 1), Range("time", steps, 0, 1)))


def duration_column(durations: int) -> Column:
    """Durations of 1 to ``durations`` grid steps."""
    return Column("duration", (Range("none"), Range("duration", durations, 1, lasts=1)))


class NoteRows(Codec):
    """A codec is its ``cells``, what it says in place of those that are in no table, and ``canonical``."""

    one_row_per_note: ClassVar[bool] = True
    velocity_width: ClassVar[int] = VELOCITY_WIDTH
    instead: ClassVar[tuple[int, ...]] = (NONE, NONE, NONE, NONE)  # ids of cells that tables do not hold

    @property
    @abstractmethod
    def cells(self) -> Cells:
        """The columns of all four cells."""

    @property
    def said(self) -> tuple[int, ...]:
        """Which cells tables hold."""
        return tuple(range(CELLS))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The cells that tables hold."""
        return tuple(self.cells[cell] for cell in self.said)

    def grammar(self) -> NotesGrammar:
        """The grammar before the first row."""
        return NotesGrammar(self.columns)

    def encode(self, score: Score) -> TokenTable:
        """Begin, every note and pedal change in order, end."""
        score = self.canonical(score)
        events = np.concatenate([self._note_events(score), self._pedal_events(score)])
        events = self._with_waits(events[np.lexsort([events[:, 1], events[:, 0]])])
        whole = np.vstack([self._edge("begin"), events, self._edge("end")])
        return TokenTable(whole[:, self.said].astype(np.int16), self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The rows that say something; ties without a note, and all after an end, say nothing."""
        ids = self._whole_rows(table.ids)
        onsets = np.cumsum(self.cells.step.advances[ids[:, 0]], dtype=np.int64)
        notes = self._tied(*self._spoken(ids, onsets))
        score = cut_repeats(Score(notes))
        return replace(score, pedals=self._intervals(self._pedals(ids, onsets), score.end))

    def durations(self, ids: Integers, onsets: Integers) -> Integers:
        """int[T]: for how many grid steps the note of each row sounds; ``ids`` [T, 4] are whole rows."""
        return self.cells.duration.values[ids[:, 3]].astype(np.int64)

    @property
    def _step_ms(self) -> int:
        return MILLISECONDS // self.steps_per_second

    def _edge(self, kind: str) -> Integers:
        return np.array([[self.cells.step.id(kind), NONE, NONE, NONE]])

    def _whole_rows(self, ids: Ids) -> Integers:
        """int[T, 4] before the first end, with what no table holds filled in."""
        whole = np.broadcast_to(np.array(self.instead, np.int64), (len(ids), CELLS)).copy()
        whole[:, self.said] = ids
        ends = np.flatnonzero(whole[:, 0] == self.cells.step.id("end"))
        return whole[: ends[0]] if len(ends) else whole

    def _note_events(self, score: Score) -> Integers:
        """Rows with absolute grid onsets in place of steps; a long note is a note and its ties."""
        _, pitches, velocities, durations = self.cells
        longest = durations.range("duration").count
        onset, duration = (score.notes[name].astype(np.int64) // self._step_ms for name in ("onset", "duration"))
        ties = "tie" in velocities.offsets
        parts = np.maximum(-(-duration // longest), 1) if ties else np.ones_like(duration)
        note = np.repeat(np.arange(len(onset)), parts)
        part = np.arange(len(note)) - np.repeat(np.cumsum(parts) - parts, parts)
        rest = duration[note] - part * longest
        velocity = velocities.id("velocity", 0) + bin_of(score.notes, self.velocity_width)[note]
        return np.column_stack(
            [
                onset[note] + part * longest,
                pitches.offsets["pitch"] + score.notes["pitch"].astype(np.int64)[note],
                np.where(part == 0, velocity, velocities.id("tie")) if ties else velocity,
                durations.id("duration", 1) - 1 + np.minimum(rest, longest),
            ]
        )

    def _pedal_events(self, score: Score) -> Integers:
        if "pedal" not in self.cells.pitch.offsets or not len(score.pedals):
            return np.zeros((0, CELLS), np.int64)
        when = np.concatenate([score.pedals["onset"], score.pedals["release"]]).astype(np.int64) // self._step_ms
        which = self.cells.pitch.id("pedal") + np.repeat([DOWN, UP], len(score.pedals))
        return np.column_stack([when, which, np.zeros_like(when), np.zeros_like(when)])

    def _with_waits(self, events: Integers) -> Integers:
        """Absolute onsets turned into steps, with as many wait rows before an event as its gap needs."""
        step = self.cells.step
        steps = step.range("time").count
        gaps = np.diff(events[:, 0], prepend=0)
        waits = gaps // steps
        events = np.column_stack([step.id("time") + gaps % steps, events[:, 1:]])
        wait = np.broadcast_to(self._edge("wait"), (int(waits.sum()), CELLS))
        return np.insert(events, np.repeat(np.arange(len(events)), waits), wait, axis=0)

    def _spoken(self, ids: Integers, onsets: Integers) -> tuple[Integers, Sequence[bool]]:
        """Rows (onset, duration, pitch, velocity) that name a note, and which of them are ties."""
        _, pitch, velocity, _ = self.cells
        whole = (ids[:, 1] >= pitch.id("pitch")) & (ids[:, 2] != NONE) & (ids[:, 3] != NONE)
        durations = self.durations(ids, onsets)[whole]
        onsets, ids = onsets[whole], ids[whole]
        loudness = velocity_of(velocity.values[ids[:, 2]], self.velocity_width)
        rows = np.column_stack([onsets, durations, pitch.values[ids[:, 1]], loudness])
        return rows, (ids[:, 2] == velocity.offsets.get("tie", -1)).tolist()

    def _pedals(self, ids: Integers, onsets: Integers) -> Integers:
        """int[K, 2]: grid step and down (1) or up (0) of every pedal row."""
        if "pedal" not in self.cells.pitch.offsets:
            return np.zeros((0, 2), np.int64)
        first = self.cells.pitch.id("pedal")
        rows = (ids[:, 1] >= first) & (ids[:, 1] < first + 2)
        return np.column_stack([onsets[rows], ids[rows, 1] - first])

    def _tied(self, rows: Integers, ties: Sequence[bool]) -> NDArray[np.void]:
        """Notes in milliseconds, each with its ties added."""
        if any(ties):
            rows = np.array(_joined(rows.tolist(), ties), np.int64).reshape(-1, 4)
        notes = np.zeros(len(rows), NOTE)
        notes["onset"], notes["duration"] = rows[:, 0] * self._step_ms, rows[:, 1] * self._step_ms
        notes["pitch"], notes["velocity"] = rows[:, 2], rows[:, 3]
        return notes

    def _intervals(self, changes: Integers, end_ms: int) -> NDArray[np.void]:
        """PEDAL[P] from the changes in order; a pedal left down is lifted at ``end_ms``."""
        intervals, down_at = [], None
        for when, down in (changes * [self._step_ms, 1]).tolist():
            if down and down_at is None:
                down_at = when
            elif not down and down_at is not None:
                intervals.append((down_at, when, 0))
                down_at = None
        if down_at is not None:
            intervals.append((down_at, end_ms, 0))
        return table(PEDAL, [row for row in intervals if row[1] > row[0]])


def _joined(rows: list[list[int]], ties: Sequence[bool]) -> list[list[int]]:
    latest: dict[int, list[int]] = {}
    kept = []
    for row, tie in zip(rows, ties, strict=True):
        held = latest.get(row[2])
        if not tie:
            latest[row[2]] = row
            kept.append(row)
        elif held and held[0] + held[1] == row[0]:
            held[1] += row[1]
    return kept
