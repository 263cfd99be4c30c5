"""Corpora: sources of music, prepared once into memory-mapped shards of Scores.

To add a source, write one file in ``sources`` that ends in a ``Source`` (its ``pieces``
yields a ``Piece`` and the bytes of its MIDI file, in a fixed order), and add one row to SOURCES;
``data list``, ``data prepare`` and ``data show`` then know it. Shards hold Scores rather than
tokens: one ``data prepare`` serves every codec, and pieces are varied before they are quantised.
"""

from .source import Source
from .sources.chorale_table import CHORALE_TABLE
from .sources.chorales import CHORALES
from .sources.folder import FOLDER
from .sources.free_piano import FREE_PIANO
from .sources.jsb16th import JSB_16TH
from .sources.maestro import MAESTRO

ROWS = (MAESTRO, FREE_PIANO, CHORALES, JSB_16TH, CHORALE_TABLE, FOLDER)
SOURCES: dict[str, Source] = {source.name: source for source in ROWS}
