"""Piano rolls as planes that a convolution reads: what is struck, what is held, how loud.

Shapes: B windows, T steps, P keys; the planes are [B, 3, T, P], their scores (logits) too.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..codecs.roll_grammar import HOLD, ON, bases
from ..tokens import Column

PLANES = STRUCK, HELD, LOUD = 0, 1, 2
CERTAINTY = 2.0  # how much a score of 1 weighs in a decision, whose noise is logistic
HALVINGS = 8  # of the interval in which the level of holding is looked for
TINY = 1e-3  # a spread that is taken for none


class Heard(NamedTuple):
    """What training music is like in the mean: keys struck and held in a step; loudness (0 to 1) and its spread."""

    keys: Float[Tensor, "2"]
    loudness: Float[Tensor, "2"]


def planes_of(ids: Int[Tensor, "B T P"], columns: Sequence[Column]) -> Float[Tensor, "B 3 T P"]:
    """The planes of a roll: 1 where struck, 1 where held, and how loud (0 to 1) where struck."""
    cells = ids - torch.from_numpy(bases(columns).astype(np.int64)).to(ids.device)
    struck = (cells >= ON).float()
    loud = struck * (cells - ON + 0.5) / bins_of(columns)
    return torch.stack([struck, (cells == HOLD).float(), loud], 1)


def bins_of(columns: Sequence[Column]) -> int:
    """The bins of velocity of a roll."""
    return columns[0].range("on").count


def sounding(
    scores: Float[Tensor, "B 3 T P"], heard: Heard, bins: int, noise: Float[Tensor, "B 2 T P"]
) -> Float[Tensor, "B 3 T P"]:
    """Scores as the planes of a roll that is as dense and as loud, in the mean, as what was heard.

    The scores that are highest with their ``noise`` are struck, or held where the key sounds already; so how many,
    and how loud, is nothing that a generator has to learn against its critic. The backward step takes for a decision
    its probability, the logistic function: the straight-through estimator (Bengio et al. 2013) of stochastic binary
    neurons (Dong and Yang 2018). Scores have a variance of 1: without bound they would leave every probability at 0
    or 1, and a generator without a gradient.
    """
    scores = scores.float()
    sure = CERTAINTY * scores[:, :LOUD]
    drawn, (few, many) = (sure + noise).detach(), (heard.keys * scores[0, 0].numel() * len(scores) / scores.shape[-1])
    lowest = _highest(drawn[:, STRUCK], few)
    struck = drawn[:, STRUCK] >= lowest
    level = _level_of_holding(drawn[:, HELD], struck, many)
    sounds = _sounds(struck, drawn[:, HELD] >= level)
    free = torch.cat([torch.ones_like(sounds[:, :1]), sounds[:, :-1]], 1) & ~struck  # what a hold would go on with
    strikes = _through((sure[:, STRUCK] - lowest).sigmoid(), struck)
    holds = _through((sure[:, HELD] - level).sigmoid() * free, sounds & ~struck)
    return torch.stack([strikes, holds, strikes * _loudness(scores[:, LOUD], struck, heard.loudness, bins)], 1)


def _highest(scores: Float[Tensor, "B T P"], count: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """The lowest of the ``count`` highest."""
    return scores.flatten().topk(int(count.round().clamp(1, scores.numel() - 1))).values[-1]


def _level_of_holding(
    scores: Float[Tensor, "B T P"], struck: Bool[Tensor, "B T P"], count: Float[Tensor, ""]
) -> Float[Tensor, ""]:
    """The lowest level at which no more than ``count`` cells are held, as near as halving comes."""
    low, high = scores.aminmax()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        held = (_sounds(struck, scores >= middle) & ~struck).sum()
        low, high = (middle, high) if held > count else (low, middle)
    return high


def _sounds(struck: Bool[Tensor, "B T P"], stays: Bool[Tensor, "B T P"]) -> Bool[Tensor, "B T P"]:
    """Which keys sound: struck, or staying since they were, or since the window began."""
    step = torch.arange(1, struck.shape[1] + 1, dtype=torch.int16, device=struck.device)[:, None]
    hit, gap = (torch.where(at, step, 0).cummax(1).values for at in (struck, ~(struck | stays)))
    return (hit > gap) | (gap == 0)


def _loudness(
    scores: Float[Tensor, "B T P"], struck: Bool[Tensor, "B T P"], loudness: Float[Tensor, "2"], bins: int
) -> Float[Tensor, "B T P"]:
    """How loud, in the middle of a bin; over what is struck with the mean and the spread of ``loudness``."""
    spread, mean = torch.std_mean(scores.detach()[struck], correction=0)
    loud = loudness[0] + loudness[1] * (scores - mean) / (spread + TINY)
    return _through(loud, ((loud * bins).floor().clamp(0, bins - 1) + 0.5) / bins)


def _through(soft: Float[Tensor, "B T P"], hard: Tensor) -> Float[Tensor, "B T P"]:
    """What was decided, with the gradient of what it was decided by."""
    return soft + (hard.float() - soft).detach()
