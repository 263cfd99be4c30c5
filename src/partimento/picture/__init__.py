"""Piano rolls: a Score as a picture, time to the right, pitch upwards, velocity as colour.

Drawn with matplotlib's objects alone: importing its pyplot takes as long as drawing a roll, and
collections draw thousands of notes at once.
"""

from .layout import figure_of, stacked
from .surprise import surprise_figure, write_surprise
from .write import FORMATS, write_roll, write_rolls

__all__ = ["FORMATS", "figure_of", "stacked", "surprise_figure", "write_roll", "write_rolls", "write_surprise"]
