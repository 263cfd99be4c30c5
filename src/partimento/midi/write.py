"""A Score to a Standard MIDI File of format 1, exactly.

The first track conducts (title, texts, tempo, metre, key); each track of the Score follows as one
of its own, on a channel of its own while there are enough. No time stamp: the same Score gives the
same bytes. Source: *Standard MIDI Files 1.0* (RP-001).
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import UsageError
from ..score import Score
from ..store import write_atomically
from ..units import SUSTAIN_CONTROLLER
from .events import CONTROL, DRUM_CHANNEL, END_OF_TRACK, META, NOTE_OFF, NOTE_ON, TEXT, TRACK_NAME
from .maps import Event as Meta
from .maps import write_maps
from .quantity import write_quantity
from .scan import CHUNK, HEADER, LARGEST_DIVISION

Event = tuple[int, int, bytes]  # tick, rank among those of the same tick, bytes
CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
PEDAL_DOWN, PEDAL_UP = 127, 0
RANKS = {"meta": 0, "note off": 1, "pedal up": 2, "pedal down": 3, "note on": 4, "end": 5}


def to_bytes(score: Score, texts: Sequence[str] = ()) -> bytes:
    """The bytes of ``score`` as a MIDI file, ``texts`` as text events of the conductor track.

    Raises UsageError where the Score's numbers do not fit the format.
    """
    if not 1 <= score.ticks_per_quarter <= LARGEST_DIVISION:
        raise UsageError(f"{score.ticks_per_quarter} ticks per quarter do not fit a MIDI file: 1 to {LARGEST_DIVISION}")
    tracks = [_conductor(score, texts), *_tracks(score)]
    header = CHUNK.pack(b"MThd", HEADER.size) + HEADER.pack(1, len(tracks), score.ticks_per_quarter)
    return header + b"".join(_chunk(events) for events in tracks)


def write(score: Score, path: Path | str, texts: Sequence[str] = ()) -> None:
    """Write ``score`` to ``path`` whole or not at all. Raises UsageError, WorkFailed."""
    write_atomically(Path(path), to_bytes(score, texts))


def _conductor(score: Score, texts: Iterable[str]) -> Iterator[Event]:
    heads = [(TRACK_NAME, score.title)] if score.title else []
    metas: list[Meta] = [(0, kind, _encoded(text)) for kind, text in [*heads, *((TEXT, text) for text in texts)]]
    for tick, kind, payload in [*metas, *write_maps(score)]:
        yield tick, RANKS["meta"], _meta(kind, payload)


def _tracks(score: Score) -> Iterator[list[Event]]:
    """The events of each track, also of those without notes."""
    used = {*score.notes["track"].tolist(), *score.pedals["track"].tolist()}
    for track in range(max(len(score.tracks), max(used, default=-1) + 1)):
        name = score.tracks[track] if track < len(score.tracks) else ""
        events = [(0, RANKS["meta"], _meta(TRACK_NAME, _encoded(name)))] if name else []
        channel = CHANNELS[track % len(CHANNELS)]
        yield [*events, *_pedals(score, track, channel), *_notes(score, track, channel)]


def _notes(score: Score, track: int, channel: int) -> Iterator[Event]:
    for onset, duration, pitch, velocity, _ in score.notes[score.notes["track"] == track].tolist():
        yield onset, RANKS["note on"], bytes([NOTE_ON << 4 | channel, pitch, velocity])
        yield onset + duration, RANKS["note off"], bytes([NOTE_OFF << 4 | channel, pitch, 0])


def _pedals(score: Score, track: int, channel: int) -> Iterator[Event]:
    status = CONTROL << 4 | channel
    for onset, release, _ in score.pedals[score.pedals["track"] == track].tolist():
        yield onset, RANKS["pedal down"], bytes([status, SUSTAIN_CONTROLLER, PEDAL_DOWN])
        yield release, RANKS["pedal up"], bytes([status, SUSTAIN_CONTROLLER, PEDAL_UP])


def _meta(kind: int, payload: bytes) -> bytes:
    return bytes([META, kind]) + write_quantity(len(payload)) + payload


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _chunk(events: Iterable[Event]) -> bytes:
    """A track chunk: the events in order of tick and rank, as they come within a rank, and an end."""
    body, now = bytearray(), 0
    ordered = sorted(events, key=lambda event: event[:2])
    for tick, _, message in [*ordered, (ordered[-1][0] if ordered else 0, RANKS["end"], _meta(END_OF_TRACK, b""))]:
        body += write_quantity(tick - now) + message
        now = tick
    return CHUNK.pack(b"MTrk", len(body)) + bytes(body)
