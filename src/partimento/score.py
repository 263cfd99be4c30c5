"""The one type for music: integer ticks, frozen, with its maps of tempo, metre and key.

Seconds exist only through the tempo map. Shapes: N notes, P pedal intervals, M tempo changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .units import DEFAULT_QUARTERS_PER_MINUTE, PERFORMANCE_TICKS_PER_QUARTER

NOTE = np.dtype([("onset", "<i4"), ("duration", "<i4"), ("pitch", "u1"), ("velocity", "u1"), ("track", "<u2")])
PEDAL = np.dtype([("onset", "<i4"), ("release", "<i4"), ("track", "<u2")])
TEMPO = np.dtype([("onset", "<i4"), ("quarters_per_minute", "<f8")])
METRE = np.dtype([("onset", "<i4"), ("beats", "u1"), ("unit", "u1")])
KEY = np.dtype([("onset", "<i4"), ("sharps", "i1"), ("minor", "?")])
FERMATA = np.dtype([("onset", "<i4")])
TABLES = {  # of a Score, by field
    "notes": NOTE,
    "pedals": PEDAL,
    "tempi": TEMPO,
    "metres": METRE,
    "keys": KEY,
    "fermatas": FERMATA,
}

Array = NDArray[np.void]


def table(dtype: np.dtype[np.void], rows: Sequence[tuple[float, ...]] = ()) -> Array:
    """A frozen structured array of ``rows``, sorted by the dtype's fields in their order."""
    return frozen(np.array([tuple(row) for row in rows], dtype=dtype))


def frozen(array: Array) -> Array:
    """``array`` sorted (onset, then pitch where it has one, then the rest) and read-only; itself where it is both."""
    fields = array.dtype.names or ()
    order: list[str] = [name for name in ("onset", "pitch", "track") if name in fields]
    order += [name for name in fields if name not in order]
    columns = [array[name] for name in order]
    in_order = _in_order(columns)
    if in_order and not array.flags.writeable:
        return array
    array = array.copy() if in_order else array[np.lexsort(columns[::-1])]
    array.setflags(write=False)
    return array


def _in_order(columns: Sequence[NDArray[Any]]) -> bool:
    """Whether rows are sorted by the columns as they come: a tenth of the price of sorting them again."""
    tied = np.ones(max(len(columns[0]) - 1, 0), np.bool_)
    for column in columns:
        if not tied.any():
            break
        earlier, later = column[:-1], column[1:]
        if (tied & (later < earlier)).any():
            return False
        tied &= later == earlier
    return True


@dataclass(frozen=True)
class Provenance:
    """Where a Score comes from, and under which licence it may be used."""

    source: str = ""
    composer: str = ""
    licence: str = ""
    credit: str = ""


@dataclass(frozen=True, eq=False)
class Score:
    """Music in integer ticks.

    ``notes`` NOTE[N] sorted by onset and pitch; ``pedals`` PEDAL[P] half-open intervals in which
    the dampers are off; ``tempi`` TEMPO[M], ``metres`` METRE (each from where a full bar begins: what stands
    before the first is a pickup), ``keys`` KEY, ``fermatas`` FERMATA the onsets of notes that bear one, in any
    track; ``end`` in ticks, at least the last release.
    """

    notes: Array
    ticks_per_quarter: int = PERFORMANCE_TICKS_PER_QUARTER
    pedals: Array = field(default_factory=lambda: table(PEDAL))
    tempi: Array = field(default_factory=lambda: table(TEMPO))
    metres: Array = field(default_factory=lambda: table(METRE))
    keys: Array = field(default_factory=lambda: table(KEY))
    tracks: tuple[str, ...] = ("Piano",)
    title: str = ""
    provenance: Provenance = Provenance()
    fermatas: Array = field(default_factory=lambda: table(FERMATA))

    def __post_init__(self) -> None:
        for name in TABLES:
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.notes)

    def __eq__(self, other: object) -> bool:
        """Equal where the music is: notes, pedals, ticks, maps and fermatas (not title or provenance)."""
        if not isinstance(other, Score) or self.ticks_per_quarter != other.ticks_per_quarter:
            return False
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in TABLES)

    __hash__ = None  # type: ignore[assignment]

    @property
    def releases(self) -> NDArray[np.int64]:
        """int[N]: the tick at which each note ends."""
        return np.asarray(self.notes["onset"].astype(np.int64) + self.notes["duration"])

    @cached_property
    def end(self) -> int:
        """The tick at which the last note or pedal ends."""
        ends = [0, *self.releases.max(initial=0, keepdims=True), *self.pedals["release"].max(initial=0, keepdims=True)]
        return int(max(ends))

    @cached_property
    def _tempo_knots(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Ticks, seconds and seconds-per-tick at each tempo change, the first at tick 0."""
        ticks = self.tempi["onset"].astype(np.float64)
        rates = 60.0 / (self.tempi["quarters_per_minute"] * self.ticks_per_quarter)
        if not len(ticks) or ticks[0] > 0:
            default = 60.0 / (DEFAULT_QUARTERS_PER_MINUTE * self.ticks_per_quarter)
            ticks, rates = np.insert(ticks, 0, 0.0), np.insert(rates, 0, default)
        seconds = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * rates[:-1])])
        return ticks, seconds, rates

    def seconds(self, ticks: NDArray[np.integer] | int) -> NDArray[np.float64]:
        """The time of ``ticks`` in seconds, through the tempo map."""
        knots, seconds, rates = self._tempo_knots
        where = np.maximum(np.searchsorted(knots, ticks, side="right") - 1, 0)
        return np.asarray(seconds[where] + (np.asarray(ticks) - knots[where]) * rates[where])

    def ticks(self, seconds: NDArray[np.floating] | float) -> NDArray[np.int64]:
        """The nearest tick to a time in seconds: the inverse of ``seconds``."""
        knots, starts, rates = self._tempo_knots
        where = np.maximum(np.searchsorted(starts, seconds, side="right") - 1, 0)
        return np.rint(knots[where] + (np.asarray(seconds) - starts[where]) / rates[where]).astype(np.int64)

    @property
    def duration_s(self) -> float:
        """Seconds from tick 0 to the end of the last note or pedal."""
        return float(self.seconds(self.end))

    def with_notes(self, notes: Array) -> "Score":
        """This Score with other notes."""
        return replace(self, notes=notes)


def from_notes(
    rows: Sequence[tuple[int, int, int, int]], ticks_per_quarter: int = PERFORMANCE_TICKS_PER_QUARTER
) -> Score:
    """A Score from (onset, duration, pitch, velocity) rows on one track: a literal for tests."""
    return Score(table(NOTE, [(*row, 0) for row in rows]), ticks_per_quarter)
