"""How the ``chords`` codec says a piece with rhythm: a row per group, times and durations in classes.

Shapes: N notes, G groups, T rows, K pairs of a group and a pitch that it strikes.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..edit import cut_repeats
from ..score import NOTE, Array, Score
from ..tokens import Column, Range, TokenTable
from ..units import PITCHES
from .chords_grammar import ChordsGrammar
from .chords_vocabulary import REACH, Integers, Vocabulary, chords, firsts
from .codec import Mask
from .grid import STEP_MS, VELOCITIES, bin_of, on_grid, velocity_of

PER_DOUBLING = 8
FOREVER = np.iinfo(np.int64).max


def classes(first: int, last: int) -> list[int]:
    """Numbers from ``first`` to ``last``, PER_DOUBLING of them to a doubling where whole numbers are that dense."""
    count = PER_DOUBLING * np.log2(last / first)
    return sorted({round(first * 2 ** (k / PER_DOUBLING)) for k in range(round(count) + 1)})


TIMES = [0, *classes(REACH + 1, 384)]  # grid steps; 0 for the first group alone
WAIT = TIMES[-1] + 1
DURATIONS = classes(REACH + 1, 1536)
STEP = Column(
    "step",
    (
        Range("begin"),
        Range("end"),
        Range("wait", 1, WAIT, 1),
        *(Range(f"time {time}" if time else "time", 1, time, 1) for time in TIMES),
    ),
)
VELOCITY = Column("velocity", (Range("none"), Range("velocity", VELOCITIES)))
DURATION = Column("duration", (Range("none"), *(Range(f"duration {d}", 1, d, lasts=1) for d in DURATIONS)))
TIME = STEP.id("time")


def _nearest(values: Sequence[int]) -> list[int]:
    """For each number up to the last value and one more the place of the nearest; of two the lower."""
    return [min(range(len(values)), key=lambda place: abs(values[place] - n)) for n in range(values[-1] + 2)]


NEAREST_TIME = _nearest(TIMES)
NEAREST_LATER_TIME = [max(place, 1) for place in NEAREST_TIME]
NEAREST_DURATION = np.array(_nearest(DURATIONS))
LAST_DURATION = np.array([max(bisect_right(DURATIONS, n) - 1, 0) for n in range(DURATIONS[-1] + 2)])


@dataclass(frozen=True)
class ChordRows:
    """Rows of step, chord, velocity and duration over the chords of a vocabulary."""

    vocabulary: Vocabulary

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Step, chord, velocity, duration."""
        known = (Range("none"), Range("pitch", PITCHES), Range("chord", len(self.vocabulary.chords)))
        return STEP, Column("chord", known), VELOCITY, DURATION

    def grammar(self) -> ChordsGrammar:
        """The grammar before the first row."""
        return ChordsGrammar(self.columns, self.vocabulary)

    def encode(self, score: Score) -> TokenTable:
        """Begin, the groups with the waits that lead to them, end."""
        notes = on_grid(score).notes
        onsets, lasts = (notes[name].astype(np.int64) // STEP_MS for name in ("onset", "duration"))
        first = firsts(onsets)
        places = self.vocabulary.places(chords(notes["pitch"], first))
        waits, times, now = _steps(onsets[first].tolist())
        sizes = np.diff(first, append=len(notes))
        loudness = np.add.reduceat(bin_of(notes), first) // sizes if len(first) else first
        whole = _medians(lasts, _is_cut(notes), np.repeat(np.arange(len(first)), sizes))
        rows = np.column_stack([TIME + times, 1 + places, 1 + loudness, 1 + self._durations(whole, places, now)])
        rows = np.insert(rows, np.repeat(np.arange(len(rows)), waits), _edge("wait"), axis=0)
        return TokenTable(np.vstack([_edge("begin"), rows, _edge("end")]).astype(np.int16), self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The rows that name a chord, a velocity and a duration, up to an end."""
        ids = table.ids.astype(np.int64)
        ends = np.flatnonzero(ids[:, 0] == STEP.id("end"))
        ids = ids[: ends[0]] if len(ends) else ids
        onsets = np.cumsum(STEP.advances[ids[:, 0]], dtype=np.int64)
        spoken = np.flatnonzero((ids[:, 1:] > 0).all(1))
        group, pitch = np.nonzero(self.vocabulary.strikes[ids[spoken, 1] - 1])
        rows = spoken[group]
        notes = np.zeros(len(rows), NOTE)
        notes["onset"], notes["pitch"] = onsets[rows] * STEP_MS, pitch
        notes["velocity"] = velocity_of(ids[rows, 2] - 1)
        notes["duration"] = DURATION.lasts[ids[rows, 3]] * STEP_MS
        return cut_repeats(Score(notes))

    def _durations(self, whole: Integers, places: Integers, now: Integers) -> Integers:
        """int[G]: the classes nearest to the durations ``whole``, in which of every group one note is not cut short."""
        found = NEAREST_DURATION[np.minimum(whole, DURATIONS[-1])]
        most = np.minimum(_until_all_struck_again(self.vocabulary, places, now), DURATIONS[-1])
        return np.where(np.array(DURATIONS)[found] > most, LAST_DURATION[most], found)


def _edge(kind: str) -> Integers:
    return np.array([[STEP.id(kind), 0, 0, 0]])


def _steps(onsets: Sequence[int]) -> tuple[Integers, Integers, Integers]:
    """int[G] each: the waits before a group, the class of its time, and the grid step at which it is then said."""
    found: list[tuple[int, int, int]] = []
    now = 0
    for onset in onsets:
        waits = max((onset - now - 1) // WAIT, 0)
        nearest = NEAREST_LATER_TIME if found or waits else NEAREST_TIME
        place = nearest[max(onset - now - waits * WAIT, 0)]
        now += waits * WAIT + TIMES[place]
        found.append((waits, place, now))
    before, places, times = np.array(found, np.int64).reshape(-1, 3).T
    return before, places, times


def _is_cut(notes: Array) -> Mask:
    """bool[N]: the notes, in order of onset, that end where their pitch sounds again."""
    order = np.argsort(notes["pitch"], kind="stable")
    pitch, onset = notes["pitch"][order], notes["onset"][order].astype(np.int64)
    meets = (pitch[1:] == pitch[:-1]) & (onset[:-1] + notes["duration"][order][:-1] == onset[1:])
    cut = np.zeros(len(notes), bool)
    cut[order[:-1]] = meets
    return cut


def _medians(lasts: Integers, cut: Mask, group: Integers) -> Integers:
    """int[G]: the (upper) median of each group's notes [N] that are not cut; the longest where all are."""
    order = np.lexsort([lasts, ~cut, group])  # those that are cut first
    first = np.flatnonzero(np.diff(group, prepend=-1))
    sizes, cuts = np.diff(first, append=len(group)), np.bincount(group[cut], minlength=len(first))
    place = np.where(cuts < sizes, cuts + (sizes - cuts) // 2, sizes - 1)
    return np.asarray(lasts[order[first + place]])


def _until_all_struck_again(vocabulary: Vocabulary, places: Integers, now: Integers) -> Integers:
    """int[G]: how long after each group, struck at ``now`` [G], the last of its pitches is struck again."""
    group, pitch = np.nonzero(vocabulary.strikes[places])
    order = np.argsort(pitch, kind="stable")
    same = np.diff(pitch[order], append=PITCHES) == 0
    later = np.append(now[group[order][1:]], 0) - now[group[order]]
    gaps = np.empty(len(group), np.int64)
    gaps[order] = np.where(same, later, FOREVER)
    most = np.zeros(len(places), np.int64)
    np.maximum.at(most, group, gaps)
    return most
