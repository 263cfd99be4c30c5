"""Listening with numbers: what can be said of a piece of music by counting.

A note *sounds* until its key is up and, where a pedal holds it, until the pedal is up or the same
pitch is struck again: pedalled music and the same music with the pedal folded into its notes count
alike. Shapes: N notes, F statistics, R resamples.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .edit import fold_pedal
from .errors import UsageError
from .score import Score
from .units import MILLISECONDS, PITCHES

LOOP_PERIODS = range(8, 129)  # in notes
LOOP_TIMES = 4
LOOP_TOLERANCE_MS = 10
NGRAM = 8  # in notes; eight pitches of seven bits fit one integer of 64
STUCK_S = 20.0  # by then even a low piano string has rung out
DEATH_SHARE = 0.2  # of the asked time: silence for longer than this is not a rest
RESAMPLES = 2000

Times = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Statistics:
    """The statistics of one piece, each 0 where the piece has nothing to count it from."""

    notes: int
    duration_s: float  # from tick 0 until the last note has sounded
    notes_per_second: float  # notes / duration_s
    polyphony: float  # mean number of sounding notes over the time in which anything sounds
    pitch_min: int  # MIDI pitch
    pitch_max: int  # MIDI pitch
    pitch_range: int  # semitones
    pitch_class_entropy: float  # bits, over the notes' pitch classes; at most log2(12) = 3.585
    velocity_mean: float  # MIDI velocity
    velocity_spread: float  # MIDI velocity, population standard deviation
    longest_silence_s: float  # in which nothing sounds, between the first onset and the end
    note_duration_median_s: float  # of the times for which notes sound
    inter_onset_median_s: float  # between onsets that differ: a chord has one
    loops: int  # stretches of 8 to 128 notes, 4 or more times on end: same pitches, times within 10 ms
    looped_notes: int  # notes in those stretches
    repetition: float  # share, 0 to 1, of the 8-note pitch n-grams that occurred before
    stuck_notes: int  # notes that sound for more than 20 s

    def to_json(self) -> dict[str, float]:
        """The statistics by name, as numbers that JSON can hold."""
        return asdict(self)


def audit(score: Score) -> Statistics:
    """The statistics of ``score``."""
    if not len(score):
        return Statistics(**dict.fromkeys((f.name for f in fields(Statistics)), 0))
    heard, looped = _as_heard(score), _looped(score)
    pitches, velocities = heard.notes["pitch"].astype(np.int64), heard.notes["velocity"]
    onsets, ends = _times(heard)
    gaps = _gaps(onsets, ends)
    duration_s, sounding_s = float(ends.max()), float(ends.max() - onsets[0] - gaps.sum())
    return Statistics(
        notes=len(heard),
        duration_s=duration_s,
        notes_per_second=len(heard) / duration_s if duration_s else 0.0,
        polyphony=float((ends - onsets).sum()) / sounding_s if sounding_s else 0.0,
        pitch_min=int(pitches.min()),
        pitch_max=int(pitches.max()),
        pitch_range=int(np.ptp(pitches)),
        pitch_class_entropy=_entropy_bits(np.bincount(pitches % 12)),
        velocity_mean=float(velocities.mean()),
        velocity_spread=float(velocities.std()),
        longest_silence_s=float(gaps.max(initial=0.0)),
        note_duration_median_s=float(np.median(ends - onsets)),
        inter_onset_median_s=float(np.median(np.diff(np.unique(onsets)))) if onsets[-1] > onsets[0] else 0.0,
        loops=int(np.count_nonzero(np.diff(looped.astype(np.int8), prepend=0) == 1)),
        looped_notes=int(looped.sum()),
        repetition=_repetition(pitches),
        stuck_notes=int(np.count_nonzero(ends - onsets > STUCK_S)),
    )


def dies(score: Score, asked_s: float) -> bool:
    """Whether the music is silent, anywhere in the ``asked_s`` seconds, for more than a fifth of them.

    So it dies where it ends before 80 % of the asked time, falls silent on the way, or never begins;
    a note sounds for 20 s at most here, whatever its length.
    """
    onsets, ends = _times(_as_heard(score))
    starts, stops = np.append(onsets, asked_s), np.insert(np.minimum(ends, onsets + STUCK_S), 0, 0.0)
    silences = np.minimum(starts, asked_s) - np.maximum.accumulate(stops)
    return bool(silences.max() > DEATH_SHARE * asked_s)


def _as_heard(score: Score) -> Score:
    """``score`` with its pedals, where it has any, in the note lengths; without, unisons stay as written."""
    return fold_pedal(score) if len(score.pedals) else score


def _times(score: Score) -> tuple[Times, Times]:
    """float[N] each: onsets and releases in seconds."""
    return score.seconds(score.notes["onset"]), score.seconds(score.releases)


def _gaps(onsets: Times, ends: Times) -> Times:
    """float[N - 1]: seconds of silence before each note but the first."""
    return np.maximum(onsets[1:] - np.maximum.accumulate(ends)[:-1], 0.0)


def _entropy_bits(counts: Integers) -> float:
    """Shannon entropy of ``counts``, in bits."""
    shares = counts[counts > 0] / counts.sum()
    return float(np.abs(shares @ np.log2(shares)))


def _repetition(pitches: Integers) -> float:
    """Share of the pitch n-grams that are equal to an earlier one."""
    if len(pitches) < NGRAM:
        return 0.0
    grams = np.lib.stride_tricks.sliding_window_view(pitches, NGRAM) @ (PITCHES ** np.arange(NGRAM))
    return 1.0 - len(np.unique(grams)) / len(grams)


def _looped(score: Score) -> Truths:
    """bool[N]: the notes that are part of a loop."""
    onsets, releases = np.rint(np.stack(_times(score)) * MILLISECONDS).astype(np.int64)
    pitches, durations, steps = score.notes["pitch"], releases - onsets, np.diff(onsets, prepend=0)
    depth = np.zeros(len(score) + 1, dtype=np.int64)  # +1 where a loop begins, -1 behind its end
    for period in LOOP_PERIODS[: max(0, len(score) // LOOP_TIMES - LOOP_PERIODS.start + 1)]:
        same = (pitches[period:] == pitches[:-period]) & _near(durations, period)
        starts, stops = _runs(same, same & _near(steps, period))
        long = stops - starts >= (LOOP_TIMES - 1) * period
        np.add.at(depth, starts[long], 1)
        np.add.at(depth, stops[long] + period, -1)
    return np.cumsum(depth)[:-1] > 0


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


def _matrix(pieces: Sequence[Statistics], names: Sequence[str]) -> Times:
    """float[pieces, F]."""
    return np.array([[getattr(piece, name) for name in names] for piece in pieces], dtype=np.float64)


def _resampled_means(values: Times, rng: np.random.Generator) -> Times:
    """float[R, F]: means over pieces drawn with replacement; drawing counts needs no R x pieces x F array."""
    counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=RESAMPLES)
    return (counts @ values) / len(values)
