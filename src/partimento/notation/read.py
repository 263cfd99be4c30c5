"""MusicXML and kern files to Scores, by music21 in a limited child process.

Ties are joined, transposing instruments sound, repeats are not played out. The grid is that of 16ths (4 ticks to the
quarter) where all notes keep to it, else as fine as they need.
"""

from pathlib import Path

from ..errors import InputError
from ..isolate import isolated
from ..score import Score
from .containers import KINDS, MOST_BYTES, text_of
from .extra import require
from .fermatas import once
from .parcel import pack, unpack
from .report import ReadReport

MEMORY_MB, TIMEOUT_S = 1024, 30.0  # music21 alone takes about 200 MB and, cold, seconds


def read_isolated(path: Path | str) -> tuple[Score, ReadReport]:
    """The Score in a file (.musicxml, .xml, .mxl, .krn), and what was dropped.

    Raises InputError for a file that is refused, MissingData without music21.
    """
    path = Path(path)
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"{path.name}: no notation that is read: give one of {', '.join(KINDS)}", "unreadable")
    require("music21", f"reading {path.suffix.lower()}")
    data = _bytes(path)
    subject = path.name
    parcel = isolated(parse_packed, data, kind, memory_mb=MEMORY_MB, timeout_s=TIMEOUT_S, subject=subject)
    return unpack(parcel, path.name)


def parse_packed(data: bytes, kind: str) -> bytes:
    """The Score and report in ``data`` as a parcel: for a child process. Raises InputError."""
    from .streams import score_of

    score, report = score_of(text_of(data, kind), kind)
    return pack(once(score), report)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path.name} can't be read: {reason}; give one of {', '.join(KINDS)}", "unreadable") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{path.name} has more than {MOST_BYTES // 2**20} MB: too large for a score", "too-large")
    return data
