"""Piano rolls to files."""

from io import BytesIO
from pathlib import Path
from typing import Any

from ..errors import UnknownName
from ..score import Score
from ..store import write_atomically
from .layout import figure_of
from .style import styled

# neither date nor version in the file, so that the same music gives the same bytes
FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "png", "metadata": {"Software": None}},
    ".svg": {"format": "svg", "metadata": dict.fromkeys(("Date", "Creator", "Format", "Type"))},
}


def write_roll(score: Score, path: Path | str, title: str = "", primer_s: float = 0.0) -> None:
    """Write the piano roll of ``figure_of`` to ``path``, as PNG or SVG by its suffix.

    Raises UnknownName for another suffix, UsageError for a negative primer, WorkFailed where the
    file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    picture = BytesIO()
    with styled():
        figure_of(score, title, primer_s).savefig(picture, **FORMATS[path.suffix.lower()])
    write_atomically(path, picture.getvalue())
