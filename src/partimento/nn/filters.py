"""Pure functions from log-probabilities to weights that one draws from. Shapes: V ids; float64 throughout."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """How a distribution is sharpened and cut before one draws from it."""

    temperature: float = field(
        default=1.0, metadata={"help": "below 1 sharper, above flatter; 0: argmax", "range": (0.0, 10.0)}
    )
    top_k: int = field(default=0, metadata={"help": "keep the k likeliest ids; 0: all", "range": (0, 100_000)})
    top_p: float = field(default=1.0, metadata={"help": "keep the likeliest ids up to this mass", "range": (0.01, 1.0)})
    min_p: float = field(
        default=0.0, metadata={"help": "keep ids of at least this share of the likeliest", "range": (0.0, 1.0)}
    )
    columns: str = field(default="", metadata={"help": "columns that this applies to, with commas; none named: all"})

    @property
    def cuts(self) -> bool:
        """Whether any id may be left out."""
        return self.top_k > 0 or self.top_p < 1.0 or self.min_p > 0.0

    def of(self, column: str) -> "Sampling":
        """What applies to a column: this, or drawing from the distribution as it is."""
        return self if not self.columns or column in self.columns.split(",") else PLAIN


PLAIN = Sampling()


def top_k(weights: Weights, k: int) -> Weights:
    """Only the ``k`` largest stay (0: all)."""
    if not 0 < k < len(weights):
        return weights
    return np.where(weights >= np.partition(weights, -k)[-k], weights, 0.0)


def top_p(weights: Weights, mass: float) -> Weights:
    """Only the largest stay that together reach ``mass`` of the whole (Holtzman et al. 2020, eq. 2)."""
    if mass >= 1.0:
        return weights
    order = np.argsort(-weights, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    kept = weights.copy()
    kept[order[before >= mass * weights.sum()]] = 0.0
    return kept


def min_p(weights: Weights, share: float) -> Weights:
    """Only those stay that reach ``share`` of the largest (Nguyen et al. 2024, algorithm 1)."""
    return weights if share <= 0.0 else np.where(weights >= share * weights.max(), weights, 0.0)


CUTS: tuple[tuple[Callable[[Weights, float], Weights], str], ...] = (
    (lambda weights, k: top_k(weights, int(k)), "top_k"),
    (top_p, "top_p"),
    (min_p, "min_p"),
)


def weights(log_probabilities: NDArray[np.floating], allowed: NDArray[np.bool_] | None, sampling: Sampling) -> Weights:
    """What to draw from: masked, sharpened, cut. A mask that forbids everything likely is still obeyed."""
    scores = log_probabilities if allowed is None else np.where(allowed, log_probabilities, -np.inf)
    scores = scores.astype(np.float64, copy=False) - scores.max()
    if sampling.temperature == 0.0:
        return (scores == 0.0).astype(np.float64)
    kept = np.exp(scores if sampling.temperature == 1.0 else scores / sampling.temperature)
    for cut, name in CUTS if sampling.cuts else ():
        kept = cut(kept, getattr(sampling, name))
    return kept


def draw(kept: Weights, generator: np.random.Generator) -> int:
    """One id, by inversion: one uniform number per draw, whatever was cut."""
    total = np.cumsum(kept)
    return int(total.searchsorted(generator.random() * total[-1], side="right"))
