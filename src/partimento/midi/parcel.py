"""A Score and its report as bytes from a process that a hostile file may have taken over.

A line of JSON, then the rows of each table as they lie in memory. What type they are is not in the
bytes, only how many; and whatever comes out is held against the bounds of what a parse can give.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from ..errors import InputError
from ..isolate import read_message, write_message
from ..score import TABLES, Array, Score
from ..units import MAX_VELOCITY, MICROSECONDS_PER_MINUTE, PITCHES
from .events import LONGEST_NAME
from .maps import LARGEST_UNIT_POWER, MOST_MICROSECONDS, MOST_SHARPS
from .report import ImportReport
from .scan import LARGEST_DIVISION, Limits
from .told import whose

MOST_COUNT = 2**31 - 1
BOUNDS: dict[str, dict[str, tuple[float, float]]] = {  # of a table's fields: the least and the most
    "notes": {
        "onset": (0, MOST_COUNT),
        "duration": (1, MOST_COUNT),
        "pitch": (0, PITCHES - 1),
        "velocity": (1, MAX_VELOCITY),
    },
    "pedals": {"onset": (0, MOST_COUNT), "release": (1, MOST_COUNT)},
    "tempi": {
        "onset": (0, MOST_COUNT),
        "quarters_per_minute": (MICROSECONDS_PER_MINUTE / MOST_MICROSECONDS, MICROSECONDS_PER_MINUTE),
    },
    "metres": {"onset": (0, MOST_COUNT), "beats": (1, 255)},
    "keys": {"onset": (0, MOST_COUNT), "sharps": (-MOST_SHARPS, MOST_SHARPS)},
    "fermatas": {"onset": (0, MOST_COUNT)},
}
UNITS = [1 << power for power in range(LARGEST_UNIT_POWER + 1)]  # of a metre


def pack(score: Score, report: ImportReport) -> bytes:
    """The parcel of what ``parse`` gave, without the name of the file, which whoever unpacks it knows."""
    head = {
        "rows": [len(getattr(score, name)) for name in TABLES],
        "ticks_per_quarter": score.ticks_per_quarter,
        "tracks": list(score.tracks),
        "title": score.title,
        "report": report.to_json(),
    }
    return write_message(head, b"".join(getattr(score, name).tobytes() for name in TABLES))


def unpack(parcel: bytes, name: str, limits: Limits) -> tuple[Score, ImportReport]:
    """The Score and the report in a parcel from the file called ``name``.

    Raises InputError for what no parse within ``limits`` gives, and nothing else, whatever the bytes are.
    """
    try:
        score, report = _unpacked(parcel, name)
        _check_score(score, limits)
    except ValueError as error:
        reason = f"{name}: decoding it gave {error}, so it is refused; check where the file is from"
        raise InputError(reason, "damaged") from None
    return score, report


def _unpacked(parcel: bytes, name: str) -> tuple[Score, ImportReport]:
    match read_message(parcel):
        case {
            "rows": list(rows),
            "ticks_per_quarter": int(ticks),
            "tracks": list(tracks),
            "title": str(title),
            "report": dict(told),
        }, body:
            _require(
                _are(str, tracks) and max(map(len, tracks), default=0) <= LONGEST_NAME, "tracks without names that fit"
            )
            tables, report = _tables(rows, body), _report(told, name)
            origin = whose(name, report.texts)
            score = Score(ticks_per_quarter=ticks, tracks=tuple(tracks), title=title, provenance=origin, **tables)
            return score, report
    raise ValueError("an answer of another form")


def _tables(rows: list[Any], body: bytes) -> dict[str, Array]:
    """The tables of a Score, their values within BOUNDS."""
    _require(len(rows) == len(TABLES) and _are(int, rows), "no counts of rows")
    sizes = [count * dtype.itemsize for count, dtype in zip(rows, TABLES.values(), strict=True)]
    _require(min(sizes) >= 0 and sum(sizes) == len(body), "more or fewer rows than it said")
    ends = np.cumsum(sizes).tolist()
    parts = zip(TABLES.items(), sizes, ends, strict=True)
    tables = {name: np.frombuffer(body[end - size : end], dtype) for (name, dtype), size, end in parts}
    for name, bounds in BOUNDS.items():
        for column, (low, high) in bounds.items():
            values = tables[name][column]
            _require(bool(((values >= low) & (values <= high)).all()), f"{name} with an impossible {column}")
    return tables


def _check_score(score: Score, limits: Limits) -> None:
    """What spans several fields. Raises ValueError."""
    _require(1 <= score.ticks_per_quarter <= LARGEST_DIVISION, "impossible ticks per quarter")
    _require(0 < len(score.tracks) <= limits.max_tracks, "an impossible number of tracks")
    _require(len(score) <= limits.max_events, "more notes than the file has events")
    for table in (score.notes, score.pedals):
        _require(table["track"].max(initial=0) < len(score.tracks), "music on a track that is not there")
    _require(bool((score.pedals["onset"] < score.pedals["release"]).all()), "a pedal released before it is pressed")
    _require(bool(np.isin(score.metres["unit"], UNITS).all()), "metres with an impossible unit")
    _require(bool((score.keys["minor"].view(np.uint8) <= 1).all()), "keys that are neither major nor minor")
    _require(score.end <= limits.max_ticks and score.duration_s <= limits.max_duration_s, "music that is too long")


def _report(told: Mapping[str, Any], name: str) -> ImportReport:
    counted = [f.name for f in fields(ImportReport) if f.name not in ("name", "texts")]
    texts: Any = told.get("texts")
    counts: dict[str, Any] = {key: told.get(key) for key in counted}
    _require(isinstance(texts, list) and _are(str, texts), "texts that are none")
    _require(_are(int, counts.values()) and min(counts.values()) >= 0, "impossible counts")
    return ImportReport(name=name, texts=tuple(texts), **counts)


def _are(kind: type, values: Iterable[object]) -> bool:
    return all(type(value) is kind for value in values)


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)
