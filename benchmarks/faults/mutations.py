"""Ways to spoil a MIDI file: the table KINDS, each row a function of the file's bytes and a generator.

Source of what is legal, and so of what is not: MIDI Manufacturers Association, *Standard MIDI Files
1.0* (RP-001).
"""

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from benchmarks.faults.events import END_OF_TRACK, EXCLUSIVES, LONGEST_WAIT, NOTE, ODD_METAS, ODD_TEXTS, RUNNING_STATUS

Mutation = Callable[[bytes, Random], bytes]
CHUNK = struct.Struct(">4sI")
HEADER_END = 14
MEGABYTE = 2**20


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk with its true length."""
    return CHUNK.pack(name, len(body)) + body


def smf(*tracks: bytes, kind: int = 1, division: int = 480) -> bytes:
    """A MIDI file of ``tracks``, each given by all of its bytes."""
    head = struct.pack(">HHH", kind, len(tracks) & 0xFFFF, division)
    return chunk(b"MThd", head) + b"".join(chunk(b"MTrk", body) for body in tracks)


def chunks(data: bytes) -> Iterator[int]:
    """Where each chunk behind the header begins, as the lengths say."""
    position = HEADER_END
    while position + CHUNK.size <= len(data):
        yield position
        position += CHUNK.size + CHUNK.unpack_from(data, position)[1]


def with_events(data: bytes, events: bytes, chance: Random) -> bytes:
    """``data`` with ``events`` at the start of one of its tracks, whose length is put right."""
    position = chance.choice([at for at in chunks(data) if data[at : at + 4] == b"MTrk"])
    start, length = position + CHUNK.size, CHUNK.unpack_from(data, position)[1]
    return data[:position] + chunk(b"MTrk", events + data[start : start + length]) + data[start + length :]


def replaced(data: bytes, position: int, value: bytes) -> bytes:
    """``data`` with ``value`` over what stands at ``position``."""
    return data[:position] + value + data[position + len(value) :]


def starting_with(hostile: Sequence[bytes]) -> Mutation:
    """One of ``hostile`` at the start of a track."""
    return lambda data, chance: with_events(data, chance.choice(hostile), chance)


def field(position: int, size: int, values: Sequence[int]) -> Mutation:
    """One of ``values``, or any, as the number of ``size`` bytes at ``position`` of the header."""

    def mutate(data: bytes, chance: Random) -> bytes:
        value = chance.choice([*values, chance.randrange(256**size)])
        return replaced(data, position, value.to_bytes(size, "big"))

    return mutate


def contents(made: Callable[[bytes, Random], Sequence[bytes]]) -> Mutation:
    """One of the whole contents that ``made`` gives, in place of the file."""
    return lambda data, chance: chance.choice(made(data, chance))


def truncated(data: bytes, chance: Random) -> bytes:
    """Cut off anywhere."""
    return data[: chance.randrange(len(data))]


def bits_flipped(data: bytes, chance: Random) -> bytes:
    """One to sixteen bits the other way round."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 16)):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def bytes_deleted(data: bytes, chance: Random) -> bytes:
    """One to nine bytes missing somewhere."""
    position = chance.randrange(len(data))
    return data[:position] + data[position + chance.randint(1, 9) :]


def bytes_inserted(data: bytes, chance: Random) -> bytes:
    """One to nine bytes too many somewhere."""
    position = chance.randrange(len(data) + 1)
    return data[:position] + chance.randbytes(chance.randint(1, 9)) + data[position:]


def span_repeated(data: bytes, chance: Random) -> bytes:
    """A span of the file moved or repeated over another place."""
    start, position = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:position] + data[start : start + chance.randint(1, 64)] + data[position:]


def chunk_length(data: bytes, chance: Random) -> bytes:
    """A track that lies about its length."""
    position = chance.choice(list(chunks(data)))
    true = CHUNK.unpack_from(data, position)[1]
    lies = (0, 1, true - 1, true + 1, true + 8, len(data), 2**31 - 1, 2**31, 2**32 - 1, chance.randrange(2 * true + 1))
    return replaced(data, position + 4, (chance.choice(lies) % 2**32).to_bytes(4, "big"))


def quantity_overflow(data: bytes, chance: Random) -> bytes:
    """A variable-length quantity of five bytes or more, as delta time or as the length of a meta event."""
    long = b"\xff" * chance.randint(4, 12) + b"\x7f"
    starts = (b"", b"\x00\xff\x01", b"\x00\xf0", b"\x00\xf7", b"\x00\xff\x51", b"\x00\xff\x2f")
    return with_events(data, chance.choice(starts) + long + NOTE, chance)


def huge_ticks(data: bytes, chance: Random) -> bytes:
    """The longest wait there is, up to a hundred times on end."""
    wait = LONGEST_WAIT + b"\x90\x3c" + chance.choice((b"\x00", b"\x40"))
    return with_events(data, wait * chance.choice((1, 3, 4, 7, 8, 9, 16, 17, 100)), chance)


def long_text(data: bytes, chance: Random) -> bytes:
    """A text meta event of up to a megabyte, of any of the kinds of text."""
    text = chance.randbytes(1) * chance.choice((200, 20_000, 20_000, 99_999, MEGABYTE))
    length = bytes([0x80 | len(text) >> 14, 0x80 | len(text) >> 7 & 0x7F, len(text) & 0x7F])
    return with_events(data, b"\x00\xff" + bytes([chance.randrange(1, 16)]) + length + text, chance)


