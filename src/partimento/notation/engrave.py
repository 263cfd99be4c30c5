"""A Score in musical time as an engraved page: MusicXML, set by verovio, as SVG or PNG.

verovio is compiled code of others and works in a limited child process. Its names are seeded, and no date is in the
file: the same Score gives the same bytes on one version of verovio.
"""

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from ..errors import UnknownName, WorkFailed
from ..isolate import isolated, read_message, write_message
from ..score import Score
from ..store import write_atomically
from .extra import require
from .marks import Mark, colour_of
from .musicxml_write import to_musicxml

OPTIONS = {
    "adjustPageHeight": True,
    "breaks": "auto",
    "footer": "none",
    "header": "none",  # the title is ours: renderers do not agree on verovio's
    "pageHeight": 60_000,  # the most that it takes: a page is as long as the music
    "pageWidth": 2100,
    "scale": 40,
    "svgViewBox": True,
    "xmlIdSeed": 1,
}
MEMORY_MB, TIMEOUT_S = 1024, 30.0
LINE, MARGIN, SIZE = 20, 24, 14  # of the legend, in pixels
TITLE, TITLE_SIZE = 56, 24  # the room above the music, in pixels
TITLE_AT, COMPOSER_AT = 32, 52  # base lines in it, one below the other: long ones would meet on one
FONT = "Times, 'Times New Roman', 'DejaVu Serif', serif"
ZOOM = 2  # pixels of a PNG to one of the SVG
RIGHTS = "Copyright"  # the PNG standard's keyword, section 11.3.4.2
_VIEW = re.compile(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"')


def engrave(score: Score, marks: Sequence[Mark] = (), copyright: str = "") -> bytes:
    """``score`` as one SVG that needs no other file, all pages below each other; ``marks`` coloured and listed.

    ``copyright`` (origin and licence, one line) stands in its metadata. Raises UsageError where the music cannot be
    notated, MissingData without verovio, WorkFailed where verovio fails.
    """
    require("verovio", "engraving")
    xml = to_musicxml(score, marks)
    answer = isolated(set_pages, xml, memory_mb=MEMORY_MB, timeout_s=TIMEOUT_S, subject="engraving the score")
    return _joined(read_message(answer)[0], score, marks, copyright).encode()


def engrave_png(score: Score, marks: Sequence[Mark] = (), copyright: str = "") -> bytes:
    """As ``engrave``, as a PNG on white. Raises MissingData without resvg-py, too."""
    require("resvg_py", "engraving to PNG")
    import matplotlib
    import resvg_py  # type: ignore[import-not-found, unused-ignore]

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # those of the machine would give other bytes
    svg = engrave(score, marks).decode()
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        background="white",
        zoom=ZOOM,
        skip_system_fonts=True,
        font_dirs=[str(fonts)],
        font_family="DejaVu Serif",
        serif_family="DejaVu Serif",
    )
    return _with_text(bytes(png), RIGHTS, copyright) if copyright else bytes(png)


def write_engraving(score: Score, path: Path | str, marks: Sequence[Mark] = (), copyright: str = "") -> None:
    """Write ``engrave`` or ``engrave_png`` to ``path``, by its suffix. Raises UnknownName, and what these raise."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    write_atomically(path, FORMATS[path.suffix.lower()](score, marks, copyright))


FORMATS: dict[str, Callable[[Score, Sequence[Mark], str], bytes]] = {".svg": engrave, ".png": engrave_png}


def set_pages(xml: bytes) -> bytes:
    """The pages of MusicXML as verovio's SVG, a message with a list of texts: for a child process."""
    import verovio  # type: ignore[import-not-found, unused-ignore]

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(OPTIONS)
    if not toolkit.loadData(xml.decode()):
        raise WorkFailed("verovio could not read the MusicXML; please report it")
    return write_message([toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)])


def _joined(pages: Sequence[str], score: Score, marks: Sequence[Mark], copyright: str) -> str:
    """One SVG: title, all pages below each other, a line for each mark."""
    width, height = 0.0, float(TITLE if score.title else 0)
    placed = []
    for page in pages:
        wide, high = _size(page)
        placed.append(page.replace("<svg ", f'<svg y="{height:g}" width="{wide:g}" height="{high:g}" ', 1))
        width, height = max(width, wide), height + high
    below = height + LINE * len(marks) + MARGIN * bool(marks)
    size = f'width="{width:g}" height="{below:g}" viewBox="0 0 {width:g} {below:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">'
    metadata = f"<metadata>{escape(copyright)}</metadata>" if copyright else ""
    lines = [head, metadata, *_title(score, width), *placed, *_legend(marks, height), "</svg>"]
    return "".join(f"{line}\n" for line in lines if line)


def _size(page: str) -> tuple[float, float]:
    """Width and height in pixels. Raises WorkFailed where the page does not say them."""
    found = _VIEW.search(page)
    if not found:
        raise WorkFailed("verovio gave a page of another form; please report it with its version")
    return float(found[1]), float(found[2])


def _title(score: Score, width: float) -> list[str]:
    """Title in the middle, below it the composer at the right."""
    title, composer = (width / 2, TITLE_AT, "middle", TITLE_SIZE), (width - MARGIN, COMPOSER_AT, "end", SIZE)
    return [
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
        for text, (x, y, anchor, size) in ((score.title, title), (score.provenance.composer, composer))
        if text and score.title
    ]


def _legend(marks: Sequence[Mark], top: float) -> list[str]:
    return [
        f'<text x="{MARGIN}" y="{top + LINE * number:g}" font-size="{SIZE}" fill="{colour_of(marks, mark)}">'
        f"{number}  {escape(mark.line)}</text>"
        for number, mark in enumerate(marks, 1)
    ]


def _with_text(png: bytes, keyword: str, text: str) -> bytes:
    """``png`` with a text chunk of UTF-8 behind its header (PNG, section 11.3.4.5)."""
    body = b"iTXt" + keyword.encode("latin-1") + bytes(5) + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    header = 8 + 25  # the signature, and IHDR with its length and sum
    return png[:header] + chunk + png[header:]
