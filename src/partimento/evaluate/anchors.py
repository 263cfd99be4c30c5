"""What a model must beat: trivial predictors of each column alone, counted on the training split.

A new anchor is one function and one row of ANCHORS. Shapes: T rows, C columns, V ids of a column.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..models.likelihood import PieceLikelihood, PieceRows, spent
from ..tokens import Column, Ids

CHUNK = 1 << 20  # rows that are counted at once
Floats = NDArray[np.float64]
Cells = tuple[Ids, NDArray[np.bool_]]  # ids [T, C], and which cells of rows 1..T-1 count


@dataclass(frozen=True)
class Counts:
    """``pairs`` int[V, V]: how often one id of a column followed another, from the begin row on."""

    pairs: NDArray[np.int64]

    @cached_property
    def shares(self) -> Floats:
        """float[V]: the probability of each id, with one more of each than was seen (Laplace)."""
        seen = self.pairs.sum(0) + 1.0
        return np.asarray(seen / seen.sum())

    @cached_property
    def repeated(self) -> float:
        """The probability of the id of the row before, one row of each kind added."""
        return float((np.trace(self.pairs) + 1) / (self.pairs.sum() + 2))


Anchor = Callable[[Counts, NDArray[np.int64], NDArray[np.int64]], Floats]


def unigram(counts: Counts, before: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    """The probability of ``after``, whatever stands before."""
    return np.asarray(counts.shares[after])


def bigram(counts: Counts, before: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    """Given the id in the row before, interpolated with the unigram (Witten and Bell 1991).

    p(x | h) = (c(h, x) + t(h) p(x)) / (c(h) + t(h)), t(h) the number of different ids that followed h.
    """
    followers = (counts.pairs > 0).sum(1).clip(1)
    total = counts.pairs.sum(1) + followers
    joint = counts.pairs[before, after] + followers[before] * counts.shares[after]
    return np.asarray(joint / total[before])


def repeat(counts: Counts, before: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    """The id of the row before with its probability r; else any other one, as the unigram has it."""
    others = (1 - counts.repeated) * counts.shares[after] / (1 - counts.shares[before])
    return np.where(before == after, counts.repeated, others)


ANCHORS: dict[str, Anchor] = {"bigram": bigram, "unigram": unigram, "repeat": repeat}  # in the order of tables


def count(pieces: Iterable[Cells], columns: tuple[Column, ...]) -> list[Counts]:
    """The counts of each column over training pieces; cells that do not count are left out."""
    pairs = [np.zeros(column.size**2, np.int64) for column in columns]
    for chunk in _chunks(pieces):
        for c, column in enumerate(columns):
            keys = np.concatenate([_keys(ids[:, c], counted[:, c], column.size) for ids, counted in chunk])
            pairs[c] += np.bincount(keys, minlength=column.size**2)
    return [Counts(flat.reshape(column.size, -1)) for flat, column in zip(pairs, columns, strict=True)]


def anchored(anchor: Anchor, counts: list[Counts], piece: PieceRows) -> PieceLikelihood:
    """The likelihood of a piece under an anchor."""
    ids = piece.ids.astype(np.int64)
    nats = [-np.log(anchor(each, ids[:-1, c], ids[1:, c])[piece.counted[:, c]]).sum() for c, each in enumerate(counts)]
    return spent(piece, np.array(nats))


def _chunks(pieces: Iterable[Cells]) -> Iterator[list[Cells]]:
    """Pieces in groups of about CHUNK rows: an array of V * V counts for each piece would take the time."""
    group: list[Cells] = []
    rows = 0
    for piece in pieces:
        group.append(piece)
        rows += len(piece[0])
        if rows >= CHUNK:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _keys(ids: Ids, counted: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    """int[<= T - 1]: before * V + after of each pair of rows of a column whose later cell counts."""
    wide = ids.astype(np.int64)
    return np.asarray((wide[:-1] * size + wide[1:])[counted])
