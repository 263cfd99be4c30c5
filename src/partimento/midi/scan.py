"""Look a MIDI file over, every byte of it, before anything becomes music.

What may go on is decided here: the header, the chunks' lengths against the file's, every event, how
many there are and for how long. Each track is swept all at once; one that is irregular, short or
damaged is walked byte by byte, which gives the same and refuses in words. Every count is exact.

Source: MIDI Manufacturers Association, *Standard MIDI Files 1.0* (RP-001).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..errors import InputError
from ..score import NOTE, Array, Score, table
from ..units import DEFAULT_QUARTERS_PER_MINUTE
from .events import TrackEvents
from .maps import read_tempi
from .sweep import sweep
from .walk import walk

CHUNK = struct.Struct(">4sI")
HEADER = struct.Struct(">HHH")  # format, tracks, division
LARGEST_DIVISION = 32767
CONDUCTOR = 1  # a track for tempo and metre alone
SWEPT = 600  # bytes; a shorter track is walked in the time that a sweep takes to begin


@dataclass(frozen=True)
class Limits:
    """What a file may hold at most."""

    max_bytes: int = 10 * 2**20
    max_events: int = 2_000_000
    max_metas: int = 100_000  # texts, changes of tempo and the like, which are read one by one
    max_tracks: int = 1024  # that play; the conductor of format 1 comes on top
    max_ticks: int = 2**30  # a Score counts in 32 bits
    max_duration_s: float = 6 * 3600.0


LIMITS = Limits()
PRIMER_LIMITS = Limits(max_events=400_000)  # what one goes on from is held several times over


@dataclass(frozen=True, eq=False)
class ScanReport:
    """What a file holds. ``alien_chunks`` and ``trailing_bytes`` were passed over."""

    format: int
    tracks_declared: int
    ticks_per_quarter: int
    tracks: tuple[TrackEvents, ...]
    alien_chunks: int = 0
    trailing_bytes: int = 0

    @property
    def tracks_found(self) -> int:
        """How many tracks there are, whatever the header says."""
        return len(self.tracks)

    @property
    def events(self) -> int:
        """How many events all tracks hold, ends of track left out."""
        return sum(map(len, self.tracks))

    @property
    def note_ons(self) -> int:
        """How many notes begin."""
        return sum(track.note_ons for track in self.tracks)

    @property
    def end(self) -> int:
        """The tick at which the last track ends."""
        return max((track.end for track in self.tracks), default=0)

    @cached_property
    def _tempi(self) -> tuple[Array, int]:
        return read_tempi(self.tracks)

    @property
    def tempi(self) -> Array:
        """TEMPO[M] of all tracks, without those of zero."""
        return self._tempi[0]

    @property
    def zero_tempi(self) -> int:
        """How many tempo changes say zero microseconds per quarter."""
        return self._tempi[1]

    @property
    def duration_s(self) -> float:
        """Seconds to the last end of track, through the tempo map."""
        return float(Score(table(NOTE), self.ticks_per_quarter, tempi=self.tempi).seconds(self.end))

    @property
    def longest_s(self) -> float:
        """Seconds that it would last if all of it had its slowest tempo: a bound that costs nothing."""
        slowest = float(self.tempi["quarters_per_minute"].min(initial=DEFAULT_QUARTERS_PER_MINUTE))
        return 60.0 * self.end / (slowest * self.ticks_per_quarter)


def scan(data: bytes, limits: Limits = LIMITS) -> ScanReport:
    """What ``data`` holds, or InputError with the reason why it can't be read."""
    _check_start(data, limits)
    kind, declared, division = _header(data)
    chunks = list(_chunks(data, CHUNK.size + CHUNK.unpack_from(data)[1]))
    bodies = [body for name, body in chunks if name == b"MTrk"]
    if not bodies or len(bodies) > limits.max_tracks + CONDUCTOR:
        raise InputError(
            f"holds {len(bodies)} MIDI tracks: 1 to {limits.max_tracks} are allowed",
            "too-much" if bodies else "damaged",
        )
    trailing = sum(len(body) for name, body in chunks if not name)
    alien = sum(name not in (b"MTrk", b"") for name, _ in chunks)
    report = ScanReport(kind, declared, division, _walk_all(bodies, limits), alien, trailing)
    _check_length(report, limits)
    return report


