"""A row per note: step, pitch, velocity, duration at 10 ms and 32 velocities.

    begin    opens a piece, ``end`` closes it
    wait     2.56 s in which nothing starts, so that a step of any length can be said
    note     step since the last row, pitch, velocity, duration
    tie      the note on this pitch, which filled a whole duration, goes on
    pedal    (``pedal = stream`` only) the dampers go up or down

Rows stand in order of onset, then of the pitch column's ids. With ``pedal = folded`` a table says
exactly as much as the 388-token Performance encoding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..edit import cut_repeats
from ..errors import UnknownName
from ..score import NOTE, PEDAL, Score, table
from ..tokens import Column, Range, TokenTable
from ..units import PITCHES
from .codec import Codec
from .grid import PEDAL_FOLDED, STEP_MS, UNSAID, VELOCITIES, bin_of, on_grid, velocity_of
from .notes_grammar import NotesGrammar

STEPS = 256
DURATIONS = 1024
NONE, UP, DOWN = 0, 0, 1
PEDALS = ("folded", "stream")

STEP = Column("step", (Range("begin"), Range("end"), Range("wait", 1, STEPS, 1), Range("time", STEPS, 0, 1)))
PITCH = Column("pitch", (Range("none"), Range("pitch", PITCHES)))
PITCH_OR_PEDAL = Column("pitch", (Range("none"), Range("pedal", 2), Range("pitch", PITCHES)))
VELOCITY = Column("velocity", (Range("none"), Range("tie"), Range("velocity", VELOCITIES)))
DURATION = Column("duration", (Range("none"), Range("duration", DURATIONS, 1, lasts=1)))


@dataclass(frozen=True)
class NotesCodec(Codec):
    """``pedal``: folded into the note lengths, or a stream of rows of its own."""

    pedal: Literal["folded", "stream"] = "folded"

    name: ClassVar[str] = "notes"
    one_row_per_note: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.pedal not in PEDALS:
            raise UnknownName("pedal of codec notes", str(self.pedal), PEDALS)

    @property
    def says_performance(self) -> bool:
        """Folded rows lose and keep what the Performance encoding loses and keeps."""
        return self.pedal == "folded"

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What the performance grid loses, and, where it is folded, the pedal."""
        return (*UNSAID, PEDAL_FOLDED) if self.pedal == "folded" else UNSAID

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Step, pitch, velocity, duration."""
        return STEP, PITCH if self.pedal == "folded" else PITCH_OR_PEDAL, VELOCITY, DURATION

    def grammar(self) -> NotesGrammar:
        """The grammar before the first row."""
        return NotesGrammar(self.columns)

    def canonical(self, score: Score) -> Score:
        """On the 10 ms grid, the pedal folded in or kept."""
        return on_grid(score, fold=self.pedal == "folded")

    def encode(self, score: Score) -> TokenTable:
        """Begin, every note and pedal change in order, end."""
        score = self.canonical(score)
        events = np.concatenate([self._note_events(score), self._pedal_events(score)])
        events = _with_waits(events[np.lexsort([events[:, 1], events[:, 0]])])
        whole = np.vstack([self._edge("begin"), events, self._edge("end")])
        return TokenTable(whole.astype(np.int16), self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The rows that say something; ties without a note, and all after an end, say nothing."""
        ids = _until_end(table.ids.astype(np.int64))
        onsets = np.cumsum(STEP.advances[ids[:, 0]], dtype=np.int64)
        pedals = self._pedals(ids, onsets)
        notes = _tied(*_spoken(ids, onsets, self.columns[1]))
        score = cut_repeats(Score(notes))
        return replace(score, pedals=_intervals(pedals, score.end))

    def _edge(self, kind: str) -> NDArray[np.int64]:
        return np.array([[STEP.id(kind), NONE, NONE, NONE]])

    def _note_events(self, score: Score) -> NDArray[np.int64]:
        """Rows with absolute grid onsets in place of steps; a long note is a note and its ties."""
        onset, duration = (score.notes[name].astype(np.int64) // STEP_MS for name in ("onset", "duration"))
        parts = np.maximum(-(-duration // DURATIONS), 1)
        note = np.repeat(np.arange(len(onset)), parts)
        part = np.arange(len(note)) - np.repeat(np.cumsum(parts) - parts, parts)
        rest = duration[note] - part * DURATIONS
        velocity = np.where(part == 0, VELOCITY.id("velocity") + bin_of(score.notes)[note], VELOCITY.id("tie"))
        pitch = self.columns[1].offsets["pitch"] + score.notes["pitch"].astype(np.int64)[note]
        return np.column_stack(
            [
                onset[note] + part * DURATIONS,
                pitch,
                velocity,
                DURATION.id("duration", 1) - 1 + np.minimum(rest, DURATIONS),
            ]
        )

    def _pedal_events(self, score: Score) -> NDArray[np.int64]:
        if self.pedal == "folded" or not len(score.pedals):
            return np.zeros((0, 4), np.int64)
        when = np.concatenate([score.pedals["onset"], score.pedals["release"]]).astype(np.int64) // STEP_MS
        which = PITCH_OR_PEDAL.id("pedal") + np.repeat([DOWN, UP], len(score.pedals))
        return np.column_stack([when, which, np.zeros_like(when), np.zeros_like(when)])

    def _pedals(self, ids: NDArray[np.int64], onsets: NDArray[np.int64]) -> NDArray[np.int64]:
        """int[K, 2]: grid step and down (1) or up (0) of every pedal row."""
        if self.pedal == "folded":
            return np.zeros((0, 2), np.int64)
        first = PITCH_OR_PEDAL.id("pedal")
        rows = (ids[:, 1] >= first) & (ids[:, 1] < first + 2)
        return np.column_stack([onsets[rows], ids[rows, 1] - first])


def _until_end(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    ends = np.flatnonzero(ids[:, 0] == STEP.id("end"))
    return ids[: ends[0]] if len(ends) else ids


def _with_waits(events: NDArray[np.int64]) -> NDArray[np.int64]:
    """Absolute onsets turned into steps, with as many wait rows before an event as its gap needs."""
    gaps = np.diff(events[:, 0], prepend=0)
    waits = gaps // STEPS
    events = np.column_stack([STEP.id("time") + gaps % STEPS, events[:, 1:]])
    wait = np.broadcast_to([STEP.id("wait"), NONE, NONE, NONE], (int(waits.sum()), 4))
    return np.insert(events, np.repeat(np.arange(len(events)), waits), wait, axis=0)


def _spoken(
    ids: NDArray[np.int64], onsets: NDArray[np.int64], pitch: Column
) -> tuple[NDArray[np.int64], Sequence[bool]]:
    """Rows (onset, duration, pitch, velocity) that name a note, and which of them are ties."""
    whole = (ids[:, 1] >= pitch.id("pitch")) & (ids[:, 2] != NONE) & (ids[:, 3] != NONE)
    onsets, ids = onsets[whole], ids[whole]
    velocity = velocity_of(ids[:, 2] - VELOCITY.id("velocity"))
    rows = np.column_stack([onsets, DURATION.values[ids[:, 3]], pitch.values[ids[:, 1]], velocity])
    return rows, (ids[:, 2] == VELOCITY.id("tie")).tolist()


def _tied(rows: NDArray[np.int64], ties: Sequence[bool]) -> NDArray[np.void]:
    """Notes in milliseconds, each with its ties added."""
    if any(ties):
        rows = np.array(_joined(rows.tolist(), ties), np.int64).reshape(-1, 4)
    notes = np.zeros(len(rows), NOTE)
    notes["onset"], notes["duration"] = rows[:, 0] * STEP_MS, rows[:, 1] * STEP_MS
    notes["pitch"], notes["velocity"] = rows[:, 2], rows[:, 3]
    return notes


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


def _intervals(changes: NDArray[np.int64], end_ms: int) -> NDArray[np.void]:
    """PEDAL[P] from the changes in order; a pedal left down is lifted at ``end_ms``."""
    intervals, down_at = [], None
    for when, down in (changes * [STEP_MS, 1]).tolist():
        if down and down_at is None:
            down_at = when
        elif not down and down_at is not None:
            intervals.append((down_at, when, 0))
            down_at = None
    if down_at is not None:
        intervals.append((down_at, end_ms, 0))
    return table(PEDAL, [row for row in intervals if row[1] > row[0]])
