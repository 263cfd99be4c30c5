"""The four voices of a chorale: their names, which are those of a Score's tracks, and how far each goes.

The ranges are those of Bach's chorales, as measured: the corpora ``chorales`` and ``jsb-16th`` together.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """``low`` and ``high`` are the lowest and the highest MIDI pitch, both included."""

    name: str
    low: int
    high: int

    @property
    def pitches(self) -> range:
        """Every pitch of the range."""
        return range(self.low, self.high + 1)


VOICES = (Voice("Soprano", 57, 81), Voice("Alto", 52, 74), Voice("Tenor", 46, 69), Voice("Bass", 36, 66))
NAMES = tuple(voice.name for voice in VOICES)
