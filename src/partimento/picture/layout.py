"""Where everything is in a piano roll: its size and margins, the axes and what they span.

Sizes are inches, times seconds, unless a name says otherwise.
"""

from typing import TYPE_CHECKING

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
    from matplotlib.figure import Figure

    (low, high), end_s, title = _pitch_span(score), score.duration_s * AIR or 1.0, _plain(title or score.title)
    width, height = float(np.clip(end_s * INCHES_PER_SECOND, *WIDTHS)), (high - low) * INCHES_PER_SEMITONE
    base = BOTTOM + (STRIP + STRIP_GAP if len(score.pedals) else 0.0)
    top = HEADED_TOP if title else BARE_TOP
    with styled():
        figure = Figure((LEFT + width + RIGHT, base + height + top), dpi=DOTS_PER_INCH)
        roll = _axes(figure, LEFT, base, width, height)
        roll.set(xlim=(0.0, end_s), ylim=(low, high))
        draw_keyboard(roll, low, high)
        draw_primer(roll, min(primer_s, end_s))
        notes = draw_notes(roll, score, s_per_inch=end_s / width)
        bar = _axes(figure, LEFT + width + 0.15, base, 0.11, height)
        figure.colorbar(notes, cax=bar, ticks=[1, 32, 64, 96, MAX_VELOCITY], label="velocity")
        lowest = draw_pedals(_axes(figure, LEFT, BOTTOM, width, STRIP), roll, score) if base > BOTTOM else roll
        draw_time(lowest, end_s, width)
        draw_title(roll, title, int(width * LETTERS_PER_INCH))
    return figure


def _axes(figure: "Figure", left: float, bottom: float, width: float, height: float) -> "Axes":
    """Axes at a place given in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def _pitch_span(score: Score) -> tuple[float, float]:
    """The edges of the pitch axis: the music's pitches with a margin, two octaves at least."""
    pitches = score.notes["pitch"].astype(int) if len(score) else np.array([60])
    low, high = pitches.min() - PITCH_MARGIN, pitches.max() + PITCH_MARGIN
    lacking = max(0, LEAST_PITCHES - int(high - low))
    return float(low - lacking // 2 - 0.5), float(high + (lacking + 1) // 2 + 0.5)


def _plain(title: str) -> str:
    """``title`` on one line, without what no font and no SVG can show."""
    return "".join(letter for letter in " ".join(title.split()) if letter.isprintable())
