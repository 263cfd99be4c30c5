"""The events of one MIDI track as arrays, and the numbers by which they are known.

Shapes: E events, M meta events, K of one kind, B bytes of a payload.
Source: MIDI Manufacturers Association, *Standard MIDI Files 1.0* (RP-001).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..units import SUSTAIN_CONTROLLER
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
TEXTS = range(TEXT, LAST_TEXT + 1)
CHANNELS, DRUM_CHANNEL = 16, 9  # the drums are on channel 10 to people
PROGRAMS, PIANO = 128, 0  # of General MIDI; all is played on the piano

_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
DATA_BYTES = bytes(_DATA_BYTES.get(status >> 4, 0) for status in range(256))  # by status; 0: no channel message

LONGEST_NAME = 200  # letters: a corpus keeps the name of every track


@dataclass(frozen=True, eq=False)
class TrackEvents:
    """The events of one track, its end of track left out.

    ``ticks`` int[E] from the track's start, ``statuses``, ``first`` and ``second`` uint8[E] the status
    and data bytes (a meta event's ``first`` is its type; 0 where there is none); ``meta_offsets``
    int[M] into ``body`` of each meta event's type; ``end`` the tick of the end of track.
    """

    body: bytes
    ticks: NDArray[np.int64]
    statuses: NDArray[np.uint8]
    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    meta_offsets: NDArray[np.int64]
    end: int

    def __len__(self) -> int:
        return len(self.ticks)

    def __eq__(self, other: object) -> bool:
        """Equal where every field is."""
        names = [f.name for f in fields(self)]
        return isinstance(other, TrackEvents) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in names
        )

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """uint8[E]: the upper four bits of each status."""
        return np.right_shift(self.statuses, 4, dtype=np.uint8)

    @cached_property
    def note_ons(self) -> int:
        """How many notes begin (a note-on of velocity 0 ends one)."""
        return int(np.count_nonzero((self.kinds == NOTE_ON) & (self.second > 0)))

    @cached_property
    def programs(self) -> NDArray[np.int64]:
        """The program changes, as indices into the events."""
        return np.flatnonzero(self.kinds == PROGRAM)

    @cached_property
    def sustains(self) -> NDArray[np.bool_]:
        """bool[E]: which events move the sustain pedal, that of the drums left out."""
        pedal = (self.kinds == CONTROL) & (self.first == SUSTAIN_CONTROLLER)
        return np.asarray(pedal & (self.statuses & 0xF != DRUM_CHANNEL))

    @cached_property
    def meta_kinds(self) -> bytes:
        """The type of each meta event: M bytes."""
        return np.frombuffer(self.body, np.uint8)[self.meta_offsets].tobytes()

    def metas(self, kind: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Ticks int[K] and payloads uint8[K, length] of the metas of ``kind`` with that length."""
        here, padded = self._of_kind(kind), np.frombuffer(self.body + bytes(length + 2), np.uint8)
        here = here[padded[self.meta_offsets[here] + 1] == length]
        starts = self.meta_offsets[here, None] + 2
        return self.ticks[self.statuses == META][here], padded[starts + np.arange(length)]

    def texts(self, kind: int) -> Iterator[str]:
        """The texts of the metas of ``kind``: UTF-8, or else Latin-1, which never fails."""
        for offset in self.meta_offsets[self._of_kind(kind)].tolist():
            length, start = read_quantity(self.body, offset + 1)
            yield _text(self.body[start : start + length])

    def _of_kind(self, kind: int) -> NDArray[np.int64]:
        """int[K]: which metas are of ``kind``."""
        found = kind in self.meta_kinds
        return np.flatnonzero(np.frombuffer(self.meta_kinds, np.uint8) == kind) if found else np.zeros(0, np.int64)

    @cached_property
    def name(self) -> str:
        """The track's name, empty where it has none, cut at LONGEST_NAME."""
        return next(self.texts(TRACK_NAME), "").strip()[:LONGEST_NAME]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
