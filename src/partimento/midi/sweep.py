"""The events of one MIDI track all at once, where they are regular; ``walk`` reads what is not.

Nearly every event is a delta time, perhaps a status, and two data bytes. Exactly three of its bytes
are below 128: the last of the delta time, and the data. So the low bytes of a track, taken by three,
are its events, and no event has to be read to find the next. A byte above 127 belongs to the event
of the next low byte: before the first of three it is a part of the delta time, before the second
the status. Events of another length (metas, system exclusives, programs, channel pressure) are
found beforehand, one by one, and given that same form.
Shapes: E events, H bytes above 127.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .events import DATA_BYTES, END_OF_TRACK, ESCAPE, META, SYSTEM_EXCLUSIVE, TrackEvents
from .quantity import MOST_BYTES, read_quantity

Ints = NDArray[np.signedinteger]
Bytes = NDArray[np.uint8]

MOST_ODD = 100_000  # events of another length: with more of them, ``walk`` is no slower
_TWO = np.array([length == 2 for length in DATA_BYTES])  # by status: whether two data bytes follow it
_SETS_RUNNING = np.array([length > 0 for length in DATA_BYTES])  # by status: whether it may run on
_DELTA, _STATUS = range(2)  # what a byte above 127 is, by the place of its low byte among the three


class _Irregular(Exception):
    """What is left to ``walk``."""


@dataclass(frozen=True)
class _Even:
    """A body whose every event has three low bytes, ``odd`` of which were given that form.

    ``meta_offsets``: of the types, in the body as it was. ``ended`` by an end of track, the last event.
    """

    body: bytes
    odd: int
    meta_offsets: list[int]
    ended: bool


def sweep(body: bytes) -> TrackEvents | None:
    """What ``walk`` gives for ``body``; None where the track is irregular or breaks the format."""
    try:
        even = _evened(body)
        deltas, statuses, data = _read(even)
    except (_Irregular, InputError, IndexError):
        return None
    ticks = np.cumsum(deltas)
    end, kept = int(ticks[-1]) if len(ticks) else 0, slice(len(ticks) - even.ended)
    metas = np.array(even.meta_offsets, np.int64)
    return TrackEvents(body, ticks[kept], statuses[kept], data[kept, 0], data[kept, 1], metas, end)


def _evened(body: bytes) -> _Even:
    """``body`` up to its end of track, its odd events in the form of the others."""
    raw = np.frombuffer(body, np.uint8)
    pieces: list[bytes] = []
    metas: list[int] = []
    start = counted = low = odd = 0  # where the even stretch begins; to where its low bytes are counted
    for place in _suspects(raw):
        if place < start:  # in the payload of the event before
            continue
        low += place - counted - int(np.count_nonzero(raw[counted:place] > 0x7F))
        counted = place
        if low % 3 == _DELTA:
            continue
        _require(low % 3 == _STATUS)
        odd += 1
        if body[place] == META and body[place + 1] == END_OF_TRACK:
            return _Even(b"".join([*pieces, body[start : place + 2], b"\0"]), odd, metas, True)
        metas += [place + 1] * (body[place] == META)
        kept, padding, after = _odd_event(body, place)
        pieces += [body[start:kept], padding]
        start, counted, low = after, after, 0
    return _Even(b"".join([*pieces, body[start:]]), odd, metas, False)


def _suspects(raw: Bytes) -> list[int]:
    """Where the statuses of odd events are, and whatever looks like one."""
    upper = np.flatnonzero(raw > 0xBF)
    found = upper[~_TWO[raw[upper]]]
    _require(len(found) <= MOST_ODD)
    return found.tolist()


def _odd_event(body: bytes, place: int) -> tuple[int, bytes, int]:
    """Of the odd event with its status at ``place``: up to where it is kept, what is put behind, where it ends."""
    status = body[place]
    if DATA_BYTES[status]:
        return place + 2, b"\0", place + 2
    _require(status in (META, SYSTEM_EXCLUSIVE, ESCAPE))
    head = place + 1 + (status == META)
    length, start = read_quantity(body, head)
    _require(start + length <= len(body))
    return head, b"\0\0"[head - place - 1 :], start + length


def _read(even: _Even) -> tuple[Ints, Bytes, Bytes]:
    """Delta times int[E], statuses uint8[E] and data uint8[E, 2] of an even body."""
    raw = np.frombuffer(even.body, np.uint8)
    is_high = raw > 0x7F
    low, high = raw[~is_high], np.flatnonzero(is_high).astype(np.int32)  # in half the memory
    _require(len(low) % 3 == 0)
    rank = high - np.arange(len(high), dtype=np.int32)  # of the low byte that follows
    _require(not len(rank) or bool(rank[-1] < len(low)))
    event = rank // 3
    role = rank - 3 * event
    _require(not len(role) or role.max() <= _STATUS)
    three, values = low.reshape(-1, 3), raw[high]
    deltas = three[:, 0].astype(np.int64)
    parts, explicit = role == _DELTA, role == _STATUS
    _add_parts(deltas, event[parts], values[parts])
    return deltas, _statuses(event[explicit], values[explicit], len(three), even.odd), three[:, 1:]


def _add_parts(deltas: Ints, event: Ints, values: Bytes) -> None:
    """Add the upper bytes uint8[H] of delta times, those of one event most significant first."""
    parts = (values & 0x7F).astype(np.int64)
    if (event[1:] > event[:-1]).all():
        deltas[event] += parts << 7
        return
    followers = np.searchsorted(event, event, side="right") - np.arange(len(event))
    _require(followers.max() < MOST_BYTES)
    np.add.at(deltas, event, parts << 7 * followers)


def _statuses(event: Ints, values: Bytes, count: int, odd: int) -> Bytes:
    """The status of each event, from those uint8[H] that are written at ``event`` int[H]; the others run on."""
    _require(bool((event[1:] > event[:-1]).all()))
    lasting = values != META  # a meta event leaves the running status as it is
    since = np.concatenate([[0], event[lasting], [count]])
    running = np.concatenate([[0], np.where(_SETS_RUNNING[values[lasting]], values[lasting], 0)]).astype(np.uint8)
    statuses = np.repeat(running, np.diff(since))
    statuses[event] = values
    _require(count - np.count_nonzero(_TWO.take(statuses)) == odd)  # each odd status was found, none ran on
    return statuses


def _require(condition: bool | np.bool_) -> None:
    if not condition:
        raise _Irregular
