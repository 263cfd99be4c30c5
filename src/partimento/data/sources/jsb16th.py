"""Jsb16thSeparated.json: the 382 chorales of the literature's figures, four pitches to a 16th, split 229/76/77.

A pitch that comes again may have been held or struck again: the file does not say. So its pieces are of the kind
FRAMES, for the codec ``chorale`` without ``hold``, and no likelihood on them is compared with one with holds.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...codecs.chorale_cells import REST, joined, notes_of
from ...errors import InputError
from ...score import Score
from ...units import PITCHES
from ...voices import NAMES, VOICES
from ..source import FRAMES, Parser, Piece, RawFile, Source, Split

FILE = "Jsb16thSeparated.json"
COUNTS = {"train": 229, "valid": 76, "test": 77}  # pieces, by the names of the file
SPLIT_OF = {"train": "train", "valid": "validation", "test": "test"}
SILENT = -1  # in the file
TICKS_PER_QUARTER = 4
MOST_BYTES = 64 * 2**20


def pieces(origin: Path, split: Split) -> Iterator[RawFile]:
    """Every piece, in the order of the file; ``split`` is ignored for the official one. Raises InputError."""
    path = origin / FILE if origin.is_dir() else origin
    found = _read(path)
    for name, count in COUNTS.items():
        for number in range(count):
            data = json.dumps(found[name][number]).encode()
            sha256 = hashlib.sha256(f"{name} {number} ".encode() + data).hexdigest()
            title = f"{name} {number}"
            piece = Piece(f"{name}-{number:03}", SPLIT_OF[name], title, f"{FILE}: {title}", sha256, kind=FRAMES)
            yield RawFile(piece, data, total=sum(COUNTS.values()))


def parse_packed(data: bytes, name: str, limits: Mapping[str, Any]) -> bytes:
    """The piece whose frames are ``data`` as a parcel: for a child process. Raises InputError."""
    from ...midi import ImportReport
    from ...midi.parcel import pack

    score = score_of(json.loads(data), name)
    return pack(score, ImportReport(name=name, notes=len(score)))


def score_of(frames: Any, name: str) -> Score:
    """The Score of a list of four pitches to each 16th, -1 for silence. Raises InputError."""
    try:
        cells = np.array(frames, np.int16).reshape(-1, len(VOICES))
        if len(cells) != len(frames) or cells.min(initial=0) < SILENT or cells.max(initial=0) >= PITCHES:
            raise ValueError("a pitch that is none")
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(
            f"{name}: is no list of four pitches to a frame ({error}); fetch it again", "damaged"
        ) from None
    notes = notes_of(joined(np.where(cells == SILENT, REST, cells)), ticks=1)
    return Score(notes, TICKS_PER_QUARTER, tracks=NAMES)


def _read(path: Path) -> dict[str, list[Any]]:
    """The content of the file. Raises InputError where it is missing or another."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MOST_BYTES))
        counts = {name: len(found[name]) for name in COUNTS}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(
            f"{path}: is not {FILE} ({reason}); name it, or its folder, with --from", "unreadable"
        ) from None
    if counts != COUNTS:
        told = "/".join(map(str, counts.values()))
        raise InputError(f"{path}: is split {told}, not 229/76/77 as {FILE}; fetch it again", "damaged")
    return found


JSB_16TH = Source(
    name="jsb-16th",
    licence="public domain",
    credit="Johann Sebastian Bach, in the public domain; frames and split: the JSB Chorales dataset",
    homepage="https://github.com/czhuang/JSB-Chorales-dataset",
    archive_url="",
    official_splits=True,
    pieces=pieces,
    remarks=(
        "Whether a pitch is held or struck again is not known of this corpus: a pitch that comes again is one note.",
    ),
    parser=Parser(parse_packed),
)
