"""A row per note: time since the last, pitch, the whole velocity of MIDI; releases are never rows.

The series of Arloste/MusicGeneration, in which a release was one more note, at 10 ms, with the pedal folded in.
How long a note sounds is a column of its own, or the notes sound until the next one, as in the original.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from ..score import Score
from ..tokens import Column, Range
from ..units import MAX_VELOCITY
from .codec import check_option
from .grid import OF_NO_PIANO_ROLL, PEDAL_FOLDED, STEP_MS, Grid, on_grid
from .note_rows import NONE, PITCH, Cells, Integers, NoteRows, duration_column, step_column

RELEASES = ("duration", "next-event")
STEP, DURATION = step_column(256), duration_column(1024)
VELOCITY = Range("velocity", MAX_VELOCITY, 1)
TYING = Cells(STEP, PITCH, Column("velocity", (Range("none"), Range("tie"), VELOCITY)), DURATION)
RINGING = Cells(STEP, PITCH, Column("velocity", (Range("none"), VELOCITY)), DURATION)
LAST = 100  # grid steps for which the last notes sound where nothing comes after them


@dataclass(frozen=True)
class EventsCodec(NoteRows):
    """``release``: by a duration column, or with the next event that is later (then no chord is held)."""

    release: Literal["duration", "next-event"] = field(
        default="duration",
        metadata={"help": "a duration of its own, or until the next event", "choices": ("duration", "next-event")},
    )

    name: ClassVar[str] = "events"
    velocity_width: ClassVar[int] = 1
    instead: ClassVar[tuple[int, ...]] = (NONE, NONE, NONE, DURATION.id("duration", 1))

    def __post_init__(self) -> None:
        check_option(self.name, "release", self.release, RELEASES)

    @property
    def says_lengths(self) -> bool:
        """Not where a note ends with a row that is yet to come."""
        return self.release == "duration"

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What is finer than 10 ms and the pedal; without durations, those too."""
        lost = ("times finer than 10 ms", *OF_NO_PIANO_ROLL, PEDAL_FOLDED)
        return lost if self.says_lengths else (*lost, "how long a note sounds: it ends where the next one starts")

    @property
    def cells(self) -> Cells:
        """Step, pitch, velocity, duration."""
        return TYING if self.says_lengths else RINGING

    @property
    def said(self) -> tuple[int, ...]:
        """The duration is not, where notes sound until the next event."""
        return (0, 1, 2, 3) if self.says_lengths else (0, 1, 2)

    def canonical(self, score: Score) -> Score:
        """On the 10 ms grid at whole velocities, the pedal folded in; or every note until the next."""
        score = on_grid(score, grid=Grid(velocity_width=1))
        if self.says_lengths:
            return score
        notes = score.notes.copy()
        notes["duration"] = _until_next(notes["onset"] // STEP_MS, notes["onset"] // STEP_MS) * STEP_MS
        return score.with_notes(notes)

    def durations(self, ids: Integers, onsets: Integers) -> Integers:
        """int[T]: as the rows say, or until the next row that is an event (also one that says no note)."""
        if self.says_lengths:
            return super().durations(ids, onsets)
        return _until_next(onsets, onsets[ids[:, 0] >= STEP.offsets["time"]])


def _until_next(onsets: Integers, events: Integers) -> Integers:
    """int[T]: from each onset to the first of ``events`` (in order) that is later, or LAST."""
    after = np.searchsorted(events, onsets, side="right")
    return np.append(events, 0)[after] * (after < len(events)) + np.where(after < len(events), -onsets, LAST)
