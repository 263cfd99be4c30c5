"""Corpora: sources of music, prepared once into memory-mapped shards of Scores.

To add a source, write one file in ``sources`` that ends in a ``Source`` (its ``pieces``
yields a ``Piece`` and the bytes of its MIDI file, in a fixed order), and add one row to SOURCES;
``data list``, ``data prepare`` and ``data show`` then know it. Shards hold Scores rather than
tokens: one ``data prepare`` serves every codec, and pieces are varied before they are quantised.
"""

from .source import Source
from .sources.folder import FOLDER
from .sources.free_piano import FREE_PIANO
from .sources.maestro import MAESTRO

SOURCES: dict[str, Source] = {source.name: source for source in (MAESTRO, FREE_PIANO, FOLDER)}
