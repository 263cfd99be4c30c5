"""Where everything is in a piano roll: its size and margins, the axes and what they span.

Sizes are inches, times seconds, unless a name says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from ..errors import UsageError
from ..score import Score
from ..units import MAX_VELOCITY
from .drawing import draw_keyboard, draw_notes, draw_pedals, draw_primer, draw_time, draw_title
from .style import styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 110
INCHES_PER_SECOND, WIDTHS = 0.17, (7.0, 60.0)
INCHES_PER_SEMITONE = 7 / DOTS_PER_INCH  # whole dots, so that all rows are of one height
LEFT, RIGHT, BOTTOM = 0.62, 0.95, 0.48  # margins around the roll
HEADED_TOP, BARE_TOP = 0.40, 0.12  # with a title, without
STRIP, STRIP_GAP = 0.11, 0.06  # the pedals' strip under the roll, and the space above it
PITCH_MARGIN, LEAST_PITCHES = 2, 24  # semitones
LETTERS_PER_INCH = 11  # of the title
AIR = 1.005  # what the time axis spans, in lengths of the music


def figure_of(score: Score, title: str = "", primer_s: float = 0.0) -> "Figure":
    """The piano roll of ``score``, which grows with the music's length up to five feet.

    ``title`` is its heading (the score's own by default); the first ``primer_s`` seconds are shaded
    and labelled as the primer. Raises UsageError where ``primer_s`` is negative or no number.
    """
    if not primer_s >= 0.0:
        raise UsageError(f"primer of {primer_s} seconds: give 0 (none) or more")
    return _drawn([_Panel(score, one_line(title or score.title), primer_s)], Span.of([score]))


def stacked(scores: Mapping[str, Score]) -> "Figure":
    """Piano rolls by their titles, one below the other, on the same axes of time and pitch."""
    return _drawn([_Panel(score, one_line(title)) for title, score in scores.items()], Span.of([*scores.values()]))


@dataclass(frozen=True)
class Span:
    """What the axes span: pitches, seconds."""

    low: float
    high: float
    end_s: float

    @classmethod
    def of(cls, scores: Sequence[Score]) -> Self:
        """What holds all of ``scores``."""
        return cls(*_pitch_span(scores), max(score.duration_s for score in scores) * AIR or 1.0)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a roll."""
        return float(np.clip(self.end_s * INCHES_PER_SECOND, *WIDTHS)), (self.high - self.low) * INCHES_PER_SEMITONE


@dataclass(frozen=True)
class _Panel:
    """A roll with what stands around it."""

    score: Score
    title: str
    primer_s: float = 0.0

    @property
    def base(self) -> float:
        """The space under the roll."""
        return BOTTOM + (STRIP + STRIP_GAP if len(self.score.pedals) else 0.0)

    @property
    def top(self) -> float:
        """The space above it."""
        return HEADED_TOP if self.title else BARE_TOP

    def draw(self, figure: "Figure", span: Span, bottom: float) -> None:
        """Draw it ``bottom`` above the lower edge of ``figure``."""
        (width, height), base = span.size, bottom + self.base
        roll = placed(figure, LEFT, base, width, height)
        roll.set(xlim=(0.0, span.end_s), ylim=(span.low, span.high))
        draw_keyboard(roll, span.low, span.high)
        draw_primer(roll, min(self.primer_s, span.end_s))
        notes = draw_notes(roll, self.score, s_per_inch=span.end_s / width)
        bar = placed(figure, LEFT + width + 0.15, base, 0.11, height)
        figure.colorbar(notes, cax=bar, ticks=[1, 32, 64, 96, MAX_VELOCITY], label="velocity")
        strip = (LEFT, bottom + BOTTOM, width, STRIP)
        lowest = draw_pedals(placed(figure, *strip), roll, self.score) if self.base > BOTTOM else roll
        draw_time(lowest, span.end_s, width)
        draw_title(roll, self.title, int(width * LETTERS_PER_INCH))


def _drawn(panels: Sequence[_Panel], span: Span) -> "Figure":
    """A figure of ``panels``, the first at the top."""
    from matplotlib.figure import Figure

    width, height = span.size
    heights = [panel.base + height + panel.top for panel in panels]
    with styled():
        figure = Figure((LEFT + width + RIGHT, sum(heights)), dpi=DOTS_PER_INCH)
        for i, panel in enumerate(panels):
            panel.draw(figure, span, sum(heights[i + 1 :]))
    return figure


def placed(figure: "Figure", left: float, bottom: float, width: float, height: float) -> "Axes":
    """Axes at a place given in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def _pitch_span(scores: Sequence[Score]) -> tuple[float, float]:
    """The edges of the pitch axis: the music's pitches with a margin, two octaves at least."""
    found = np.concatenate([score.notes["pitch"].astype(int) for score in scores])
    pitches = found if len(found) else np.array([60])
    low, high = pitches.min() - PITCH_MARGIN, pitches.max() + PITCH_MARGIN
    lacking = max(0, LEAST_PITCHES - int(high - low))
    return float(low - lacking // 2 - 0.5), float(high + (lacking + 1) // 2 + 0.5)


def one_line(title: str) -> str:
    """``title`` on one line, without what no font and no SVG can show."""
    return "".join(letter for letter in " ".join(title.split()) if letter.isprintable())
