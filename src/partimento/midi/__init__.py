"""MIDI files to Scores and back."""

from .read import parse, read, read_isolated
from .report import ImportReport
from .scan import LIMITS, PRIMER_LIMITS, Limits, ScanReport, scan
from .write import to_bytes, write

__all__ = [
    "LIMITS",
    "PRIMER_LIMITS",
    "ImportReport",
    "Limits",
    "ScanReport",
    "parse",
    "read",
    "read_isolated",
    "scan",
    "to_bytes",
    "write",
]
