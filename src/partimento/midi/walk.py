"""Walk the events of one MIDI track, reading where they are rather than what they mean.

The loop does only what is sequential: delta times, running status, lengths. All else is read
afterwards with numpy from the offsets that it leaves. That is quick enough to walk every byte of
every file (half a microsecond an event), so nothing is estimated from chunk sizes: each count
in the report is exact, and symusic never sees bytes that were not walked first.
Shapes: E events, B bytes of a payload.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .quantity import read_quantity

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL, PROGRAM, CHANNEL_PRESSURE, PITCH_BEND = range(
    0x8, 0xF
)  # the upper four bits of a status byte
META, SYSTEM_EXCLUSIVE, ESCAPE = 0xFF, 0xF0, 0xF7
TEXT, TRACK_NAME, LAST_TEXT, END_OF_TRACK, TEMPO_CHANGE, TIME_SIGNATURE, KEY_SIGNATURE = (
    0x01,
    0x03,
    0x0F,
    0x2F,
    0x51,
    0x58,
    0x59,
)
DRUM_CHANNEL = 9  # channel 10 to people

_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
_LENGTHS = bytes(_DATA_BYTES.get(status >> 4, 0) for status in range(256))  # 0: not a channel message


@dataclass(frozen=True, eq=False)
class TrackEvents:
    """Where the events of one track are.

    ``ticks`` int[E] from the track's start, ``statuses`` uint8[E], ``offsets`` int[E] into ``body``
    of the first data byte (of a meta event: its type); ``stop`` the offset of the end of track,
    before its delta time; ``end`` its tick.
    """

    body: bytes
    ticks: NDArray[np.int64]
    statuses: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    stop: int
    end: int

    def __len__(self) -> int:
        return len(self.ticks)

    def data(self, index: int) -> NDArray[np.uint8]:
        """uint8[E]: the data byte of each event at ``index`` (0 the first); 0 behind the last byte."""
        padded = np.frombuffer(self.body + b"\0\0", dtype=np.uint8)
        return padded[self.offsets + index]

    @property
    def note_ons(self) -> int:
        """How many notes begin (a note-on of velocity 0 ends one)."""
        return int(np.count_nonzero((self.statuses >> 4 == NOTE_ON) & (self.data(1) > 0)))

    def is_meta(self, kind: int) -> NDArray[np.bool_]:
        """bool[E]: which events are meta events of ``kind``."""
        return np.asarray((self.statuses == META) & (self.data(0) == kind))

    def metas(self, kind: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Ticks int[K] and payloads uint8[K, length] of the metas of ``kind`` with that length."""
        here = self.is_meta(kind) & (self.data(1) == length)
        padded = np.frombuffer(self.body + bytes(length + 2), dtype=np.uint8)
        return self.ticks[here], padded[self.offsets[here, None] + 2 + np.arange(length)]

    def texts(self, kind: int) -> Iterator[str]:
        """The texts of the metas of ``kind``: UTF-8, or else Latin-1, which never fails."""
        for offset in self.offsets[self.is_meta(kind)].tolist():
            length, start = read_quantity(self.body, offset + 1)
            yield _text(self.body[start : start + length])

    @property
    def name(self) -> str:
        """The track's name, empty where it has none."""
        return next(self.texts(TRACK_NAME), "").strip()


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def walk(body: bytes, most_events: int) -> TrackEvents:
    """The events of a track chunk's ``body``, up to its end of track or its last byte.

    Raises InputError at an event that breaks the format, or past ``most_events``.
    """
    try:
        return _checked(_walked(body, most_events))
    except IndexError:
        raise InputError("its last event is cut off") from None


def _walked(body: bytes, most_events: int) -> TrackEvents:
    """As ``walk``, but IndexError where the last event is cut off."""
    ticks, statuses, offsets = array("q"), array("B"), array("q")
    position = tick = running = 0
    while (stop := position) < len(body):
        delta, position = body[position], position + 1
        if delta > 0x7F:
            delta, position = read_quantity(body, stop)
        status, tick = running, tick + delta
        if body[position] > 0x7F:
            status, position = body[position], position + 1
        if status == META and body[position] == END_OF_TRACK:
            break
        ticks.append(tick)
        statuses.append(status)
        offsets.append(position)
        if length := _LENGTHS[status]:
            running, position = status, position + length
        else:
            running = running if status == META else 0  # symusic and mido keep it over metas, neither over others
            position = _after_payload(body, position, status)
        if len(ticks) > most_events:
            raise InputError(f"more than {most_events:,} events")
    if position > len(body):
        raise IndexError
    arrays = np.array(ticks, np.int64), np.array(statuses, np.uint8), np.array(offsets, np.int64)
    return TrackEvents(body, *arrays, stop, tick)


def _after_payload(body: bytes, position: int, status: int) -> int:
    """The position after a meta or system exclusive event whose status is already read."""
    if status not in (META, SYSTEM_EXCLUSIVE, ESCAPE):
        what = f"status 0x{status:02X} at" if status else "a data byte without a status at"
        raise InputError(f"{what} byte {position}")
    length, start = read_quantity(body, position + (status == META))
    return start + length


def _checked(track: TrackEvents) -> TrackEvents:
    """``track``, unless a channel message has a data byte above 127."""
    lengths = np.frombuffer(_LENGTHS, np.uint8)[track.statuses]
    bad = ((track.data(0) > 0x7F) & (lengths > 0)) | ((track.data(1) > 0x7F) & (lengths > 1))
    if bad.any():
        raise InputError(f"a data byte above 127 at byte {int(track.offsets[bad.argmax()])}")
    return track
