"""How often the likeliest id of a cell is the right one, and by how much the numbers are missed, teacher-forced.

Accuracy counts every cell that likelihood counts. The error of a column of numbers is the mean absolute one of the
median of what is said of them, over the cells whose truth is a number. Shapes: P pieces, C columns, N cells, V ids.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from ..batch import Batch
from ..codecs import Codec
from ..models.family import RowFamily
from ..models.likelihood import PieceRows, windows
from ..nn.logits import Logits
from ..tokens import Column, Ids
from .anchors import Counts
from .guesses import LIKELIEST, MIDDLE, Table
from .units import Estimate, Floats, ratio

CELLS_AT_ONCE = 256  # whose V probabilities are held
FEWEST_NUMBERS = 2


@dataclass(frozen=True)
class Numbers:
    """Which ids of a column are numbers, and what each of them is in ``unit``."""

    ids: slice
    values: Floats
    unit: str


@dataclass(frozen=True)
class Hits:
    """Of a piece, by column [C]: right cells of how many, and the summed error of how many numbers."""

    right: Floats
    cells: Floats
    off: Floats
    numbers: Floats


@dataclass(frozen=True)
class Accuracy:
    """By column: the share of cells that were guessed, and the mean absolute error with its unit."""

    share: Mapping[str, Estimate] = field(default_factory=dict)
    error: Mapping[str, Estimate] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, codec: Codec, hits: Sequence[Hits]) -> "Accuracy":
        """Of pieces, with intervals over them; nothing of nothing."""
        if not hits:
            return cls()
        right, cells, off, numbers = (np.array([getattr(each, name) for each in hits]) for name in NAMES)
        names = [column.name for column in codec.columns]
        share = {name: ratio(right[:, c], cells[:, c]) for c, name in enumerate(names) if cells[:, c].any()}
        error = {name: ratio(off[:, c], numbers[:, c]) for c, name in enumerate(names) if numbers[:, c].any()}
        known = zip(names, numbers_of(codec), strict=True)
        return cls(share, error, {name: each.unit for name, each in known if each and name in error})


NAMES = ("right", "cells", "off", "numbers")


def numbers_of(codec: Codec) -> list[Numbers | None]:
    """What of each column is a number: times in seconds, velocities; None where most ids are names."""
    return [_numbers(codec, column) for column in codec.columns]


def _numbers(codec: Codec, column: Column) -> Numbers | None:
    longest = max(column.ranges, key=lambda each: each.count)
    ids = column.span(longest.name)
    if longest.count < FEWEST_NUMBERS or 2 * longest.count <= column.size:
        return None
    if longest.advances or longest.lasts:
        table = column.advances if longest.advances else column.lasts
        return Numbers(ids, np.asarray(table[ids] / codec.steps_per_second, np.float64), "s")
    if longest.name == "velocity":
        return Numbers(ids, np.asarray(column.values[ids] * getattr(codec, "velocity_width", 1), np.float64), "of 127")
    return None


def anchor_guesses(anchor: str, counts: Sequence[Counts], codec: Codec) -> list[tuple[Table, Table]]:
    """For each column, by the id of the row before: the id and the number that an anchor would name."""
    known = zip(counts, numbers_of(codec), strict=True)
    tables = [
        (LIKELIEST[anchor](each), MIDDLE[anchor](each, numbers.ids) if numbers else None) for each, numbers in known
    ]
    return [(likeliest, likeliest if middle is None else middle) for likeliest, middle in tables]


def anchor_hits(guesses: Sequence[tuple[Table, Table]], codec: Codec, piece: PieceRows) -> Hits:
    """The hits of an anchor on a piece."""
    rows = []
    for c, ((likeliest, middle), numbers) in enumerate(zip(guesses, numbers_of(codec), strict=True)):
        column = piece.ids[:, c].astype(np.int64)
        before, truth = column[:-1][piece.counted[:, c]], column[1:][piece.counted[:, c]]
        rows.append(_cells(likeliest[before], middle[before], truth, numbers))
    return Hits(*np.array(rows).T)


@torch.no_grad()
def model_hits(
    model: RowFamily, codec: Codec, ids: Ids, counted: NDArray[np.bool_], context: int, stride: int
) -> Hits | None:
    """The hits of a model on a piece, in the windows of its likelihood; None for a family that scores no columns."""
    device, total = next(model.parameters()).device, np.zeros((len(codec.columns), len(NAMES)))
    known, scored = numbers_of(codec), False
    for batch in windows(ids, len(model.control_sizes), context, stride, counted=counted):
        for c, logits in enumerate(model.column_scores(batch.to(device))):
            scored = True
            for likeliest, middle, truth in _guessed(logits, batch, c, known[c]):
                total[c] += _cells(likeliest, middle, truth, known[c])
    return Hits(*total.T) if scored else None


def _guessed(logits: Logits, batch: Batch, c: int, numbers: Numbers | None) -> Iterator[tuple[Table, Table, Table]]:
    """Likeliest, median number and truth of the cells of a column that count, some at a time."""
    mask = batch.loss_mask[..., c]
    truth, scores = batch.ids[:, 1:, c][mask], logits.at(mask.to(logits.softmax.device))
    for start in range(0, len(truth), CELLS_AT_ONCE):
        some = slice(start, start + CELLS_AT_ONCE)
        shares = scores.at(some).probabilities()
        likeliest = shares.argmax(-1)
        yield likeliest.cpu().numpy(), _median(shares, numbers, likeliest).cpu().numpy(), truth[some].numpy()


def _median(shares: Tensor, numbers: Numbers | None, likeliest: Int[Tensor, " N"]) -> Int[Tensor, " N"]:
    """The id in the middle of what is said of the numbers alone."""
    if numbers is None:
        return likeliest
    summed = shares[:, numbers.ids].double().cumsum(-1)
    return numbers.ids.start + (summed < summed[:, -1:] / 2).sum(-1)


def _cells(likeliest: Table, middle: Table, truth: Table, numbers: Numbers | None) -> Floats:
    """float[4]: right, cells, summed error, numbers."""
    right = [float((likeliest == truth).sum()), float(len(truth))]
    if numbers is None:
        return np.array([*right, 0.0, 0.0])
    start, stop = numbers.ids.start, numbers.ids.stop
    told = (truth >= start) & (truth < stop)
    off = np.abs(numbers.values[middle[told] - start] - numbers.values[truth[told] - start])
    return np.array([*right, float(off.sum()), float(told.sum())])
