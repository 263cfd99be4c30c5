"""A four-voice Score as frames of a 16th, and where a tick stands: bar and beat. Shapes: T frames, N ticks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..score import METRE, Score, table
from ..voices import NAMES
from .passage import MINOR, NO_TONIC, OCTAVE, REST, Integers

FRAMES_PER_QUARTER = 4
QUARTERS_PER_WHOLE = 4
FIFTH, RELATIVE_MINOR = 7, 9  # semitones


@dataclass(frozen=True)
class Place:
    """``bar`` counts from 1 at the first metre (a pickup is bar 0), ``beat`` from 1 in the metre's unit."""

    bar: int
    beat: float

    def __str__(self) -> str:
        return f"bar {self.bar}, beat {self.beat:g}"


def frames_of(score: Score) -> NDArray[np.int64]:
    """int[T, 4]: the pitch that sounds in each voice at the start of each 16th, 0 where it rests.

    Raises InputError where the Score has not four tracks.
    """
    if len(score.tracks) != len(NAMES) or score.notes["track"].max(initial=0) >= len(NAMES):
        raise InputError(
            f"cannot audit the voices: the score has {len(score.tracks)} tracks; "
            f"it needs four ({', '.join(NAMES)}), from the highest down"
        )
    starts, stops = (_frames(ticks, score) for ticks in (score.notes["onset"].astype(np.int64), score.releases))
    frames = np.full((int(stops.max(initial=0)), len(NAMES)), REST, np.int64)
    for start, stop, voice, pitch in zip(starts, stops, score.notes["track"], score.notes["pitch"], strict=True):
        frames[start:stop, voice] = pitch
    return frames


def tonics_of(score: Score, length: int) -> NDArray[np.int64]:
    """int[T]: the pitch class of the tonic in force in each of ``length`` frames, in minor 12 more; -1 before any."""
    keys = score.keys
    tonics = (keys["sharps"].astype(np.int64) * FIFTH + RELATIVE_MINOR * keys["minor"]) % OCTAVE + MINOR * keys["minor"]
    in_force = np.searchsorted(_frames(keys["onset"].astype(np.int64), score), np.arange(length), side="right")
    return np.concatenate([[NO_TONIC], tonics])[in_force]


def tick_of(frame: int, score: Score) -> int:
    """The first tick of a frame."""
    return -(-frame * score.ticks_per_quarter // FRAMES_PER_QUARTER)


def place(tick: int, score: Score) -> Place:
    """Where ``tick`` stands; without metres in 4/4 from tick 0."""
    bar = 1
    metres = score.metres if len(score.metres) else table(METRE, [(0, 4, 4)])
    for metre, following in zip(metres, [*metres[1:]["onset"].tolist(), None], strict=True):
        onset, unit = int(metre["onset"]), QUARTERS_PER_WHOLE * score.ticks_per_quarter / int(metre["unit"])
        length = int(metre["beats"]) * unit
        if following is None or tick < following:
            bars, rest = divmod(tick - onset, length)
            return Place(bar + int(bars), 1 + rest / unit)
        bar += int(-(-(following - onset) // length))
    raise AssertionError("the last metre has no end")


def _frames(ticks: Integers, score: Score) -> Integers:
    """The first frame at or after each of ``ticks``."""
    return np.asarray(-(-ticks * FRAMES_PER_QUARTER // score.ticks_per_quarter))
