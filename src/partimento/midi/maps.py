"""The maps of tempo, metre and key, as meta events and as the tables of a Score: read and write.

Each ``read_`` returns the table, at most one row a tick (the last event counts), and how many
events were dropped because their values are impossible.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..score import KEY, METRE, TEMPO, Array, Score, table
from ..units import MICROSECONDS_PER_MINUTE
from .walk import KEY_SIGNATURE, TEMPO_CHANGE, TIME_SIGNATURE, TrackEvents

Event = tuple[int, int, bytes]  # tick, meta type, payload
MOST_SHARPS = 7
LARGEST_UNIT_POWER = 7  # of two: a 128th note
MOST_MICROSECONDS = 2**24 - 1
_CLOCKS_AND_32NDS = bytes([24, 8])  # MIDI clocks to a click, 32nd notes to a quarter: the usual ones


def read_tempi(tracks: Sequence[TrackEvents]) -> tuple[Array, int]:
    """TEMPO[M], and how many tempi of zero were dropped."""
    ticks, payload = _metas(tracks, TEMPO_CHANGE, 3)
    microseconds = payload.astype(np.int64) @ [1 << 16, 1 << 8, 1]
    good = microseconds > 0
    return _table(TEMPO, ticks[good], MICROSECONDS_PER_MINUTE / microseconds[good]), int((~good).sum())


def read_metres(tracks: Sequence[TrackEvents]) -> tuple[Array, int]:
    """METRE, and how many impossible metres were dropped."""
    ticks, payload = _metas(tracks, TIME_SIGNATURE, 4)
    beats, power = payload[:, 0], payload[:, 1]
    good = (beats > 0) & (power <= LARGEST_UNIT_POWER)
    return _table(METRE, ticks[good], beats[good], 1 << power[good].astype(np.int64)), int((~good).sum())


def read_keys(tracks: Sequence[TrackEvents]) -> tuple[Array, int]:
    """KEY, and how many impossible keys were dropped."""
    ticks, payload = _metas(tracks, KEY_SIGNATURE, 2)
    sharps, minor = payload[:, 0].view(np.int8) if len(payload) else payload[:, 0], payload[:, 1]
    good = (np.abs(sharps.astype(np.int64)) <= MOST_SHARPS) & (minor <= 1)
    return _table(KEY, ticks[good], sharps[good], minor[good]), int((~good).sum())


def _metas(tracks: Sequence[TrackEvents], kind: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Ticks int[K] in order and payloads uint8[K, length], over all tracks."""
    found = [track.metas(kind, length) for track in tracks]
    ticks = np.concatenate([ticks for ticks, _ in found])
    payload = np.concatenate([payload for _, payload in found])
    order = np.argsort(ticks, kind="stable")
    return ticks[order], np.ascontiguousarray(payload[order])


def _table(dtype: "np.dtype[np.void]", ticks: NDArray[np.int64], *columns: Iterable[float]) -> Array:
    """A table of the rows, the last of each tick."""
    last = {int(tick): row for tick, *row in zip(ticks, *columns, strict=True)}
    return table(dtype, [(tick, *row) for tick, row in last.items()])


def write_maps(score: Score) -> Iterator[Event]:
    """The meta events of the score's tempi, metres and keys."""
    for onset, quarters_per_minute in score.tempi.tolist():
        microseconds = min(max(round(MICROSECONDS_PER_MINUTE / quarters_per_minute), 1), MOST_MICROSECONDS)
        yield onset, TEMPO_CHANGE, microseconds.to_bytes(3, "big")
    for onset, beats, unit in score.metres.tolist():
        yield onset, TIME_SIGNATURE, bytes([beats, unit.bit_length() - 1]) + _CLOCKS_AND_32NDS
    for onset, sharps, minor in score.keys.tolist():
        yield onset, KEY_SIGNATURE, bytes([sharps & 0xFF, minor])
