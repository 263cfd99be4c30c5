"""The units of a likelihood, each with its 95 % bootstrap interval over pieces.

Shapes: P pieces, C columns, R resamples.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..models.likelihood import PieceLikelihood, scaled
from ..units import bits

RESAMPLES = 2_000
FEWEST = 4  # pieces below which no interval is given: it would be far too narrow
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Unit:
    """Nats, or bits, over how many of what."""

    name: str
    label: str
    over: str  # a field of Totals
    in_bits: bool = False


UNITS = (
    Unit("nats_per_note", "nats per note", "notes"),
    Unit("bits_per_note", "bits per note", "notes", in_bits=True),
    Unit("bits_per_second", "bits per second", "seconds", in_bits=True),
    Unit("nats_per_row", "nats per row", "rows"),
    Unit("nats_per_performance_token", "nats per Performance token", "tokens"),
)


@dataclass(frozen=True)
class Estimate:
    """A figure and the 95 % bootstrap interval over pieces; of fewer than FEWEST there is none (nan)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Totals:
    """What was spent by piece, ``nats`` [P, C] and ``cells`` [P, C] that counted, and what the pieces hold [P].

    ``tokens``: Performance tokens; 0 where the codec says something else.
    """

    nats: Floats
    cells: Floats
    rows: Floats
    notes: Floats
    seconds: Floats
    tokens: Floats

    @classmethod
    def of(cls, parts: Sequence[PieceLikelihood], tokens: Floats, tokens_per_note: float = 0.0) -> "Totals":
        """Of pieces, with the Performance tokens of each, or, where none are given, so many to a note."""
        names = ("nats", "cells", "rows", "notes", "seconds")
        gathered = {name: np.array([getattr(part, name) for part in parts], float) for name in names}
        return cls(**gathered, tokens=tokens if len(tokens) else gathered["notes"] * tokens_per_note)

    @property
    def partly(self) -> int:
        """In how many pieces some cells do not count."""
        return int((self.cells < self.rows[:, None]).any(1).sum())

    @property
    def by_column(self) -> Floats:
        """float[C]: nats per cell that counts, by column; nan where none does."""
        cells = self.cells.sum(0)
        return np.asarray(np.where(cells > 0, self.nats.sum(0) / np.maximum(cells, 1), np.nan))

    def estimates(self, seed: int = 0) -> dict[str, Estimate]:
        """Every unit that applies, by name. Resampling is by whole pieces, from ``seed``."""
        drawn = _drawn(len(self.rows), seed)
        nats = scaled(self.nats, self.cells.sum(0), self.rows.sum()).sum()
        resampled = scaled(drawn @ self.nats, drawn @ self.cells, drawn @ self.rows).sum(-1)
        found = {}
        for unit in UNITS:
            over = getattr(self, unit.over)
            if over.sum() > 0:
                value, ratios = nats / over.sum(), resampled / np.maximum(drawn @ over, np.finfo(float).tiny)
                found[unit.name] = _estimate(value, ratios, unit)
        return found if len(self.rows) >= FEWEST else {name: _none(each) for name, each in found.items()}


def _drawn(pieces: int, seed: int) -> Floats:
    """float[R, P]: how often each piece is drawn, with replacement, in each resample."""
    drawn = np.random.default_rng(seed).integers(0, pieces, (RESAMPLES, pieces))
    counts = np.bincount((drawn + pieces * np.arange(RESAMPLES)[:, None]).ravel(), minlength=RESAMPLES * pieces)
    return counts.reshape(RESAMPLES, pieces).astype(float)


def _none(estimate: Estimate) -> Estimate:
    return Estimate(estimate.value, math.nan, math.nan)


def _estimate(value: float, ratios: Floats, unit: Unit) -> Estimate:
    figures = [float(value), *np.quantile(ratios, [0.025, 0.975]).tolist()]
    return Estimate(*(bits(figure) if unit.in_bits else figure for figure in figures))


def ratio(over: Floats, under: Floats, seed: int = 0) -> Estimate:
    """The sum of ``over`` [P] in that of ``under`` [P], with its interval over pieces (of few: none)."""
    drawn, value = _drawn(len(under), seed), float(over.sum() / under.sum()) if under.sum() else math.nan
    if len(under) < FEWEST or not under.sum():
        return Estimate(value, math.nan, math.nan)
    low, high = np.quantile((drawn @ over) / np.maximum(drawn @ under, np.finfo(float).tiny), [0.025, 0.975])
    return Estimate(value, float(low), float(high))


def mean(values: Floats) -> Estimate:
    """The mean of ``values`` [P], with its interval."""
    return ratio(values, np.ones(len(values)))
