"""Piano rolls as planes that a convolution reads, and back: what is struck, what is held, how loud.

Shapes: B windows, T steps, P keys; the planes are [B, 3, T, P], their scores (logits) too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from ..codecs.roll_grammar import HOLD, ON, REST, bases
from ..tokens import Column

PLANES = STRUCK, HELD, LOUD = 0, 1, 2
FINGERS = 10  # keys that are struck in one step at most: 99 % of MAESTRO's steps of 100 ms have 5 or fewer
HALVINGS = 20  # of the interval in which the level of holding is looked for

Scores = NDArray[np.float32]


def planes_of(ids: Int[Tensor, "B T P"], columns: Sequence[Column]) -> Float[Tensor, "B 3 T P"]:
    """The planes of a roll: 1 where struck, 1 where held, and how loud (0 to 1) where struck."""
    cells = ids - torch.from_numpy(bases(columns).astype(np.int64)).to(ids.device)
    struck = (cells >= ON).float()
    loud = struck * (cells - ON + 0.5) / bins_of(columns)
    return torch.stack([struck, (cells == HOLD).float(), loud], 1)


def sounding(scores: Float[Tensor, "B 3 T P"], density: Float[Tensor, "2"]) -> Float[Tensor, "B 3 T P"]:
    """Scores as the planes of a roll, in which the mean step has as many keys struck and held as ``density`` says.

    The highest scores of all windows are struck, or held; so how many is nothing that a generator has to learn
    against its critic, and neither silence nor clusters are within its reach. The backward step takes the logistic
    function for that decision: the straight-through estimator (Bengio et al. 2013), without which a critic tells
    real from false by fractions alone.
    """
    scores = scores.float()
    struck, held = (_decided_through(scores[:, plane], density[plane]) for plane in (STRUCK, HELD))
    return torch.stack([struck, held * (1 - struck.detach()), struck * scores[:, LOUD].sigmoid()], 1)


def _decided_through(scores: Float[Tensor, "B T P"], keys: Float[Tensor, ""]) -> Float[Tensor, "B T P"]:
    """1 for the highest scores, ``keys`` of them in the mean step, and 0; with a gradient."""
    many = int((keys * (scores.numel() / scores.shape[-1])).round().clamp(1, scores.numel() - 1))
    flat = scores.detach().flatten()
    level = flat.topk(many).values[-1]
    shares = (scores - level).sigmoid()
    return shares + ((scores >= level).float() - shares).detach()


def bins_of(columns: Sequence[Column]) -> int:
    """The bins of velocity of a roll."""
    return columns[0].range("on").count


@dataclass(frozen=True)
class Levels:
    """From which score on a key is struck, and held."""

    struck: float
    held: float


@dataclass
class Hand:
    """Turns scores into the ids of a roll, block after block; keys that sound go on into the next."""

    columns: Sequence[Column]
    levels: Levels
    keys: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = np.zeros(len(self.columns), bool)

    def played(self, scores: Scores) -> NDArray[np.int16]:
        """int16[T, P] from scores [3, T, P]."""
        struck, held = _decided(scores, self.levels, self.keys)
        self.keys = (struck | held)[-1]
        bins = bins_of(self.columns)
        loud = np.minimum(bins / (1 + np.exp(-scores[LOUD].astype(np.float64))), bins - 1).astype(np.int16)
        cells = np.where(struck, ON + loud, np.where(held, HOLD, REST))
        return np.asarray(cells + bases(self.columns), np.int16)


def levels(scores: Scores, struck: float, held: float) -> Levels:
    """The levels at which [3, T, P] has, in the mean step, as many keys ``struck`` and ``held`` as asked for."""
    steps = scores.shape[1]
    many = int(np.clip(round(struck * steps), 1, scores[STRUCK].size - 1))
    first = float(np.partition(scores[STRUCK], -many, axis=None)[-many])
    low, high = float(scores[HELD].min()), float(scores[HELD].max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = _decided(scores, Levels(first, middle))[1].sum() / steps
        low, high = (middle, high) if found > held else (low, middle)
    return Levels(first, high)


def _decided(
    scores: Scores, at: Levels, keys: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """bool[T, P] each: what is struck, and what of it, or of ``keys`` before, is held without a gap."""
    strongest = np.partition(scores[STRUCK], -FINGERS, axis=-1)[:, -FINGERS, None]
    struck = (scores[STRUCK] >= at.struck) & (scores[STRUCK] >= strongest)
    stays = (scores[HELD] >= at.held) & ~struck
    held, down = np.zeros_like(struck), np.zeros(struck.shape[1], bool) if keys is None else keys
    for step in range(len(struck)):
        held[step] = down & stays[step]
        down = held[step] | struck[step]
    return struck, held
