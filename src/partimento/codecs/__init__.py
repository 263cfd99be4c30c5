"""The table of representations. A new one is one file beside this and one row here."""

from typing import Any

from ..errors import UnknownName, UsageError
from .chorale import ChoraleCodec
from .chords import ChordsCodec
from .codec import Codec, Grammar
from .events import EventsCodec
from .notedur import NoteDurationCodec
from .notes import NotesCodec
from .performance import PerformanceCodec
from .roll import RollCodec
from .timed import TimedCodec

ROWS = (
    NotesCodec,
    PerformanceCodec,
    NoteDurationCodec,
    TimedCodec,
    EventsCodec,
    RollCodec,
    ChordsCodec,
    ChoraleCodec,
)
CODECS: dict[str, type[Codec]] = {row.name: row for row in ROWS}


def codec_of(name: str, **options: Any) -> Codec:
    """The codec called ``name``. Raises UnknownName, or UsageError for an option that it has not."""
    if name not in CODECS:
        raise UnknownName("codec", name, CODECS)
    try:
        return CODECS[name](**options)
    except TypeError as error:
        raise UsageError(f"codec {name}: {error}; see its fields in partimento.codecs") from error


__all__ = ["CODECS", "Codec", "Grammar", "codec_of"]
