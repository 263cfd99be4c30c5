"""What each anchor would say if it had to name one id: the likeliest, or the middle one of a range of numbers.

An anchor sees the id of the row before alone, so a guess is a table int[V] by that id.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .anchors import Counts

Table = NDArray[np.int64]


def commonest(counts: Counts) -> Table:
    """The commonest id, whatever stands before."""
    return np.full(counts.size, counts.shares.argmax())


def same(counts: Counts) -> Table:
    """The id of the row before."""
    return np.arange(counts.size)


def commonest_follower(counts: Counts) -> Table:
    """The likeliest id under the bigram: of several as likely ones the lowest."""
    before, after = counts.ends
    likely = counts.times + counts.followers[before] * counts.shares[after]
    order = np.lexsort([after, -likely, before])
    first = order[np.diff(before[order], prepend=-1) != 0]  # the best of each id that has followers
    guess, best = commonest(counts), counts.followers * counts.shares.max()
    better = likely[first] >= best[before[first]]
    guess[before[first[better]]] = after[first[better]]
    return guess


def middle(counts: Counts, numbers: slice) -> Table:
    """The median of the ids in ``numbers``, whatever stands before."""
    shares = counts.shares[numbers].cumsum()
    return np.full(counts.size, numbers.start + np.searchsorted(shares, shares[-1] / 2))


def same_number(counts: Counts, numbers: slice) -> Table:
    """The number of the row before; where that has none, the median."""
    ids = same(counts)
    return np.where((ids >= numbers.start) & (ids < numbers.stop), ids, middle(counts, numbers))


def middle_follower(counts: Counts, numbers: slice) -> Table:
    """The median of the numbers that followed the id before; where none did, that of all."""
    before, after = counts.ends
    kept = (after >= numbers.start) & (after < numbers.stop)
    before, after, summed = before[kept], after[kept], counts.times[kept].cumsum()
    guess, ids = middle(counts, numbers), np.unique(before)
    if len(ids):
        stops = np.searchsorted(before, ids, side="right")
        reached = summed[stops - 1]
        behind = np.concatenate([[0], reached[:-1]])
        guess[ids] = after[np.searchsorted(summed, (behind + reached) / 2)]
    return guess


LIKELIEST: dict[str, Callable[[Counts], Table]] = {"bigram": commonest_follower, "unigram": commonest, "repeat": same}
MIDDLE: dict[str, Callable[[Counts, slice], Table]] = {
    "bigram": middle_follower,
    "unigram": middle,
    "repeat": same_number,
}
