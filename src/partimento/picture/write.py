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
    path, suffix = Path(path), Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    tags = dict.fromkeys(TAGS[suffix], copyright) if copyright else {}
    settings = {**FORMATS[suffix], "metadata": FORMATS[suffix]["metadata"] | tags}
    picture = BytesIO()
    with styled():
        figure_of(score, title, primer_s).savefig(picture, **settings)
    write_atomically(path, picture.getvalue())
