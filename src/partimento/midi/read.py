"""A MIDI file to a Score: scanned, repaired and decoded track by track, checked against the scan.

A track of the Score is a MIDI track, or each (channel, program) of one that plays several. A first
MIDI track of format 1 that plays nothing is the conductor; the first track's name is the title.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..isolate import isolated
from ..score import NOTE, PEDAL, Score
from .decode import Part, cut_overlaps, decode, numbered, plays, silent_part
from .dropped import dropped_events
from .events import TEXT
from .maps import read_keys, read_metres
from .parcel import pack, unpack
from .report import DROPPED_EVENTS, ImportReport
from .scan import LIMITS, Limits, ScanReport, scan
from .told import whose

UNNAMED = "Piano"


def read(path: Path | str, limits: Limits = LIMITS) -> tuple[Score, ImportReport]:
    """The Score in a file, and what was dropped or repaired. Raises InputError."""
    return parse(_bytes(Path(path), limits), Path(path).name, limits)


def read_isolated(path: Path | str, limits: Limits = LIMITS) -> tuple[Score, ImportReport]:
    """As ``read``, but scanned here and decoded in a limited child process: for a file from outside."""
    return parse_isolated(_bytes(Path(path), limits), Path(path).name, limits)


def parse_isolated(data: bytes, name: str, limits: Limits = LIMITS) -> tuple[Score, ImportReport]:
    """As ``parse``, but scanned here and decoded in a limited child process: for bytes from outside."""
    _scanned(data, name, limits)
    return unpack(isolated(parse_packed, data, name, asdict(limits), subject=name), name, limits)


def parse_packed(data: bytes, name: str, limits: Mapping[str, Any]) -> bytes:
    """What ``parse`` gives as a parcel, ``limits`` by field: for a child process. Raises InputError."""
    return pack(*parse(data, name, Limits(**limits)))


def parse(data: bytes, name: str, limits: Limits = LIMITS) -> tuple[Score, ImportReport]:
    """The Score in the bytes of a MIDI file called ``name``, and what was dropped or repaired.

    A file without notes gives an empty Score. Raises InputError.
    """
    found = _scanned(data, name, limits)
    parts = _parts(found, name, limits.max_tracks)
    return _assembled(parts, found, name)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path.name or path} is no file: give a MIDI file (.mid, .midi)", "unreadable")
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path.name} can't be read: {reason}; give a MIDI file (.mid, .midi)", "unreadable") from None


def _scanned(data: bytes, name: str, limits: Limits) -> ScanReport:
    try:
        return scan(data, limits)
    except InputError as error:
        raise InputError(f"{name} {error}", error.code) from None


def _parts(found: ScanReport, name: str, most: int) -> list[Part]:
    """The parts of all tracks but a silent conductor."""
    parts: list[Part] = []
    for index, track in enumerate(found.tracks):
        conductor = index == 0 and found.format == 1 and not plays(track)
        parts += decode(track) or ([] if conductor else [silent_part(track)])
        if len(parts) > most:
            what = f"plays more than {most} parts (channels and programs); export it with fewer"
            raise InputError(f"{name} {what}", "too-much")
    return parts


def _assembled(parts: list[Part], found: ScanReport, name: str) -> tuple[Score, ImportReport]:
    kept = [part for part in parts if not part.drums] or [Part(UNNAMED, np.zeros(0, NOTE), np.zeros(0, PEDAL))]
    notes, overlaps, zero_length = cut_overlaps(numbered([part.notes for part in kept]))
    metres, bad_metres = read_metres(found.tracks)
    keys, bad_keys = read_keys(found.tracks)
    score = Score(
        notes,
        found.ticks_per_quarter,
        pedals=numbered([part.pedals for part in kept]),
        tempi=found.tempi,
        metres=metres,
        keys=keys,
        tracks=tuple(part.name or UNNAMED for part in kept),
        title=found.tracks[0].name,
        provenance=whose(name, found.tracks[0].texts(TEXT)),
    )
    report = replace(
        _counted(found, parts, name),
        notes=len(notes),
        overlaps=overlaps,
        zero_length=zero_length,
        bad_metres=bad_metres,
        bad_keys=bad_keys,
    )
    return score, report


def _counted(found: ScanReport, parts: list[Part], name: str) -> ImportReport:
    """What the scan and the parts know of what was dropped or repaired."""
    surplus = found.tracks_found - found.tracks_declared
    dropped = [dropped_events(track, i == 0) for i, track in enumerate(found.tracks)]
    return ImportReport(
        name=name,
        unclosed=sum(part.unclosed for part in parts),
        drums=sum(len(part.notes) for part in parts if part.drums),
        unread=found.note_ons - sum(len(part.notes) for part in parts),
        pedals_left_down=sum(part.pedals_left_down for part in parts if not part.drums),
        orphan_pedals=sum(part.orphan_pedals for part in parts if not part.drums),
        zero_tempi=found.zero_tempi,
        missing_tracks=max(-surplus, 0),
        undeclared_tracks=max(surplus, 0),
        alien_chunks=found.alien_chunks,
        trailing_bytes=found.trailing_bytes,
        texts=tuple(found.tracks[0].texts(TEXT)),
        **{kind: sum(counts[kind] for counts in dropped) for kind in DROPPED_EVENTS},
    )
