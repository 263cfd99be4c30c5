"""How far two sets of pieces overlap, feature by feature (Yang and Lerch 2020, section 4.2).

A piece is a histogram of a feature; pieces are as far apart as the Euclidean distance of their histograms. The
distances within the real set and those between it and the other set are each smoothed by a Gaussian kernel with
Scott's bandwidth; the area under both curves is the overlap: 1 where the other set is as far from the real pieces as
they are from each other, 0 where it is never so near. The divergence is Kullback and Leibler's, of the distances
within from those between, in nats. Shapes: P real pieces, Q others, D distances, G grid points, R resamples.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .units import FEWEST, Estimate, Floats

GRID = 512
RESAMPLES = 500
NARROWEST = 0.005  # of a kernel, so that equal distances have a curve; histograms are at most 1.41 apart
SPREAD = 4.0  # bandwidths beyond the outermost distances
LEAST = 1e-12  # of a density, in a logarithm


@dataclass(frozen=True)
class Overlap:
    """The area with its 95 % bootstrap interval over pieces of both sets, centred on it, and the divergence in nats."""

    area: Estimate
    divergence: float


def overlaps(real: Sequence[Mapping[str, Floats]], others: Sequence[Mapping[str, Floats]]) -> dict[str, Overlap]:
    """The overlap of ``others`` with ``real``, by feature; two pieces of each at least."""
    return {name: overlap(_stacked(real, name), _stacked(others, name)) for name in real[0]}


def overlap(real: Floats, others: Floats, seed: int = 0) -> Overlap:
    """Of two sets of histograms, [P, bins] and [Q, bins]."""
    within, between = _distances(real, real)[np.triu_indices(len(real), 1)], _distances(real, others).ravel()
    widths = _bandwidth(within), _bandwidth(between)
    ends = max(within.max(), between.max()) + SPREAD * max(widths), -SPREAD * max(widths)
    grid = np.linspace(ends[1], ends[0], GRID)
    kernels = _kernels(within, widths[0], grid), _kernels(between, widths[1], grid)
    areas, ours, theirs = _areas(kernels, *_ones(len(real), len(others)), grid)
    resampled, *_ = _areas(kernels, *_drawn(len(real), len(others), seed), grid)
    logs = np.log(ours.clip(LEAST)) - np.log(theirs.clip(LEAST))
    divergence = float((ours * logs).sum() * (grid[1] - grid[0]))
    return Overlap(_estimate(float(areas[0]), resampled, min(len(real), len(others))), divergence)


def _stacked(pieces: Sequence[Mapping[str, Floats]], name: str) -> Floats:
    return np.stack([piece[name] for piece in pieces])


def _distances(left: Floats, right: Floats) -> Floats:
    """float[P, Q]."""
    return np.asarray(np.linalg.norm(left[:, None] - right[None], axis=-1))


def _bandwidth(distances: Floats) -> float:
    """Scott's rule (1992): the standard deviation over the fifth root of how many there are."""
    spread = float(distances.std(ddof=1)) if len(distances) > 1 else 0.0
    return max(spread * len(distances) ** -0.2, NARROWEST)


def _kernels(distances: Floats, width: float, grid: Floats) -> Floats:
    """float[D, G]: the bell around each distance."""
    bells = np.exp(-(((grid - distances[:, None]) / width) ** 2) / 2)
    return np.asarray(bells / (width * math.sqrt(2 * math.pi)))


def _ones(real: int, others: int) -> tuple[Floats, Floats]:
    return np.ones((1, real)), np.ones((1, others))


def _drawn(real: int, others: int, seed: int) -> tuple[Floats, Floats]:
    """float[R, P] and [R, Q]: how often each piece is drawn, with replacement."""
    rng = np.random.default_rng(seed)
    counts = (rng.multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(float) for n in (real, others))
    return next(counts), next(counts)


def _areas(kernels: tuple[Floats, Floats], real: Floats, others: Floats, grid: Floats) -> tuple[Floats, Floats, Floats]:
    """The area under both curves [R], and the curves [R, G]; a piece drawn twice is not compared with itself."""
    rows, columns = np.triu_indices(real.shape[1], 1)
    within = real[:, rows] * real[:, columns]
    between = (real[:, :, None] * others[:, None, :]).reshape(len(real), -1)
    curves = [_normalised(weights) @ bells for weights, bells in zip((within, between), kernels, strict=True)]
    return np.minimum(*curves).sum(-1) * (grid[1] - grid[0]), curves[0], curves[1]


def _normalised(weights: Floats) -> Floats:
    return weights / weights.sum(-1, keepdims=True).clip(LEAST)


def _estimate(value: float, resampled: Floats, pieces: int) -> Estimate:
    if pieces < FEWEST:
        return Estimate(value, math.nan, math.nan)
    centred = resampled - np.median(resampled) + value  # fewer different pieces overlap less: that is no news of these
    low, high = np.quantile(centred, [0.025, 0.975]).clip(0, 1)
    return Estimate(value, float(low), float(high))
