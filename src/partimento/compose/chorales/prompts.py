"""Prompts for four voices: from nothing, with voices or stretches of time free, with single cells free."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...codecs.chorale_cells import QUARTER
from ...codecs.chorale_meta import LONGEST_BAR
from ...errors import UsageError
from ...prompt import Prompt, Span
from ...score import FERMATA, KEY, METRE, NOTE, TEMPO, Score, table
from ...units import PERFORMANCE_TICKS_PER_QUARTER
from ...voices import NAMES

MOST_BARS = 500
UNITS = (1, 2, 4, 8, 16)
USUAL_TEMPO = 72.0  # quarters to the minute
WHOLE = 4 * PERFORMANCE_TICKS_PER_QUARTER

Mask = NDArray[np.bool_]


def from_nothing(
    bars: int,
    metre: tuple[int, int] = (4, 4),
    key: tuple[int, bool] | None = None,
    fermatas: Sequence[int] = (),
    pickup: int = 0,
    quarters_per_minute: float = USUAL_TEMPO,
) -> Prompt:
    """Everything is free: ``bars`` of ``metre`` behind a ``pickup`` of so many beats.

    ``key``: sharps, whether minor. ``fermatas``: numbers of bars, from 1; each stands in the middle of its bar, as
    three quarters of Bach's do (beat 3 of 4/4). Raises UsageError for what a chorale cannot have.
    """
    beats, unit = metre
    _check(bars, beats, unit, pickup)
    for bar in fermatas:
        if not 1 <= bar <= bars:
            raise UsageError(f"a fermata in bar {bar}: the chorale has bars 1 to {bars}")
    beat = WHOLE // unit
    places = sorted({(pickup + (bar - 1) * beats + beats // 2) * beat for bar in fermatas})
    score = Score(
        table(NOTE),
        metres=table(METRE, [(pickup * beat, beats, unit)]),
        keys=table(KEY, [(0, *key)] if key else []),
        tempi=table(TEMPO, [(0, quarters_per_minute)]),
        fermatas=table(FERMATA, [(place,) for place in places]),
        tracks=NAMES,
    )
    return freed(score, stop=(pickup + bars * beats) * beat)


def on_four_tracks(score: Score, voices: Sequence[str]) -> Score:
    """``score`` with tracks named after the four voices: its i-th track is the voice ``voices[i]``."""
    tracks = np.array([NAMES.index(name) for name in voices], np.uint16)
    notes = score.notes.copy()
    notes["track"] = tracks[notes["track"]]
    return replace(score.with_notes(notes), tracks=NAMES)


def freed(score: Score, voices: Sequence[str] = NAMES, start: int = 0, stop: int | None = None) -> Prompt:
    """The named voices are free in ticks ``[start, stop)``, to the end of ``score`` where no stop is said."""
    end = score.end if stop is None else stop
    return Prompt(score, tuple(Span(start, end, track=NAMES.index(name)) for name in voices))


def pinned(score: Score, free: Mask) -> Prompt:
    """The cells ``free`` bool[T, 4], 16ths by voices, are free."""
    return Prompt(score, tuple(spans_of(free, score.ticks_per_quarter)))


def spans_of(free: Mask, ticks_per_quarter: int) -> Iterator[Span]:
    """A span for each run of free cells bool[T, 4] in a voice."""
    for voice in range(len(NAMES)):
        edges = np.diff(free[:, voice].astype(np.int8), prepend=0, append=0)
        starts, stops = (np.flatnonzero(edges == way) * ticks_per_quarter // QUARTER for way in (1, -1))
        yield from (Span(int(a), int(b), track=voice) for a, b in zip(starts, stops, strict=True))


def _check(bars: int, beats: int, unit: int, pickup: int) -> None:
    """Raise UsageError for a length or a metre that the codec cannot say."""
    if not 1 <= bars <= MOST_BARS:
        raise UsageError(f"{bars} bars are out of range: 1 to {MOST_BARS}")
    if unit not in UNITS or not 1 <= beats * 4 * QUARTER // unit <= LONGEST_BAR:
        raise UsageError(f"a metre of {beats}/{unit}: take one of at most {LONGEST_BAR} 16ths in a bar, such as 4/4")
    if not 0 <= pickup < beats:
        raise UsageError(f"a pickup of {pickup} beats is out of range: 0 to {beats - 1}")
