"""The hand that plays what a generator scores: strikes and holds keys of a piano roll, block after block.

Shapes: T steps, P keys; scores are [3, T, P], in the order of the planes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..codecs.roll_grammar import HOLD, ON, REST, bases
from ..tokens import Column
from .planes import CERTAINTY, HELD, LOUD, STRUCK, TINY, Heard, bins_of

FINGERS = 10  # keys that are struck in one step at most: 99 % of MAESTRO's steps of 100 ms have 5 or fewer
HALVINGS = 20  # of the interval in which the level of holding is looked for

Scores = NDArray[np.float32]
Marked = NDArray[np.bool_]


@dataclass(frozen=True)
class Touch:
    """What scores are worth, plane by plane: ``slope * score + offset``.

    A key is struck, or held, where that and the noise of the decision are 0 or more; the last is how loud, 0 to 1.
    """

    slope: NDArray[np.float64]
    offset: NDArray[np.float64]

    def worth(self, scores: Scores, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """float[3, T, P]; ``noise`` [2, T, P] is that of the decisions."""
        worth = self.slope[:, None, None] * scores + self.offset[:, None, None]
        worth[:LOUD] += noise
        return worth


def touch_of(scores: Scores, heard: Heard, noise: NDArray[np.float64]) -> Touch:
    """The touch at which ``scores``, with ``noise`` [2, T, P], sound as dense and as loud as what was heard."""
    many, loudness = heard.keys.tolist(), heard.loudness.tolist()
    decided = scores[:LOUD].astype(np.float64)
    drawn = CERTAINTY * decided + noise
    levels = np.array([_level_of_striking(drawn, many[STRUCK]), 0.0])
    levels[HELD] = _level_of_holding(drawn - levels[:, None, None], many[HELD])
    struck, _ = _decided(drawn - levels[:, None, None])
    said = scores[LOUD][struck].astype(np.float64)
    steep = loudness[1] / (said.std() + TINY)
    return Touch(np.array([CERTAINTY, CERTAINTY, steep]), np.append(-levels, loudness[0] - steep * said.mean()))


@dataclass
class Hand:
    """Turns scores into the ids of a roll, block after block; keys that sound go on into the next.

    ``chance`` is how much of logistic noise is in a decision.
    """

    columns: Sequence[Column]
    touch: Touch
    generator: np.random.Generator
    chance: float = 0.0
    keys: Marked = field(init=False)

    def __post_init__(self) -> None:
        self.keys = np.zeros(len(self.columns), bool)

    def played(self, scores: Scores) -> NDArray[np.int16]:
        """int16[T, P] from scores [3, T, P]."""
        worth = self.touch.worth(scores, noise_for(scores, self.generator, self.chance))
        struck, held = _decided(worth, self.keys)
        self.keys = (struck | held)[-1]
        bins = bins_of(self.columns)
        loud = np.clip(bins * worth[LOUD], 0, bins - 1).astype(np.int16)
        cells = np.where(struck, ON + loud, np.where(held, HOLD, REST))
        return np.asarray(cells + bases(self.columns), np.int16)


def noise_for(scores: Scores, generator: np.random.Generator, chance: float) -> NDArray[np.float64]:
    """float[2, T, P]: logistic noise for the decisions of ``scores``."""
    return chance * generator.logistic(size=(LOUD, *scores.shape[1:]))


def _level_of_striking(drawn: NDArray[np.float64], keys: float) -> float:
    """The lowest score of the highest, ``keys`` of them in the mean step."""
    many = int(np.clip(round(keys * drawn.shape[1]), 1, drawn[STRUCK].size - 1))
    return float(np.partition(drawn[STRUCK], -many, axis=None)[-many])


def _level_of_holding(worth: NDArray[np.float64], keys: float) -> float:
    """What is to be taken off the worth of holding, so that ``keys`` are held in the mean step."""
    off, (low, high) = np.zeros((LOUD, 1, 1)), (float(worth[HELD].min()), float(worth[HELD].max()))
    for _ in range(HALVINGS):
        off[HELD] = (low + high) / 2
        found = _decided(worth[:LOUD] - off)[1].sum() / worth.shape[1]
        low, high = (float(off[HELD, 0, 0]), high) if found > keys else (low, float(off[HELD, 0, 0]))
    return high


def _decided(worth: NDArray[np.float64], keys: Marked | None = None) -> tuple[Marked, Marked]:
    """bool[T, P] each: what is struck, and what of it, or of ``keys`` before, is held without a gap."""
    strongest = np.partition(worth[STRUCK], -FINGERS, axis=-1)[:, -FINGERS, None]
    struck = (worth[STRUCK] >= 0) & (worth[STRUCK] >= strongest)
    stays = (worth[HELD] >= 0) & ~struck
    held, down = np.zeros_like(struck), np.zeros(struck.shape[1], bool) if keys is None else keys
    for step in range(len(struck)):
        held[step] = down & stays[step]
        down = held[step] | struck[step]
    return struck, held
