"""Bach's own rates of faults, to stand beside those of a piece.

Measured over the prepared corpus ``chorales``, all three splits: 362 chorales, 68,552 moving voice pairs, the tallies
of ``voices.tally`` added up. The rules are those of textbooks; he does not keep them all.
"""

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
        "wide leap": 34,
    },
)
