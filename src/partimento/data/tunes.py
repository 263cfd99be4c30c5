"""Which chorales set the same tune, so that no tune stands on two sides of a split.

The rule: of each soprano the pitch on every quarter counts, those that repeat the one before left out; the intervals
between them, eight in a row, are its patterns. Two chorales are of one tune where at least 0.3 of the patterns of the
one that has fewer are the other's too, or where they have one title; and so are two that are of one tune with a third.
Of pairs that have one title half of the patterns find 0.73 and 0.3 find 0.85: the rest are ornamented, or other tunes
of the same hymn. Rather too many are joined than a tune of the test heard in training.
"""

from collections.abc import Sequence

import numpy as np

from ..score import Score
from .source import Piece, Split

INTERVALS = 8
SHARED = 0.3  # of the patterns of the shorter melody

Patterns = frozenset[tuple[int, ...]]


def patterns(score: Score) -> Patterns:
    """The patterns of the soprano, track 0; one shorter pattern where it has no more."""
    notes = score.notes[score.notes["track"] == 0]
    beats = np.arange(0, score.end, score.ticks_per_quarter)
    sounding = np.searchsorted(notes["onset"], beats, side="right") - 1
    pitches = notes["pitch"][np.unique(sounding[sounding >= 0])].astype(int)
    intervals = np.diff(pitches[np.diff(pitches, prepend=-1) != 0]).tolist()
    starts = range(max(len(intervals) - INTERVALS + 1, 1))
    return frozenset(tuple(intervals[start : start + INTERVALS]) for start in starts)


def tunes(scores: Sequence[Score], titles: Sequence[str] = ()) -> list[int]:
    """For each chorale the number of the first that sets the same tune, or has the same of the ``titles``."""
    found = [patterns(score) for score in scores]
    names = titles or list(map(str, range(len(scores))))
    first = list(range(len(scores)))
    for i, mine in enumerate(found):
        for j in range(i):
            shared = len(mine & found[j]) >= SHARED * min(len(mine), len(found[j]))
            if shared or names[i] == names[j]:
                _join(first, i, j)
    return [_root(first, i) for i in range(len(first))]


def divided(pieces: Sequence[Piece], scores: Sequence[Score], split: Split) -> list[str]:
    """The split of each piece: tunes in an order of the seed's, laid side by side, each goes where its middle lies."""
    members: dict[int, list[int]] = {}
    for i, first in enumerate(tunes(scores, [piece.title.partition(" (BWV ")[0] for piece in pieces])):
        members.setdefault(first, []).append(i)
    order = sorted(members.values(), key=lambda tune: split.place(min(pieces[i].id for i in tune)))
    splits, before = [""] * len(pieces), 0
    for tune in order:
        for i in tune:
            splits[i] = split.at((before + len(tune) / 2) / len(pieces))
        before += len(tune)
    return splits


def _root(first: list[int], i: int) -> int:
    while first[i] != i:
        first[i] = first[first[i]]
        i = first[i]
    return i


def _join(first: list[int], i: int, j: int) -> None:
    low, high = sorted((_root(first, i), _root(first, j)))
    first[high] = low
