"""Files of one thing over and over, up to the size and the number of events that are read, or past both.

Each row of FLOODS gives the events of a track of about so many bytes; they are worst cases of time and memory.
"""

import struct
from collections.abc import Callable, Iterator, Mapping

from benchmarks.faults.events import END_OF_TRACK
from benchmarks.faults.mutations import MEGABYTE, smf

LARGEST = 10 * MEGABYTE  # that is read
SIZES = (LARGEST - 40_000, 2 * MEGABYTE, LARGEST // 2, 100_000, LARGEST + 1)
MOST_EVENTS = 2_000_000 - 100  # that are read, but for a few others in the same file
Flood = Callable[[int], bytes]


def repeated(*spans: bytes) -> Flood:
    """``spans`` one after another, over and over, no more than MOST_EVENTS of them."""
    whole = b"".join(spans)
    return lambda size: whole * min(size // len(whole), MOST_EVENTS // len(spans))


def all_voices(size: int) -> bytes:
    """Notes of every channel and pitch, none of which ever ends."""
    voices = b"".join(bytes([0, 0x90 | channel, pitch, 64]) for channel in range(16) for pitch in range(128))
    return voices * max(size // len(voices), 1)


def nested_notes(size: int) -> bytes:
    """Notes of one pitch that begin one tick after the other and end only when all have begun."""
    count = min(size // 6, MOST_EVENTS // 2)
    return b"\x01\x90\x3c\x40" + b"\x01\x3c\x40" * (count - 1) + b"\x01\x3c\x00" * count


def rising_tempi(size: int) -> bytes:
    """Another tempo at each tick."""
    return b"".join(b"\x01\xff\x51\x03" + struct.pack(">I", n % 2**24)[1:] for n in range(1, size // 7))


def long_text(kind: int) -> Flood:
    """One text of a character that JSON writes as six."""

    def made(size: int) -> bytes:
        length = size - 100
        quantity = bytes([0x80 | length >> shift & 0x7F for shift in (21, 14, 7)]) + bytes([length & 0x7F])
        return b"\x00\xff" + bytes([kind]) + quantity + b"\x01" * length

    return made


def tracks_of_names(size: int) -> bytes:
    """A thousand tracks, each of a name as long as can be and one note."""
    each = size // 1000 - 40
    length = bytes([0x80 | each >> 14, 0x80 | each >> 7 & 0x7F, each & 0x7F])
    body = b"\x00\xff\x03" + length + b"n" * each + b"\x00\x90\x3c\x40\x0a\x3c\x00" + END_OF_TRACK
    return smf(*[body] * 1000)


def busy_tracks(size: int) -> bytes:
    """A thousand tracks that are full of notes."""
    body = (
        b"\x00\x90\x3c\x40" + b"\x01\x3c\x00\x00\x3d\x40\x01\x3d\x00\x00\x3c\x40" * (size // 12_000 - 4) + END_OF_TRACK
    )
    return smf(*[body] * 1000)


FLOODS: Mapping[str, Flood] = {
    "notes in running status": repeated(b"\x01\x90\x3c\x40", b"\x01\x3c\x00"),
    "notes of one tick": repeated(b"\x00\x90\x3c\x40", b"\x00\x80\x3c\x00"),
    "notes never ended": repeated(b"\x00\x90\x3c\x40"),
    "notes of every voice": all_voices,
    "nested notes": nested_notes,
    "note-offs alone": repeated(b"\x00\x80\x3c\x00"),
    "pedals": repeated(b"\x01\xb0\x40\x7f", b"\x01\xb0\x40\x00"),
    "controls": repeated(b"\x00\xb0\x07\x7f"),
    "programs": repeated(b"\x00\xc0\x01", b"\x00\xc0\x02"),
    "bends": repeated(b"\x00\xe0\x00\x40"),
    "tempi": rising_tempi,
    "tempi of zero": repeated(b"\x00\xff\x51\x03\x00\x00\x00"),
    "metres": repeated(b"\x01\xff\x58\x04\x03\x02\x18\x08"),
    "keys": repeated(b"\x01\xff\x59\x02\x02\x00"),
    "empty texts": repeated(b"\x00\xff\x01\x00"),
    "texts": repeated(b"\x00\xff\x01\x05\x1b[31m"),
    "one long text": long_text(1),
    "one long name": long_text(3),
    "empty exclusives": repeated(b"\x00\xf0\x00"),
    "long waits": repeated(b"\xff\xff\xff\x7f\xff\x01\x00"),
    "tracks of names": tracks_of_names,
    "busy tracks": busy_tracks,
    "empty tracks": lambda size: smf(*[b""] * (size // 8)),
    "alien chunks": lambda size: smf(END_OF_TRACK) + b"Junk\0\0\0\0" * (size // 8),
    "zeros": bytes,
}
NOTE_TO_KEEP = b"\x00\x90\x40\x40\x0a\x40\x00"  # so that a flood of anything else is still music


def flood(number: int) -> tuple[str, bytes]:
    """Name and bytes of a flood: all of one size first, then all of the next."""
    names = list(FLOODS)
    name, size = names[number % len(names)], SIZES[number // len(names) % len(SIZES)]
    made = FLOODS[name](size)
    return name, made if made[:4] in (b"MThd", bytes(4)) else smf(NOTE_TO_KEEP + made + END_OF_TRACK, kind=0)


def floods() -> Iterator[tuple[str, bytes]]:
    """Each flood at the largest size that is read."""
    return map(flood, range(len(FLOODS)))
