"""A row per note: step, pitch, velocity, duration at 10 ms and 32 velocities.

A wait is 2.56 s; a note of more than 10.24 s is a note and its ties. With ``pedal = folded`` a table says
exactly as much as the 388-token Performance encoding.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ..score import Score
from ..tokens import Column, Range
from .codec import check_option
from .grid import PEDAL_FOLDED, UNSAID, VELOCITIES, on_grid
from .note_rows import PITCH, PITCH_OR_PEDAL, Cells, NoteRows, duration_column, step_column

PEDALS = ("folded", "stream")
STEP, DURATION = step_column(256), duration_column(1024)
VELOCITY = Column("velocity", (Range("none"), Range("tie"), Range("velocity", VELOCITIES)))


@dataclass(frozen=True)
class NotesCodec(NoteRows):
    """``pedal``: folded into the note lengths, or a stream of rows of its own."""

    pedal: Literal["folded", "stream"] = field(
        default="folded",
        metadata={"help": "in the lengths of notes, or a stream of rows of its own", "choices": ("folded", "stream")},
    )

    name: ClassVar[str] = "notes"

    def __post_init__(self) -> None:
        check_option(self.name, "pedal", self.pedal, PEDALS)

    @property
    def says_performance(self) -> bool:
        """Folded rows lose and keep what the Performance encoding loses and keeps."""
        return self.pedal == "folded"

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What the performance grid loses, and, where it is folded, the pedal."""
        return (*UNSAID, PEDAL_FOLDED) if self.pedal == "folded" else UNSAID

    @property
    def cells(self) -> Cells:
        """Step, pitch, velocity, duration."""
        return Cells(STEP, PITCH if self.pedal == "folded" else PITCH_OR_PEDAL, VELOCITY, DURATION)

    def canonical(self, score: Score) -> Score:
        """On the 10 ms grid, the pedal folded in or kept."""
        return on_grid(score, fold=self.pedal == "folded")
