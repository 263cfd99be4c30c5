"""MIDI files to Scores and back."""

from .read import parse, parse_isolated, read, read_isolated
from .report import ImportReport
from .scan import LIMITS, PRIMER_LIMITS, Limits, ScanReport, scan
from .told import told
from .write import to_bytes, write

__all__ = [
    "LIMITS",
    "PRIMER_LIMITS",
    "ImportReport",
    "Limits",
    "ScanReport",
    "parse",
    "parse_isolated",
    "read",
    "read_isolated",
    "scan",
    "to_bytes",
    "told",
    "write",
]
