"""How far a chorale may be transposed: every voice stays within its range."""

import numpy as np

from ..score import Score
from ..voices import NAMES, VOICES


def is_chorale(score: Score) -> bool:
    """Whether ``score`` has the four voices of a chorale and nothing else."""
    return score.tracks == NAMES


def transpositions(score: Score) -> range:
    """The semitones by which a chorale may move; where a voice is beyond its range already, only to stay."""
    pitches, tracks = score.notes["pitch"].astype(int), score.notes["track"]
    down, up = -len(VOICES) * 12, len(VOICES) * 12
    for number, voice in enumerate(VOICES):
        own = pitches[tracks == number]
        if len(own):
            down, up = max(down, voice.low - int(own.min())), min(up, voice.high - int(own.max()))
    return range(down, up + 1) if down <= 0 <= up else range(1)


def drawn(within: range, most: int, generator: np.random.Generator) -> int:
    """Semitones by chance out of ``within``, at most ``most`` up or one fewer down."""
    return int(generator.integers(max(within.start, min(1 - most, 0)), min(within.stop, most + 1)))
