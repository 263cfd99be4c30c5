"""Walk the events of one MIDI track byte by byte: the reference for ``sweep``, and what refuses in words.

The loop does only what is sequential: delta times, running status, lengths. All else is read
afterwards with numpy from the offsets that it leaves: half a microsecond an event.
"""

from array import array

import numpy as np

from ..errors import InputError
from .events import DATA_BYTES, END_OF_TRACK, ESCAPE, META, SYSTEM_EXCLUSIVE, TrackEvents
from .quantity import read_quantity


def walk(body: bytes, most_events: int) -> TrackEvents:
    """The events of a track chunk's ``body``, up to its end of track or its last byte.

    Raises InputError at an event that breaks the format, or past ``most_events``.
    """
    try:
        return _walked(body, most_events)
    except IndexError:
        raise InputError("its last event is cut off", "cut-off") from None


def _walked(body: bytes, most_events: int) -> TrackEvents:
    """As ``walk``, but IndexError where the last event is cut off."""
    ticks, statuses, offsets = array("q"), array("B"), array("q")
    position = tick = running = 0
    while position < len(body):
        delta, after = body[position], position + 1
        if delta > 0x7F:
            delta, after = read_quantity(body, position)
        status, position, tick = running, after, tick + delta
        if body[position] > 0x7F:
            status, position = body[position], position + 1
        if status == META and body[position] == END_OF_TRACK:
            break
        ticks.append(tick)
        statuses.append(status)
        offsets.append(position)
        if length := DATA_BYTES[status]:
            running, position = status, position + length
        else:
            running = running if status == META else 0  # mido, too, keeps it over metas, not over others
            position = _after_payload(body, position, status)
        if len(ticks) > most_events:
            raise InputError(f"more than {most_events:,} events", "too-much")
    if position > len(body):
        raise IndexError
    return _gathered(body, ticks, statuses, offsets, tick)


def _after_payload(body: bytes, position: int, status: int) -> int:
    """The position after a meta or system exclusive event whose status is already read."""
    if status not in (META, SYSTEM_EXCLUSIVE, ESCAPE):
        what = f"status 0x{status:02X} at" if status else "a data byte without a status at"
        raise InputError(f"{what} byte {position}", "damaged")
    length, start = read_quantity(body, position + (status == META))
    return start + length


def _gathered(body: bytes, ticks: "array[int]", statuses: "array[int]", offsets: "array[int]", end: int) -> TrackEvents:
    """The events with their data bytes. Raises InputError where one of a channel message is above 127."""
    kinds, places = np.array(statuses, np.uint8), np.array(offsets, np.int64)
    lengths, padded = np.frombuffer(DATA_BYTES, np.uint8)[kinds], np.frombuffer(body + b"\0\0", np.uint8)
    first = np.where((lengths > 0) | (kinds == META), padded[places], 0).astype(np.uint8)
    second = np.where(lengths > 1, padded[places + 1], 0).astype(np.uint8)
    bad = (lengths > 0) & ((first | second) > 0x7F)
    if bad.any():
        raise InputError(f"a data byte above 127 at byte {int(places[bad.argmax()])}", "damaged")
    return TrackEvents(body, np.array(ticks, np.int64), kinds, first, second, places[kinds == META], end)
