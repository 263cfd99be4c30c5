"""Is it new? How much of a piece stands in the music that a model was trained on, beside how much of unseen music does.

A line of notes is compared by its steps in pitch, so that neither key nor tempo matters; rhythm is left open.
``Index`` is built over a prepared corpus and names pieces and times; ``Compact`` is the part of it that travels with
a model, as hashes.
"""

from .brief import Brief, brief
from .building import FOLDER, build, compact_of, indexed
from .compact import COMPACT, Compact
from .index import Index
from .report import Report, report

__all__ = [
    "COMPACT",
    "FOLDER",
    "Brief",
    "Compact",
    "Index",
    "Report",
    "brief",
    "build",
    "compact_of",
    "indexed",
    "report",
]
