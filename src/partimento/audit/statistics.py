"""The statistics of one piece of music. Shapes: N notes."""

from dataclasses import asdict, dataclass, fields

import numpy as np

from ..edit import fold_pedal
from ..score import Score
from .loops import Integers, Times, looped, pitch_looped, repetition

STUCK_S = 20.0  # by then even a low piano string has rung out
DEATH_SHARE = 0.2  # of the asked time: silence for longer than this is not a rest


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
    heard = _as_heard(score)
    circling = looped(score.notes["pitch"].astype(np.int64), *_times(score))
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
        loops=int(np.count_nonzero(np.diff(circling.astype(np.int8), prepend=0) == 1)),
        looped_notes=int(circling.sum()),
        repetition=repetition(pitches),
        stuck_notes=int(np.count_nonzero(ends - onsets > STUCK_S)),
    )


def pitch_loops(score: Score) -> float:
    """Share, 0 to 1, of the notes in loops of pitches: 2 to 128 notes, 4 or more times on end, 16 notes at least.

    Times do not count, so a model whose pitches have collapsed is found out though its rhythm is drawn.
    """
    return float(pitch_looped(_as_heard(score).notes["pitch"].astype(np.int64)).mean()) if len(score) else 0.0


def dies(score: Score, asked_s: float) -> bool:
    """Whether the music is silent, anywhere in the ``asked_s`` seconds, for more than a fifth of them.

    So it dies where it ends before 80 % of the asked time, falls silent on the way, or never begins;
    a note sounds for 20 s at most here, whatever its length.
    """
    return bool(silences(score, asked_s).max() > DEATH_SHARE * asked_s)


def silences(score: Score, asked_s: float) -> Times:
    """float[N + 1]: the seconds of silence before each note and after the last, within the ``asked_s`` seconds."""
    onsets, ends = _times(_as_heard(score))
    starts, stops = np.append(onsets, asked_s), np.insert(np.minimum(ends, onsets + STUCK_S), 0, 0.0)
    return np.maximum(np.minimum(starts, asked_s) - np.maximum.accumulate(stops), 0.0)


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