def end_missing(data: bytes, chance: Random) -> bytes:
    """A last track without its end, or with music behind it."""
    position = list(chunks(data))[-1]
    body = data[position + CHUNK.size :].removesuffix(END_OF_TRACK)
    tail = chance.choice((b"", END_OF_TRACK + NOTE, END_OF_TRACK * 2, b"\x00", b"\x00\xff", b"\x00\xff\x2f"))
    return data[:position] + chunk(b"MTrk", body + tail)


def more_chunks(data: bytes, chance: Random) -> bytes:
    """Chunks that do not belong: alien, empty, a second header, a whole file."""
    extra = (
        chunk(b"XFIH", chance.randbytes(40)),
        chunk(b"MTrk", b""),
        chunk(b"\x00\x1b[2", b"a"),
        data,
        b"MTrk",
        b"\n",
    )
    positions = [*chunks(data), len(data)]
    position = chance.choice(positions)
    return data[:position] + chance.choice(extra) * chance.randint(1, 3) + data[position:]


def many_tracks(data: bytes, chance: Random) -> bytes:
    """Up to thousands of tracks: empty, ended at once, or with a note each."""
    body = chance.choice((b"", END_OF_TRACK, NOTE + END_OF_TRACK, NOTE.replace(b"\x90", b"\x99") + END_OF_TRACK))
    return smf(*[body] * chance.choice((0, 2, 1023, 1024, 1025, 5000, 70_000)), kind=chance.choice((0, 1, 1, 1)))


def many_parts(data: bytes, chance: Random) -> bytes:
    """A note for each of many channels and programs."""
    voices = [(n % 16, n // 16 % 128) for n in range(chance.choice((16, 1000, 1024, 1025, 2048)))]
    notes = [bytes([0, 0xC0 | c, p, 0, 0x90 | c, 60, 64, 1, 0x80 | c, 60, 0]) for c, p in voices]
    return smf(b"".join(notes) + END_OF_TRACK, kind=0)


def extreme_notes(data: bytes, chance: Random) -> bytes:
    """Every pitch and velocity at its edge or past it, of no length, overlapping, left sounding or never begun."""
    edges = (0, 1, 126, 127, 127, 60, 60, 60, 128, 255) if chance.random() < 0.2 else (0, 1, 126, 127, 60, 60)
    made = bytearray()
    for _ in range(chance.randint(1, 60)):
        status = chance.choice((0x80, 0x90, 0x90)) | chance.choice((0, 0, 0, 1, 9, 15))
        made += bytes([chance.choice((0, 0, 1, 127)), status, chance.choice(edges), chance.choice(edges)])
    return with_events(data, bytes(made), chance)


def pedals_at_random(data: bytes, chance: Random) -> bytes:
    """Sustain pedals pressed twice, never released or never pressed, at the edges of their values."""
    values = (0, 63, 64, 127)
    made = [bytes([chance.choice((0, 0, 9)), 0xB0, 64, chance.choice(values)]) for _ in range(chance.randint(1, 40))]
    return with_events(data, b"".join(made), chance)


def strangers(data: bytes, chance: Random) -> Sequence[bytes]:
    """Files of other formats that carry the name of a MIDI file."""
    image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + zlib.compress(chance.randbytes(200))
    page = b"<!DOCTYPE html><title>404</title><p>\x1b[31mNot found"
    packed = b"PK\x03\x04" + bytes(22) + zlib.compress(data)
    wrapped = b"RIFF" + struct.pack("<I", len(data) + 12) + b"RMIDdata" + struct.pack("<I", len(data)) + data
    return gzip.compress(data, mtime=0), packed, image, page, wrapped, b"\xef\xbb\xbf" + data, data.hex().encode()


def blanks(data: bytes, chance: Random) -> Sequence[bytes]:
    """Files of nothing: empty, of one value throughout, random, a header alone."""
    size = chance.randint(1, 5000)
    headers = (data[:HEADER_END], data[:4], data[:HEADER_END] + data[:HEADER_END] * 40)
    return (
        b"",
        bytes(size),
        b"\xff" * size,
        chance.randbytes(size),
        data[:HEADER_END] + chance.randbytes(size),
        *headers,
    )


KINDS: Mapping[str, Mutation] = {
    "truncation": truncated,
    "bit flips": bits_flipped,
    "bytes deleted": bytes_deleted,
    "bytes inserted": bytes_inserted,
    "span repeated": span_repeated,
    "header length": field(4, 4, (0, 1, 5, 7, 8, 100, 2**31, 2**32 - 1)),
    "header format": field(8, 2, (0, 1, 2, 3, 65535)),
    "header tracks": field(10, 2, (0, 1, 2, 3, 1024, 65535)),
    "header division": field(12, 2, (0, 1, 24, 32767, 32768, 0xE728, 0xE250, 65535)),
    "chunk length": chunk_length,
    "running status": starting_with(RUNNING_STATUS),
    "quantity overflow": quantity_overflow,
    "huge ticks": huge_ticks,
    "odd metas": starting_with(ODD_METAS),
    "odd texts": starting_with(ODD_TEXTS),
    "long text": long_text,
    "exclusives": starting_with(EXCLUSIVES),
    "end of track": end_missing,
    "more chunks": more_chunks,
    "many tracks": many_tracks,
    "many parts": many_parts,
    "extreme notes": extreme_notes,
    "pedals": pedals_at_random,
    "another format": contents(strangers),
    "blank": contents(blanks),
}
