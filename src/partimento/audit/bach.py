"""Bach's own rates of faults and shares of chords, to stand beside those of a piece.

Measured over the prepared corpus ``chorales``, all three splits: 362 chorales, 68,552 moving voice pairs, what
``voices.tally`` and ``harmony.harmony`` count added up. The rules are those of textbooks; he does not keep them all.
A quarter of the pieces closes on another tonic than that of its signature, which may be that of an old mode.
"""

from .harmony import Harmony
from .voices import Tally

BACH = Tally(
    68_552,
    {
        "parallel fifths": 45,
        "parallel octaves": 20,
        "contrary fifths": 58,
        "contrary octaves": 18,
        "hidden fifths": 101,
        "hidden octaves": 50,
        "crossing": 392,
        "overlap": 770,
        "range": 0,
        "spacing": 224,
        "leading tone": 50,
        "seventh": 29,
        "doubled leading tone": 145,
        "augmented leap": 309,
        "cross relation": 281,
        "wide leap": 34,
    },
)
BACH_HARMONY = Harmony(beats=19_496, triads=14_912, sevenths=2_799, phrases=2_251, rests=2_217, closes=362, tonics=277)
