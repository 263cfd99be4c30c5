"""Bach's four-part chorales, as they come with the installed package music21.

music21 reads each file in a limited child process, and what it gives is judged there: one part each for soprano, alto,
tenor and bass, on the grid of 16ths, one note at a time; any other file is left out and counted. Ties are held,
rests, pickups, changes of metre, fermatas and key signatures are kept; repeats are not played out.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ...errors import InputError
from ...isolate import isolated, read_message, write_message
from ...score import Score
from ...voices import NAMES
from ..origin import Origin, opened
from ..source import SPLITS, Parser, Piece, RawFile, Source, Split
from ..tunes import divided
from .folder import ids

SUFFIXES = (".mxl", ".musicxml", ".xml", ".krn")
TICKS_PER_QUARTER = 4
COMPOSER = "Johann Sebastian Bach"
PACKAGE, FOLDER = "music21", "corpus/bach"
MEMORY_MB, TIMEOUT_S = 1024, 30.0  # music21 alone takes about 200 MB and, cold, seconds


def installed() -> Path:
    """The folder of the chorales in the installed music21. Raises MissingData where there is none."""
    from ...notation.extra import require

    require(PACKAGE, "the corpus chorales")
    spec = find_spec(PACKAGE)
    return Path(next(iter((spec and spec.submodule_search_locations) or [""]))) / FOLDER


def pieces(origin: Path, split: Split) -> Iterator[RawFile]:
    """Every score at ``origin``, sorted by name; its split is found when all are read. Raises InputError."""
    with opened(origin) as folder:
        names = [name for name in folder.names if "/" not in name and name.endswith(SUFFIXES)]
        if not names:
            raise InputError(f"{origin}: holds no score that ends in {', '.join(SUFFIXES)}; install music21 anew")
        titles = _titles()
        for name, id in zip(names, ids(names), strict=True):
            yield _file(folder, name, id, titles, len(names))


def parse_packed(data: bytes, name: str, limits: Mapping[str, Any]) -> bytes:
    """The chorale in a file as a parcel: for a child process. Raises InputError."""
    from ...midi import ImportReport
    from ...midi.parcel import pack
    from ...notation.containers import KINDS, text_of
    from ...notation.streams import score_of

    kind = KINDS[PurePosixPath(name).suffix]
    try:
        score, report = score_of(text_of(data, kind), kind)
        if report.off_grid or score.ticks_per_quarter != TICKS_PER_QUARTER:
            raise InputError(f"has {report.off_grid} notes between the 16ths: {'; '.join(report.places)}", "off-grid")
        score = four_voices(score)
    except InputError as error:
        raise InputError(f"{name}: {error}", error.code) from None
    return pack(score, ImportReport(name=name, notes=len(score)))


def titles_packed(data: bytes) -> bytes:
    """The titles of Bach's chorales by BWV number, as music21 has them: for a child process."""
    known = import_module("music21.corpus.chorales").ChoraleListRKBWV()
    return write_message({str(number): str(row["title"]) for number, row in known.byBWV.items()})


def four_voices(score: Score) -> Score:
    """``score`` with its voices in order. Raises InputError where it has others, or two notes at once in one."""
    from ...notation.bars import place

    if sorted(score.tracks) != sorted(NAMES):
        raise InputError(f"has {len(score.tracks)} parts, not one each for {', '.join(NAMES)}", "voices")
    notes = score.notes.copy()
    notes["track"] = np.array([NAMES.index(name) for name in score.tracks])[notes["track"]]
    for number, name in enumerate(NAMES):
        own = notes[notes["track"] == number]
        early = np.flatnonzero((own["onset"] + own["duration"])[:-1] > own["onset"][1:])
        if len(early):
            where = place(score, int(own["onset"][early[0] + 1]))
            raise InputError(f"has two notes at once in the {name.lower()}, {where}", "overlap")
    return replace(score, notes=notes, tracks=NAMES)


def _titles() -> dict[str, str]:
    told = isolated(titles_packed, b"", memory_mb=MEMORY_MB, timeout_s=TIMEOUT_S, subject="music21's list of chorales")
    return {str(number): str(title) for number, title in dict(read_message(told)[0]).items()}


def _file(folder: Origin, name: str, id: str, titles: Mapping[str, str], total: int) -> RawFile:
    number = PurePosixPath(name).stem.removeprefix("bwv")
    title = f"{titles[number]} (BWV {number})" if number in titles else f"BWV {number}"
    try:
        data, refusal = folder.read(name), None
    except InputError as error:
        data, refusal = b"", error
    piece = Piece(id, SPLITS[0], title, name, hashlib.sha256(data).hexdigest(), COMPOSER, kind="chorale")
    return RawFile(piece, data, refusal, total)


CHORALES = Source(
    name="chorales",
    licence="public domain",
    credit=(
        f"{COMPOSER}, in the public domain; encoded by Margaret Greentree and others, and distributed with music21, "
        "Michael Scott Asato Cuthbert and contributors"
    ),
    homepage="https://github.com/cuthbertLab/music21",
    archive_url="",
    official_splits=False,
    pieces=pieces,
    parser=Parser(parse_packed, MEMORY_MB, TIMEOUT_S),
    installed=installed,
    divide=divided,
)
