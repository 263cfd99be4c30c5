"""A report drawn on the piano roll: what stands elsewhere is framed, the nearest passage shaded and named."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from .. import picture
from ..errors import UnknownName
from ..picture.style import styled
from ..picture.write import FORMATS
from ..score import Score
from ..store import write_atomically
from ..units import clock_text
from .report import Report

if TYPE_CHECKING:
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
            near = line.nearest
            roll.axvspan(*near.at_s, color=SHADES[name], alpha=0.12, linewidth=0, zorder=1)
            told = f"{name}: {near.figures} figures as in {near.composer} {near.title}"[:LETTERS]
            said = f"{told} {clock_text(near.there_s[0])}"
            below = (3, -4 - LOWER * nth)
            roll.annotate(said, (near.at_s[0], 1), below, ("data", "axes fraction"), "offset points", va="top",
                          color=SHADES[name], fontsize=7, parse_math=False)  # fmt: skip
    return figure


def write_drawing(score: Score, report: Report, path: Path) -> None:
    """Write ``drawn`` to ``path``, as PNG or SVG by its suffix. Raises UnknownName, WorkFailed."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    picture_bytes = BytesIO()
    with styled():
        drawn(score, report).savefig(picture_bytes, **FORMATS[suffix])
    write_atomically(path, picture_bytes.getvalue())
