"""The tracks of a Score as staves: name, clef, and what stands in each bar.

A staff has one voice. Time is in steps (``bars.STEPS`` to the quarter).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..errors import UsageError
from ..score import Score
from .bars import Bar, place, steps_of
from .values import Value, note_values, rest_values

MIDDLE_C = 60


@dataclass(frozen=True)
class Clef:
    """``sign`` and ``line`` as MusicXML names them; ``octaves`` by which it sounds higher than written."""

    sign: str
    line: int
    octaves: int = 0


TREBLE, TENOR, BASS = Clef("G", 2), Clef("G", 2, -1), Clef("F", 4)
CLEFS = {"Soprano": TREBLE, "Alto": TREBLE, "Tenor": TENOR, "Bass": BASS}  # of an open choral score


@dataclass(frozen=True)
class Symbol:
    """A note head or a rest. ``note`` is its row in the Score's notes, None of a rest; a whole bar's has no value."""

    start: int
    steps: int
    value: Value | None
    note: int | None = None
    tied_in: bool = False
    tied_out: bool = False

    @property
    def whole_bar(self) -> bool:
        """Whether it is the rest of a whole bar, of whatever metre."""
        return self.value is None


@dataclass(frozen=True)
class Staff:
    """``track`` of the Score, its ``name`` and ``clef``, and its symbols bar by bar."""

    track: int
    name: str
    clef: Clef
    bars: tuple[tuple[Symbol, ...], ...]

    @property
    def abbreviation(self) -> str:
        """The name's first letter, as singers' scores have it."""
        return f"{self.name[:1]}."


def staves(score: Score, bars: Sequence[Bar]) -> list[Staff]:
    """A staff for each track. Raises UsageError for two notes at once in one of them."""
    return [_staff(score, bars, track) for track in range(len(score.tracks))]


def _staff(score: Score, bars: Sequence[Bar], track: int) -> Staff:
    mine = np.flatnonzero(score.notes["track"] == track)
    spans = [_span(score, int(i)) for i in mine]
    name = score.tracks[track] or f"Voice {track + 1}"
    for (_, stop, _), (start, _, note) in pairwise(spans):
        if start < stop:
            where = f"{name}: {place(score, int(score.notes['onset'][note]))}"
            raise UsageError(f"{where}: two notes at once; only one voice to a track can be notated")
    middle = np.median(score.notes["pitch"][mine]) if len(mine) else MIDDLE_C
    clef = CLEFS.get(name, TREBLE if middle >= MIDDLE_C else BASS)
    return Staff(track, name, clef, tuple(tuple(_symbols(spans, bar)) for bar in bars))


def _span(score: Score, note: int) -> tuple[int, int, int]:
    onset, duration = (int(score.notes[name][note]) for name in ("onset", "duration"))
    return steps_of(score, onset), steps_of(score, onset + duration), note


def _symbols(spans: Sequence[tuple[int, int, int]], bar: Bar) -> Iterator[Symbol]:
    """What stands in a bar: notes, and rests between them."""
    first = bisect_right(spans, bar.start, key=lambda span: span[1])
    inside = spans[first : bisect_left(spans, bar.stop, key=lambda span: span[0])]
    if not inside and bar.stop - bar.start == bar.length:  # in a short bar readers take it for a full one
        yield Symbol(bar.start, bar.stop - bar.start, None)
        return
    now = bar.start
    for start, stop, note in inside:
        yield from _rests(now, start, bar)
        yield from _notes(start, stop, note, bar)
        now = stop
    yield from _rests(now, bar.stop, bar)


def _rests(start: int, stop: int, bar: Bar) -> Iterator[Symbol]:
    return (Symbol(value.start, value.steps, value) for value in rest_values(start, stop, bar))


def _notes(start: int, stop: int, note: int, bar: Bar) -> Iterator[Symbol]:
    for value in note_values(max(start, bar.start), min(stop, bar.stop), bar):
        ends = value.start + value.steps
        yield Symbol(value.start, value.steps, value, note, value.start > start, ends < stop)
