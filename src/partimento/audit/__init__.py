"""Listening with numbers: what can be said of a piece of music by counting.

A note *sounds* until its key is up and, where a pedal holds it, until the pedal is up or the same
pitch is struck again: pedalled music and the same music with the pedal folded into its notes count
alike.
"""

from .comparison import Difference, compare, distance
from .features import FEATURES, histograms
from .statistics import Statistics, audit, dies, pitch_loops, silences

__all__ = [
    "FEATURES",
    "Difference",
    "Statistics",
    "audit",
    "compare",
    "dies",
    "distance",
    "histograms",
    "pitch_loops",
    "silences",
]
