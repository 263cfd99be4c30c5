"""Scores in musical time as notation, and notation as Scores: MusicXML, kern, engraving.

Reading takes music21 and engraving verovio, the extra ``score``; writing MusicXML takes neither.
"""

from .containers import KINDS
from .engrave import engrave, engrave_png, write_engraving
from .marks import Mark
from .musicxml_write import to_musicxml, write_musicxml
from .read import read_isolated
from .report import ReadReport

SUFFIXES = tuple(KINDS)  # of the files that are read

__all__ = [
    "SUFFIXES",
    "Mark",
    "ReadReport",
    "engrave",
    "engrave_png",
    "read_isolated",
    "to_musicxml",
    "write_engraving",
    "write_musicxml",
]
