"""Music that goes round in circles. Shapes: N notes."""

import numpy as np
from numpy.typing import NDArray

from ..units import MILLISECONDS, PITCHES

LOOP_PERIODS = range(8, 129)  # in notes
LOOP_TIMES = 4
LOOP_TOLERANCE_MS = 10
PITCH_PERIODS = range(2, 129)  # in notes; a note said again and again is a pattern of two
FEWEST = 16  # notes on end in a loop of pitches: a shorter one is a figure
NGRAM = 8  # in notes; eight pitches of seven bits fit one integer of 64

Times = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]


def repetition(pitches: Integers) -> float:
    """Share of the pitch n-grams that are equal to an earlier one."""
    if len(pitches) < NGRAM:
        return 0.0
    grams = np.lib.stride_tricks.sliding_window_view(pitches, NGRAM) @ (PITCHES ** np.arange(NGRAM))
    return 1.0 - len(np.unique(grams)) / len(grams)


def pitch_looped(pitches: Integers) -> Truths:
    """bool[N]: the notes in stretches that say one pattern of pitches four times or more, whatever their rhythm."""
    depth = np.zeros(len(pitches) + 1, dtype=np.int64)
    for period in PITCH_PERIODS:
        same = pitches[period:] == pitches[:-period]
        starts, stops = _runs(same, same)
        long = stops - starts >= max((LOOP_TIMES - 1) * period, FEWEST - period)
        _mark(depth, starts[long], stops[long] + period)
    return np.cumsum(depth)[:-1] > 0


def looped(pitches: Integers, onsets_s: Times, ends_s: Times) -> Truths:
    """bool[N]: the notes that are part of a loop."""
    onsets, ends = np.rint(np.stack([onsets_s, ends_s]) * MILLISECONDS).astype(np.int64)
    durations, steps = ends - onsets, np.diff(onsets, prepend=0)
    depth = np.zeros(len(pitches) + 1, dtype=np.int64)  # +1 where a loop begins, -1 behind its end
    for period in LOOP_PERIODS[: max(0, len(pitches) // LOOP_TIMES - LOOP_PERIODS.start + 1)]:
        same = (pitches[period:] == pitches[:-period]) & _near(durations, period)
        starts, stops = _runs(same, same & _near(steps, period))
        long = stops - starts >= (LOOP_TIMES - 1) * period
        _mark(depth, starts[long], stops[long] + period)
    return np.cumsum(depth)[:-1] > 0


def _mark(depth: Integers, starts: NDArray[np.intp], stops: NDArray[np.intp]) -> None:
    np.add.at(depth, starts, 1)
    np.add.at(depth, stops, -1)


def _near(times_ms: Integers, period: int) -> Truths:
    """bool[N - period]: whether the time is that of ``period`` notes later."""
    apart: Integers = np.abs(times_ms[period:] - times_ms[:-period])
    return apart <= LOOP_TOLERANCE_MS


def _runs(same: Truths, whole: Truths) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and one past the last row of each run in ``whole``.

    The step into a loop's first note lies outside the loop, so that note need only be ``same``.
    """
    edges = np.diff(whole.astype(np.int8), prepend=0, append=0)
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return starts - ((starts > 0) & same[starts - 1]), stops
