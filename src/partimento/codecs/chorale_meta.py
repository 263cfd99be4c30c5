"""What stands beside the voices of a chorale in each 16th: its place in the bar, fermatas, the key; and back.

Time is in 16ths. Shapes: T 16ths, K changes.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..score import FERMATA, KEY, METRE, Array, Score, table
from .chorale_cells import QUARTER, TICKS, Steps, steps_of

LONGEST_BAR, USUAL_BAR = 32, 16  # 4/2 and 4/4
MOST_SHARPS = 7
SIGNATURES = 2 * MOST_SHARPS + 1
UNKNOWN = 0  # of the ids of keys: then major keys by their sharps from -7, then minor ones


def beats_of(score: Score, length: int) -> Steps:
    """int[T]: the place of each 16th in its bar, from 0; without a metre bars of 4/4 begin at once."""
    rows = score.metres
    onsets = steps_of(score, rows["onset"]) if len(rows) else np.zeros(1, np.int64)
    bars = [_bar(*row) for row in zip(rows["beats"].tolist(), rows["unit"].tolist(), strict=True)] or [USUAL_BAR]
    steps = np.arange(length)
    which = np.maximum(np.searchsorted(onsets, steps, side="right") - 1, 0)
    return (steps - onsets[which]) % np.array(bars)[which]


def metres_of(beats: Steps) -> Array:
    """METRE[K] of the bars that ``beats`` [T] count: a row where their length changes, a bar of 3/4 for 12 16ths."""
    rows = [(step * TICKS, *_metre(min(length, LONGEST_BAR))) for step, length in _lengths(beats)]
    return table(METRE, rows)


def fermatas_of(score: Score, length: int) -> NDArray[np.bool_]:
    """bool[T]: where a note that bears a fermata begins."""
    flags = np.zeros(length, np.bool_)
    steps = steps_of(score, score.fermatas["onset"])
    flags[steps[steps < length]] = True
    return flags


def fermata_rows(flags: NDArray[np.bool_]) -> Array:
    """FERMATA of the 16ths that ``flags`` [T] mark."""
    return table(FERMATA, [(step * TICKS,) for step in np.flatnonzero(flags).tolist()])


def keys_of(score: Score, length: int) -> Steps:
    """int[T]: the id of the key in force, UNKNOWN before the first."""
    sharps = np.clip(score.keys["sharps"].astype(np.int64), -MOST_SHARPS, MOST_SHARPS)
    ids = np.append(UNKNOWN, 1 + sharps + MOST_SHARPS + SIGNATURES * score.keys["minor"])
    return ids[np.searchsorted(steps_of(score, score.keys["onset"]), np.arange(length), side="right")]


def key_rows(ids: Steps) -> Array:
    """KEY[K] where the key in ``ids`` [T] changes; UNKNOWN leaves it as it is."""
    known = np.maximum.accumulate(np.where(ids == UNKNOWN, -1, np.arange(len(ids))))
    ids = np.where(known < 0, UNKNOWN, ids[known])
    steps = np.flatnonzero(np.diff(ids, prepend=UNKNOWN))
    minor, sharps = np.divmod(ids[steps] - 1, SIGNATURES)
    return table(KEY, list(zip((steps * TICKS).tolist(), (sharps - MOST_SHARPS).tolist(), minor.tolist(), strict=True)))


def _bar(beats: int, unit: int) -> int:
    """16ths of a bar; of one that is too long to be said, those of 4/4."""
    length = round(4 * QUARTER * beats / unit) if unit else 0
    return length if 1 <= length <= LONGEST_BAR else USUAL_BAR


def _metre(length: int) -> tuple[int, int]:
    """Beats and unit of a bar of so many 16ths."""
    return (length, 16) if length % QUARTER else (length // QUARTER, 4)


def _lengths(beats: Steps) -> Iterator[tuple[int, int]]:
    """The 16th and the length of each bar that says something new.

    A pickup says how long the first bar would be; where this is shorter all the same, the next says its own.
    """
    starts = np.flatnonzero(beats == 0).tolist()
    pickup = int(beats[(starts or [len(beats)])[0] - 1]) + 1 if len(beats) and beats[0] else 0
    if pickup:
        yield (starts or [len(beats)])[0], pickup
    length = pickup
    for i, (start, stop) in enumerate(pairwise([*starts, len(beats)])):
        span, is_last = stop - start, stop == len(beats)
        if pickup and i == 0:
            length = 0 if span < pickup and not is_last else pickup
        elif span > length or (span < length and not is_last):
            length = max(span, USUAL_BAR) if is_last and not length else span
            yield start, length
