"""A report drawn on the piano roll: what stands elsewhere is framed, the nearest passage shaded and named."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import picture
from ..errors import UnknownName
from ..picture.style import styled
from ..picture.write import FORMATS
from ..score import Score
from ..store import write_atomically
from ..units import clock_text
from .report import Nearest, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FRAME = "#1f7a3d"
SHADES = {"texture": "#3b7dd8", "melody": "#2f9e6b"}
LETTERS = 60  # of a label
LOWER = 12  # points from one label to the next


def drawn(score: Score, report: Report) -> "Figure":
    """The piano roll of ``score`` with the matches of ``report``."""
    from matplotlib.patches import Rectangle

    figure = picture.figure_of(score, title=score.title or "originality")
    roll = figure.axes[0]
    onsets, releases = score.seconds(score.notes["onset"]), score.seconds(score.releases)
    for row in report.marks:
        corner = (float(onsets[row]), float(score.notes["pitch"][row]) - 0.5)
        roll.add_patch(
            Rectangle(corner, float(releases[row] - onsets[row]), 1.0, fill=False, ec=FRAME, lw=0.9, zorder=5)
        )
    for nth, (name, line) in enumerate(report.lines.items()):
        if line.nearest:
            _name(roll, name, line.nearest, late=bool(line.nearest.at_s[0] > roll.get_xlim()[1] / 2), below=LOWER * nth)
    return figure


def _name(roll: "Axes", name: str, near: Nearest, late: bool, below: int) -> None:
    """The time of a passage shaded, and what it is like: on its left where it stands ``late`` in the piece."""
    roll.axvspan(*near.at_s, color=SHADES[name], alpha=0.12, linewidth=0, zorder=1)
    told = f"{name}: {near.figures} figures as in {near.composer} {near.title}"[:LETTERS]
    settings: Any = {"va": "top", "ha": "right" if late else "left", "color": SHADES[name], "parse_math": False}
    place, moved = (near.at_s[late], 1), (-3 if late else 3, -4 - below)
    said = f"{told} {clock_text(near.there_s[0])}"
    roll.annotate(said, place, moved, ("data", "axes fraction"), "offset points", fontsize=7, **settings)


def write_drawing(score: Score, report: Report, path: Path) -> None:
    """Write ``drawn`` to ``path``, as PNG or SVG by its suffix. Raises UnknownName, WorkFailed."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    picture_bytes = BytesIO()
    with styled():
        drawn(score, report).savefig(picture_bytes, **FORMATS[suffix])
    write_atomically(path, picture_bytes.getvalue())
