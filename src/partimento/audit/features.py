"""What a piece is like, as histograms: of each feature, the share of notes or of time by value. Shapes: N notes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..edit import fold_pedal
from ..score import Score
from ..units import PITCHES

Floats = NDArray[np.float64]
TIMES_S = 0.01 * 2.0 ** (np.arange(44) / 4)  # 10 ms to 17 s in quarters of an octave
VELOCITY_BINS = 32
MOST_VOICES = 16  # that many and more count as one


@dataclass(frozen=True)
class Heard:
    """Notes as they sound in the first ``seconds``: onsets, ends, pitches, velocities, each [N]."""

    onsets: Floats
    ends: Floats
    pitches: NDArray[np.int64]
    velocities: NDArray[np.int64]
    seconds: float

    @classmethod
    def of(cls, score: Score, seconds: float) -> "Heard":
        """``score`` with its pedals in the lengths of its notes."""
        sounding = fold_pedal(score) if len(score.pedals) else score
        onsets, ends = sounding.seconds(sounding.notes["onset"]), sounding.seconds(sounding.releases)
        pitches, velocities = (sounding.notes[name].astype(np.int64) for name in ("pitch", "velocity"))
        return cls(onsets, ends, pitches, velocities, seconds)


def histograms(score: Score, seconds: float) -> dict[str, Floats]:
    """The histogram of each of FEATURES; of a piece without notes they are all 0."""
    heard = Heard.of(score, seconds)
    return {name: _shares(feature(heard)) for name, feature in FEATURES.items()}


def _pitch(heard: Heard) -> Floats:
    return np.bincount(heard.pitches, minlength=PITCHES).astype(float)


def _pitch_class(heard: Heard) -> Floats:
    return np.bincount(heard.pitches % 12, minlength=12).astype(float)


def _duration(heard: Heard) -> Floats:
    return _by_time(heard.ends - heard.onsets)


def _inter_onset(heard: Heard) -> Floats:
    """Of onsets that differ: a chord has one."""
    return _by_time(np.diff(np.unique(heard.onsets)))


def _velocity(heard: Heard) -> Floats:
    return np.bincount(heard.velocities * VELOCITY_BINS // 128, minlength=VELOCITY_BINS).astype(float)


def _polyphony(heard: Heard) -> Floats:
    """Seconds for which so many notes sound at once, none included."""
    if not len(heard.onsets):
        return np.zeros(MOST_VOICES + 1)
    times = np.minimum(np.concatenate([heard.onsets, heard.ends]), heard.seconds)
    order = np.argsort(times, kind="stable")
    sounding = np.cumsum(np.repeat([1, -1], len(heard.onsets))[order])
    lasting = np.diff(times[order], append=heard.seconds)
    counted = np.bincount(sounding.clip(0, MOST_VOICES), lasting, MOST_VOICES + 1)
    counted[0] += times[order[0]]  # before the first note
    return np.asarray(counted)


FEATURES: dict[str, Callable[[Heard], Floats]] = {
    "pitch": _pitch,
    "pitch class": _pitch_class,
    "duration": _duration,
    "inter-onset interval": _inter_onset,
    "velocity": _velocity,
    "polyphony": _polyphony,
}


def _by_time(times_s: Floats) -> Floats:
    return np.bincount(np.searchsorted(TIMES_S, times_s), minlength=len(TIMES_S) + 1).astype(float)


def _shares(counts: Floats) -> Floats:
    return counts / max(counts.sum(), 1e-12)
