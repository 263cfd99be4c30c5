"""The maps of tempo, metre and key, as meta events and as the tables of a Score: read and write.

Each ``read_`` returns the table, at most one row a tick (the last event counts), and how many
events were dropped because their values are impossible.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..score import KEY, METRE, TEMPO, Array, Score, frozen
from ..units import MICROSECONDS_PER_MINUTE
from .events import KEY_SIGNATURE, TEMPO_CHANGE, TIME_SIGNATURE, TrackEvents

Event = tuple[int, int, bytes]  # tick, meta type, payload
MOST_SHARPS = 7
LARGEST_UNIT_POWER = 7  # of two: a 128th note
MOST_MICROSECONDS = 2**24 - 1
_PLACES = np.array([1 << 16, 1 << 8, 1])  # of the three bytes of a tempo
_NO_TICKS = np.zeros(0, np.int64)
_CLOCKS_AND_32NDS = bytes([24, 8])  # MIDI clocks to a click, 32nd notes to a quarter: the usual ones


def read_tempi(tracks: Sequence[TrackEvents]) -> tuple[Array, int]:
    """TEMPO[M], and how many tempi of zero were dropped."""
    ticks, payload = _metas(tracks, TEMPO_CHANGE, 3)
    microseconds = payload.astype(np.int64) @ _PLACES
    good = microseconds > 0
    return _table(TEMPO, good, ticks, MICROSECONDS_PER_MINUTE / np.maximum(microseconds, 1))


def read_metres(tracks: Sequence[TrackEvents]) -> tuple[Array, int]:
    """METRE, and how many impossible metres were dropped."""
    ticks, payload = _metas(tracks, TIME_SIGNATURE, 4)
    beats, power = payload[:, 0], payload[:, 1]
    good = (beats > 0) & (power <= LARGEST_UNIT_POWER)
    return _table(METRE, good, ticks, beats, 1 << np.minimum(power, LARGEST_UNIT_POWER))


def read_keys(tracks: Sequence[TrackEvents]) -> tuple[Array, int]:
    """KEY, and how many impossible keys were dropped."""
    ticks, payload = _metas(tracks, KEY_SIGNATURE, 2)
    sharps, minor = payload[:, 0].astype(np.int8), payload[:, 1]
    good = (sharps >= -MOST_SHARPS) & (sharps <= MOST_SHARPS) & (minor <= 1)
    return _table(KEY, good, ticks, sharps, minor)


def _metas(tracks: Sequence[TrackEvents], kind: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Ticks int[K] in order and payloads uint8[K, length], over all tracks."""
    found = [track.metas(kind, length) for track in tracks if kind in track.meta_kinds]
    if len(found) == 1:
        return found[0]
    ticks = np.concatenate([_NO_TICKS, *(ticks for ticks, _ in found)])
    payload = np.concatenate([np.zeros((0, length), np.uint8), *(payload for _, payload in found)])
    order = np.argsort(ticks, kind="stable")
    return ticks[order], payload[order]


def _table(
    dtype: "np.dtype[np.void]", good: NDArray[np.bool_], ticks: NDArray[np.int64], *columns: NDArray[Any]
) -> tuple[Array, int]:
    """A table of the ``good`` rows bool[K], the last of each tick; and how many are not good."""
    rows = np.zeros(len(good), dtype)
    for name, column in zip(dtype.names or (), (ticks, *columns), strict=True):
        rows[name] = column
    kept = rows if good.all() else rows[good]
    if len(kept) > 1:
        kept = kept[np.flatnonzero(np.diff(kept["onset"], append=-1))]
    return frozen(kept), len(rows) - int(np.count_nonzero(good))


def write_maps(score: Score) -> Iterator[Event]:
    """The meta events of the score's tempi, metres and keys."""
    for onset, quarters_per_minute in score.tempi.tolist():
        microseconds = min(max(round(MICROSECONDS_PER_MINUTE / quarters_per_minute), 1), MOST_MICROSECONDS)
        yield onset, TEMPO_CHANGE, microseconds.to_bytes(3, "big")
    for onset, beats, unit in score.metres.tolist():
        yield onset, TIME_SIGNATURE, bytes([beats, unit.bit_length() - 1]) + _CLOCKS_AND_32NDS
    for onset, sharps, minor in score.keys.tolist():
        yield onset, KEY_SIGNATURE, bytes([sharps & 0xFF, minor])
