"""Two sets of pieces, statistic by statistic. Shapes: F statistics, R resamples."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from .statistics import Statistics

RESAMPLES = 2000


@dataclass(frozen=True)
class Difference:
    """One statistic of two sets of pieces: the means, left minus right, and its 95 % interval."""

    statistic: str
    left: float
    right: float
    difference: float
    low: float
    high: float


def compare(left: Sequence[Statistics], right: Sequence[Statistics], seed: int = 0) -> list[Difference]:
    """One row per statistic, with percentile bootstrap intervals over pieces.

    2,000 resamples of each side, from ``seed``. Raises UsageError where a side has no pieces.
    """
    if not left or not right:
        raise UsageError("cannot compare statistics: a side has no pieces; give at least one piece on each")
    rng, names = np.random.default_rng(seed), [f.name for f in fields(Statistics)]
    ours, theirs = _matrix(left, names), _matrix(right, names)
    low, high = np.quantile(_resampled_means(ours, rng) - _resampled_means(theirs, rng), (0.025, 0.975), axis=0)
    a, b = ours.mean(axis=0), theirs.mean(axis=0)
    columns = zip(names, *(values.tolist() for values in (a, b, a - b, low, high)), strict=True)
    return [Difference(*row) for row in columns]


def distance(left: Sequence[Statistics], right: Sequence[Statistics]) -> float:
    """How far the means of ``left`` are from those of ``right``, in standard deviations over the pieces of ``right``.

    The mean over those statistics that differ among them; 0 where none does. Raises UsageError where a side has no
    pieces.
    """
    if not left or not right:
        raise UsageError("cannot compare statistics: a side has no pieces; give at least one piece on each")
    names = [f.name for f in fields(Statistics)]
    ours, theirs = _matrix(left, names), _matrix(right, names)
    spread = theirs.std(axis=0)
    apart = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))[spread > 0] / spread[spread > 0]
    return float(apart.mean()) if len(apart) else 0.0


def _matrix(pieces: Sequence[Statistics], names: Sequence[str]) -> NDArray[np.float64]:
    """float[pieces, F]."""
    return np.array([[getattr(piece, name) for name in names] for piece in pieces], dtype=np.float64)


def _resampled_means(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """float[R, F]: means over pieces drawn with replacement; drawing counts needs no R x pieces x F array."""
    counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=RESAMPLES)
    return (counts @ values) / len(values)