def _check_start(data: bytes, limits: Limits) -> None:
    if len(data) > limits.max_bytes:
        raise InputError(f"has more than {limits.max_bytes:,} bytes, the most that is read; split it", "too-large")
    if data[:4] == b"RIFF":
        raise InputError("is a RIFF wrapper around MIDI (.rmi): extract the .mid from it and use that", "not-midi")
    if data[:4] != b"MThd":
        raise InputError(
            "is no MIDI file: it should begin with 'MThd'; export it again as a Standard MIDI File", "not-midi"
        )


def _header(data: bytes) -> tuple[int, int, int]:
    """Format, declared tracks and ticks per quarter."""
    if len(data) < CHUNK.size + HEADER.size or CHUNK.unpack_from(data)[1] < HEADER.size:
        raise InputError("is cut off inside its MIDI header: fetch or export it again", "cut-off")
    kind, declared, division = HEADER.unpack_from(data, CHUNK.size)
    if kind not in (0, 1):
        raise InputError(f"is MIDI of format {kind}: formats 0 and 1 are read; export it as format 1", "not-midi")
    if division > LARGEST_DIVISION:
        raise InputError("counts time in SMPTE frames: export it with ticks per quarter note (1 to 32767)", "not-midi")
    if division == 0:
        raise InputError("has 0 ticks per quarter note: 1 to 32767 are allowed; export it again", "damaged")
    return kind, declared, division


def _chunks(data: bytes, position: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk; what follows the last one, if anything, under an empty name."""
    while position + CHUNK.size <= len(data):
        name, length = CHUNK.unpack_from(data, position)
        start, left = position + CHUNK.size, len(data) - position - CHUNK.size
        if length > left and name != b"MTrk":
            break
        if length > left:
            raise InputError(
                f"is cut off: a track claims {length:,} bytes, {left:,} are left; fetch or export it again", "cut-off"
            )
        yield name, data[start : start + length]
        position = start + length
    if position < len(data):
        yield b"", data[position:]


def _walk_all(bodies: list[bytes], limits: Limits) -> tuple[TrackEvents, ...]:
    tracks: list[TrackEvents] = []
    left, metas = limits.max_events, limits.max_metas
    for number, body in enumerate(bodies, start=1):
        try:
            tracks.append(_events(body, left))
        except InputError as error:
            reason = f"is refused at track {number}: {error}; export it again or shorten it"
            raise InputError(reason, error.code) from None
        left, metas = left - len(tracks[-1]), metas - len(tracks[-1].meta_offsets)
        if metas < 0:
            what = f"holds more than {limits.max_metas:,} texts, tempi and other meta events; export it with fewer"
            raise InputError(what, "too-much")
    return tuple(tracks)


def _events(body: bytes, most: int) -> TrackEvents:
    """The events of one track, by the quicker of the two ways that give the same."""
    track = sweep(body) if len(body) >= SWEPT else None
    return walk(body, most) if track is None or len(track) > most else track


def _check_length(report: ScanReport, limits: Limits) -> None:
    if report.end > limits.max_ticks:
        raise InputError(f"runs for {report.end:,} ticks: at most {limits.max_ticks:,} are read; split it", "too-much")
    if report.longest_s > limits.max_duration_s and report.duration_s > limits.max_duration_s:
        hours = limits.max_duration_s / 3600
        raise InputError(
            f"runs for {report.duration_s / 3600:,.1f} hours: at most {hours:g} are read; split it", "too-much"
        )
