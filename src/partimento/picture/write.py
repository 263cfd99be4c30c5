"""Piano rolls to files."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UnknownName
from ..score import Score
from ..store import write_atomically
from .layout import figure_of, stacked
from .style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# neither date nor version in the file, so that the same music gives the same bytes
TAGS = {".png": ("Copyright", "Source"), ".svg": ("Rights", "Source")}  # PNG, section 11.3.4.2; Dublin Core
FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "png", "metadata": {"Software": None}},
    ".svg": {"format": "svg", "metadata": dict.fromkeys(("Date", "Creator", "Format", "Type"))},
}


def write_roll(score: Score, path: Path | str, title: str = "", primer_s: float = 0.0, copyright: str = "") -> None:
    """Write the piano roll of ``figure_of`` to ``path``, as PNG or SVG by its suffix.

    ``copyright`` (origin and licence, one line) stands in the file's metadata.
    Raises UnknownName for another suffix, UsageError for a negative primer, WorkFailed where the
    file cannot be written.
    """
    write_figure(lambda: figure_of(score, title, primer_s), Path(path), copyright)


def write_rolls(scores: Mapping[str, Score], path: Path | str) -> None:
    """Write the piano rolls of ``stacked`` to ``path``, as ``write_roll`` does."""
    write_figure(lambda: stacked(scores), Path(path))


def write_figure(figure: Callable[[], "Figure"], path: Path, copyright: str = "") -> None:
    """Write what ``figure`` draws, in our style, to ``path``, as ``write_roll`` does."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    tags = dict.fromkeys(TAGS[suffix], copyright) if copyright else {}
    settings = {**FORMATS[suffix], "metadata": FORMATS[suffix]["metadata"] | tags}
    picture = BytesIO()
    with styled():
        figure().savefig(picture, **settings)
    write_atomically(path, picture.getvalue())
