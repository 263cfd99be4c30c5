"""Pure functions from log-probabilities to weights that one draws from. Shapes: V ids; float64 throughout."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """How a distribution is sharpened and cut before one draws from it, and how far one looks ahead."""

    temperature: float = field(
        default=1.0, metadata={"help": "below 1 sharper, above flatter; 0: argmax", "range": (0.0, 10.0)}
    )
    top_k: int = field(default=0, metadata={"help": "keep the k likeliest ids; 0: all", "range": (0, 100_000)})
    top_p: float = field(default=1.0, metadata={"help": "keep the likeliest ids up to this mass", "range": (0.01, 1.0)})
    min_p: float = field(
        default=0.0, metadata={"help": "keep ids of at least this share of the likeliest", "range": (0.0, 1.0)}
    )
    columns: str = field(default="", metadata={"help": "columns that this applies to, with commas; none named: all"})
    beam: int = field(
        default=0, metadata={"help": "ways to go on that are searched side by side; 0: no search", "range": (0, 100)}
    )
    beam_rows: int = field(
        default=50, metadata={"help": "rows of a search, after which its best is written", "range": (1, 1000)}
    )
    length_penalty: float = field(
        default=1.0,
        metadata={"help": "power of the notes that a search's score is over; 1: mean, 0: sum", "range": (0.0, 2.0)},
    )

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


def weights(
    log_probabilities: NDArray[np.floating],
    allowed: NDArray[np.bool_] | None,
    sampling: Sampling,
    spread: slice | None = None,
) -> Weights:
    """What to draw from: masked, sharpened, cut. A mask that forbids everything likely is still obeyed.

    The ids of ``spread`` are sharpened as one against the others, and then among themselves.
    """
    scores = log_probabilities if allowed is None else np.where(allowed, log_probabilities, -np.inf)
    scores = scores.astype(np.float64, copy=False) - scores.max()
    if spread is not None and sampling.temperature != 1.0 and np.isfinite(scores[spread].max()):
        scores = _gathered(scores, spread, sampling.temperature)
    if sampling.temperature == 0.0:
        return (scores == 0.0).astype(np.float64)
    kept = np.exp(scores if sampling.temperature == 1.0 else scores / sampling.temperature)
    return cut(kept, sampling)


def cut(kept: Weights, sampling: Sampling) -> Weights:
    """``kept`` without what ``sampling`` leaves out; the likeliest always stays."""
    for each, name in CUTS if sampling.cuts else ():
        kept = each(kept, getattr(sampling, name))
    return kept


def offered(
    log_probabilities: NDArray[np.floating],
    allowed: NDArray[np.bool_] | None,
    generator: np.random.Generator,
    sampling: Sampling,
    spread: slice | None = None,
) -> Weights:
    """What a search may go on with: as ``weights``, but the ids of ``spread`` are one, with the weight of all.

    At temperature 0 nothing is sharpened: the likeliest of the whole is searched for, not that of each cell.
    """
    if sampling.temperature:
        kept = weights(log_probabilities, allowed, sampling, spread)
        return kept if spread is None else on_one(kept, spread, generator)
    kept = weights(log_probabilities, allowed, PLAIN)
    return cut(kept if spread is None else on_one(kept, spread), sampling)


def on_one(kept: Weights, spread: slice, generator: np.random.Generator | None = None) -> Weights:
    """``kept`` with all the weight of ``spread`` on one of its ids: the likeliest, or one that ``generator`` draws."""
    inside, found = kept[spread], kept.copy()
    if inside.any():
        chosen = int(inside.argmax()) if generator is None else draw(inside, generator)
        found[spread] = np.where(np.arange(len(inside)) == chosen, inside.sum(), 0.0)
    return found


def _gathered(scores: Weights, spread: slice, temperature: float) -> Weights:
    """``scores`` with those of ``spread`` moved so that their sum, sharpened, weighs as one id of their whole mass.

    At temperature 0 the likeliest of them stands for all: many ids at a thousandth each are not less likely
    than another id at a hundredth.
    """
    moved, inside = scores.copy(), scores[spread]
    sharpened = inside.max() if temperature == 0.0 else temperature * _log_sum(inside / temperature)
    moved[spread] += _log_sum(inside) - sharpened
    return moved - moved.max()


def _log_sum(scores: Weights) -> np.float64:
    most = scores.max()
    return np.log(np.exp(scores - most).sum()) + most


def draw(kept: Weights, generator: np.random.Generator) -> int:
    """One id, by inversion: one uniform number per draw, whatever was cut."""
    total = np.cumsum(kept)
    return int(total.searchsorted(generator.random() * total[-1], side="right"))
