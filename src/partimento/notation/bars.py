"""The bars of a Score in musical time, and the grid on which its notes can be written.

Inside notation time is counted in steps, 16 to the quarter: a 64th is the shortest note that is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..score import Array, Score

STEPS = 16  # to a quarter
WHOLE = 4 * STEPS
MOST_BARS = 5000
PERFORMED = 0.2  # share of notes off the grid from which on music is a performance, not a score with triplets

Steps = NDArray[np.int64]
Metre = tuple[int, int, int]  # step, beats, unit
Span = tuple[int, int, int, int, int]  # the fields of a Bar without its number


@dataclass(frozen=True)
class Bar:
    """``start`` to ``stop`` in steps; ``number`` as it is printed: 1 at the first metre, 0 for a pickup.

    ``origin`` is where beat 1 would be: a pickup ends with its bar, so that its origin lies before its start; any
    other short bar begins with it.
    """

    number: int
    start: int
    stop: int
    beats: int
    unit: int
    origin: int

    @property
    def length(self) -> int:
        """Steps of the whole bar that the metre asks for."""
        return _length(self.beats, self.unit)

    @property
    def beat(self) -> int:
        """Steps of what notation keeps in sight: a dotted beat in 6/8, 9/8 and their like, else at most a quarter."""
        unit = WHOLE // self.unit
        compound = self.beats > 3 and self.beats % 3 == 0 and self.unit >= 8
        return 3 * unit if compound else min(unit, STEPS)


def bars(score: Score) -> tuple[Bar, ...]:
    """The bars of ``score``, from its start to its end; what stands before the first metre is a pickup.

    The last is whole, unless it makes up for the pickup. Raises UsageError, in words, where the music has no bars.
    """
    check_metred(score)
    metres = _metres(score)
    spans = _closed([*_spans(metres, steps_of(score, score.end))])
    pickups = -(-metres[0][0] // _length(*metres[0][1:]))
    return tuple(Bar(number, *span) for number, span in enumerate(spans, 1 - pickups))


def check_metred(score: Score) -> None:
    """Raise UsageError where notation cannot say ``score``: no notes, no metre, or notes off every grid."""
    if not len(score):
        raise UsageError("there are no notes to notate")
    instead = "write .mid, .wav or a piano roll instead"
    if not len(score.metres):
        raise UsageError(f"the music has no bars: it is a performance, without a metre; {instead}")
    if any(WHOLE % unit for unit in score.metres["unit"].tolist()):
        raise UsageError(f"the music has beats shorter than a 64th, which can't be notated; {instead}")
    off = _off_grid(score)
    if off.mean() > PERFORMED:
        raise UsageError(f"the music has no bars: it is a performance, {off.mean():.0%} of it off the grid; {instead}")
    if off.any():
        where = place(score, int(score.notes["onset"][off][0]))
        raise UsageError(f"{where}: notes off the grid of 64ths (triplets?) can't be notated; {instead}")
    if score.end * STEPS // score.ticks_per_quarter > MOST_BARS * min(map(_length_of, score.metres)):
        raise UsageError(f"more than {MOST_BARS} bars can't be notated; take an excerpt")


def steps_of(score: Score, tick: int) -> int:
    """The step at ``tick``, or the nearest."""
    return (2 * int(tick) * STEPS + score.ticks_per_quarter) // (2 * score.ticks_per_quarter)


def place(score: Score, tick: int) -> str:
    """``bar 3, beat 2`` in words; of what lies between beats, two decimals."""
    rows = [row for row in score.metres.tolist() if row[0] <= tick]
    metres = [(row[0], *row[1:]) for row in rows or score.metres.tolist()[:1]]
    if not metres:
        return f"quarter {1 + tick / score.ticks_per_quarter:.4g}"
    quarter = score.ticks_per_quarter
    before = sum(-(-(later[0] - row[0]) // max(4 * quarter * row[1] // row[2], 1)) for row, later in pairwise(metres))
    onset, beats, unit = metres[-1]
    number, within = divmod((tick - onset) * unit, 4 * quarter * beats)
    return f"bar {before + number + 1}, beat {1 + within / (4 * quarter):.4g}"


def _off_grid(score: Score) -> NDArray[np.bool_]:
    """bool[N]: the notes that begin or end between two steps."""
    edges = np.stack([score.notes["onset"].astype(np.int64), score.releases])
    return np.asarray((edges * STEPS % score.ticks_per_quarter).any(axis=0), np.bool_)


def _metres(score: Score) -> list[Metre]:
    """Step, beats and unit of each metre, the last of those that fall on one step."""
    rows = {steps_of(score, onset): (beats, unit) for onset, beats, unit in score.metres.tolist()}
    return [(step, *metre) for step, metre in rows.items()]


def _spans(metres: Sequence[Metre], end: int) -> Iterator[Span]:
    """Start, stop, beats, unit and origin of each bar; the last ends with the music."""
    onset, beats, unit = metres[0]
    length = _length(beats, unit)
    for origin in range(onset - -(-onset // length) * length, onset, length):
        yield max(origin, 0), origin + length, beats, unit, origin
    stops = [step for step, *_ in metres[1:]] + [end]
    for (onset, beats, unit), stop in zip(metres, stops, strict=True):
        for origin in range(onset, min(stop, end), _length(beats, unit)):
            yield origin, min(origin + _length(beats, unit), stop), beats, unit, origin


def _closed(spans: Sequence[Span]) -> list[Span]:
    """``spans`` with the last bar whole, unless it makes up for the pickup, as is customary."""
    start, stop, *_, origin = spans[0]
    *_, (last, end, beats, unit, begin) = spans
    if origin < start and stop - start + end - last == _length(beats, unit):
        return list(spans)
    return [*spans[:-1], (last, begin + _length(beats, unit), beats, unit, begin)]


def _length(beats: int, unit: int) -> int:
    return WHOLE * beats // unit


def _length_of(metre: Array) -> int:
    return _length(int(metre["beats"]), int(metre["unit"]))
