"""A piano roll whose notes are coloured by how surprising they are, with the curve of surprise underneath.

Shapes: N notes, M points. Sizes are inches, times seconds, unless a name says otherwise.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..score import Score
from .drawing import draw_keyboard, draw_surprise, draw_time, draw_title
from .layout import BOTTOM, DOTS_PER_INCH, HEADED_TOP, LEFT, LETTERS_PER_INCH, RIGHT, Span, one_line, placed
from .style import styled
from .write import write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CURVE, CURVE_GAP = 0.9, 0.12  # the height of the curve, and the space above it
LEAST_NATS = 4.0  # what the colours span at least
LINE = "#7b2d6b"

Floats = NDArray[np.float64]


def surprise_figure(score: Score, nats: Floats, curve: tuple[Floats, Floats], title: str = "") -> "Figure":
    """The roll of ``score`` with its notes coloured by ``nats`` [N]; underneath ``curve``: times, nats per note [M]."""
    from matplotlib.figure import Figure

    span = Span.of([score])
    width, height = span.size
    base = BOTTOM + CURVE + CURVE_GAP
    highest = max(float(np.quantile(nats, 0.99)), LEAST_NATS) if len(nats) else LEAST_NATS
    with styled():
        figure = Figure((LEFT + width + RIGHT, base + height + HEADED_TOP), dpi=DOTS_PER_INCH)
        roll = placed(figure, LEFT, base, width, height)
        roll.set(xlim=(0.0, span.end_s), ylim=(span.low, span.high))
        draw_keyboard(roll, span.low, span.high)
        notes = draw_surprise(roll, score, nats, highest, span.end_s / width)
        bar = placed(figure, LEFT + width + 0.15, base, 0.11, height)
        figure.colorbar(notes, cax=bar, extend="max", label="surprise (nats)")
        roll.tick_params(axis="x", bottom=False, labelbottom=False)
        _draw_curve(placed(figure, LEFT, BOTTOM, width, CURVE), curve, span.end_s, width)
        draw_title(roll, one_line(title or score.title), int(width * LETTERS_PER_INCH))
    return figure


def write_surprise(score: Score, nats: Floats, curve: tuple[Floats, Floats], path: Path | str, title: str = "") -> None:
    """Write ``surprise_figure`` to ``path``, as PNG or SVG by its suffix. Raises UnknownName, WorkFailed."""
    write_figure(lambda: surprise_figure(score, nats, curve, title), Path(path))


def _draw_curve(axes: "Axes", curve: tuple[Floats, Floats], end_s: float, width: float) -> None:
    """The curve from 0 up."""
    times, means = curve
    axes.fill_between(times, means, color=LINE, alpha=0.15, linewidth=0)
    axes.plot(times, means, color=LINE, linewidth=1.0)
    axes.set(xlim=(0.0, end_s), ylim=(0.0, max(float(means.max(initial=0.0)) * 1.1, 1.0)))
    axes.set_ylabel("nats\nper note")
    draw_time(axes, end_s, width)
