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
Seen = tuple[NDArray[np.int64], NDArray[np.int64]]
Cells = tuple[Ids, NDArray[np.bool_]]  # ids [T, C], and which cells of rows 1..T-1 count


@dataclass(frozen=True)
class Counts:
    """How often one id of a column of V followed another, from the begin row on.

    ``keys`` int[K], sorted: before * V + after of each pair that was seen; ``times`` int[K]: how often.
    """

    size: int
    keys: NDArray[np.int64]
    times: NDArray[np.int64]

    @cached_property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """int[K] each: the id before and the id after of each pair."""
        return self.keys // self.size, self.keys % self.size

    @cached_property
    def shares(self) -> Floats:
        """float[V]: the probability of each id, with one more of each than was seen (Laplace)."""
        seen = np.bincount(self.ends[1], self.times, self.size) + 1.0
        return np.asarray(seen / seen.sum())

    @cached_property
    def followers(self) -> NDArray[np.int64]:
        """int[V]: how many different ids followed each, 1 at least."""
        return np.bincount(self.ends[0], minlength=self.size).clip(1)

    @cached_property
    def totals(self) -> Floats:
        """float[V]: how often each id had one after it."""
        return np.asarray(np.bincount(self.ends[0], self.times, self.size))

    @cached_property
    def repeated(self) -> float:
        """The probability of the id of the row before, one row of each kind added."""
        before, after = self.ends
        return float((self.times[before == after].sum() + 1) / (self.times.sum() + 2))

    def of(self, before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often each ``after`` followed its ``before``."""
        if not len(self.keys):
            return np.zeros(before.shape, np.int64)
        wanted = before * self.size + after
        place = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.times[place], 0)


Anchor = Callable[[Counts, NDArray[np.int64], NDArray[np.int64]], Floats]


def unigram(counts: Counts, before: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    """The probability of ``after``, whatever stands before."""
    return np.asarray(counts.shares[after])


def bigram(counts: Counts, before: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    """Given the id in the row before, interpolated with the unigram (Witten and Bell 1991).

    p(x | h) = (c(h, x) + t(h) p(x)) / (c(h) + t(h)), t(h) the number of different ids that followed h.
    """
    followers = counts.followers[before]
    joint = counts.of(before, after) + followers * counts.shares[after]
    return np.asarray(joint / (counts.totals[before] + followers))


def repeat(counts: Counts, before: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    """The id of the row before with its probability r; else any other one, as the unigram has it."""
    others = (1 - counts.repeated) * counts.shares[after] / (1 - counts.shares[before])
    return np.where(before == after, counts.repeated, others)


ANCHORS: dict[str, Anchor] = {"bigram": bigram, "unigram": unigram, "repeat": repeat}  # in the order of tables


def count(pieces: Iterable[Cells], columns: tuple[Column, ...]) -> list[Counts]:
    """The counts of each column over training pieces; cells that do not count are left out."""
    found: list[list[Seen]] = [[] for _ in columns]
    for chunk in _chunks(pieces):
        for c, column in enumerate(columns):
            keys = np.concatenate([_keys(ids[:, c], counted[:, c], column.size) for ids, counted in chunk])
            found[c].append(np.unique(keys, return_counts=True))
    return [Counts(column.size, *_merged(seen)) for seen, column in zip(found, columns, strict=True)]


def _merged(found: list[Seen]) -> Seen:
    """The pairs of all chunks, each once. A table of V * V would take gigabytes where ids are milliseconds."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    every = np.concatenate([keys for keys, _ in found])
    keys, place = np.unique(every, return_inverse=True)
    times = np.zeros(len(keys), np.int64)
    np.add.at(times, place, np.concatenate([times for _, times in found]))
    return keys, times


def anchored(anchor: Anchor, counts: list[Counts], piece: PieceRows) -> PieceLikelihood:
    """The likelihood of a piece under an anchor."""
    ids = piece.ids.astype(np.int64)
    nats = [-np.log(anchor(each, ids[:-1, c], ids[1:, c])[piece.counted[:, c]]).sum() for c, each in enumerate(counts)]
    return spent(piece, np.array(nats))


def _chunks(pieces: Iterable[Cells]) -> Iterator[list[Cells]]:
    """Pieces in groups of about CHUNK rows: sorting the pairs of each piece by itself would leave more to merge."""
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
