"""A row per note in whole milliseconds: step, pitch, duration; every velocity is 100.

The features of tocab/music-lstm and of TensorFlow's tutorial "Generate music with an RNN", which read
step and duration in seconds as numbers. A wait is 5 s; notes last at most 10 s.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ..score import Score
from ..tokens import Column, Range
from .codec import check_option
from .grid import OF_NO_PIANO_ROLL, PEDAL_DROPPED, PEDAL_FOLDED, at_one_velocity
from .note_rows import NONE, PITCH, Cells, NoteRows, duration_column, step_column

PEDALS = ("dropped", "folded")
VELOCITY = 100
LONGEST_MS = 10_000
CELLS = Cells(
    step_column(5_000),
    PITCH,
    Column("velocity", (Range("none"), Range("velocity", 1, VELOCITY))),
    duration_column(LONGEST_MS),
)


@dataclass(frozen=True)
class TimedCodec(NoteRows):
    """``pedal``: dropped, as in the originals, or folded into the note lengths."""

    pedal: Literal["dropped", "folded"] = field(
        default="dropped", metadata={"help": "left out, or in the lengths of notes", "choices": ("dropped", "folded")}
    )

    name: ClassVar[str] = "timed"
    steps_per_second: ClassVar[int] = 1000
    velocity_width: ClassVar[int] = 1
    instead: ClassVar[tuple[int, ...]] = (NONE, NONE, CELLS.velocity.id("velocity"), NONE)

    def __post_init__(self) -> None:
        check_option(self.name, "pedal", self.pedal, PEDALS)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Velocities, what is finer than a millisecond, the ends of very long notes, the pedal."""
        pedal = PEDAL_FOLDED if self.pedal == "folded" else PEDAL_DROPPED
        return ("times finer than 1 ms", "velocities", "what of a note lasts beyond 10 s", *OF_NO_PIANO_ROLL, pedal)

    @property
    def cells(self) -> Cells:
        """Step, pitch, the one velocity, duration."""
        return CELLS

    @property
    def said(self) -> tuple[int, ...]:
        """Step, pitch, duration."""
        return 0, 1, 3

    def canonical(self, score: Score) -> Score:
        """In whole milliseconds, at one velocity."""
        return at_one_velocity(score, VELOCITY, LONGEST_MS, 1, self.pedal)
