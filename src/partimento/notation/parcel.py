"""A Score and its report as bytes from a process that a hostile file may have taken over: JSON, held against bounds."""

from typing import Any

import numpy as np

from ..errors import InputError
from ..isolate import read_message, write_message
from ..midi.parcel import BOUNDS, UNITS
from ..score import TABLES, Array, Provenance, Score, table
from .report import COUNTED, MOST_PLACES, ReadReport

MOST_NOTES, MOST_TRACKS, MOST_LETTERS = 100_000, 64, 200
MOST_TICKS_PER_QUARTER = 10_080
TABLES_READ = [name for name in TABLES if name != "pedals"]
ORIGIN = ("composer", "licence")  # of a Provenance, what a file may say


def pack(score: Score, report: ReadReport) -> bytes:
    """The parcel of what was read, without the name of the file, which whoever unpacks it knows."""
    return write_message(
        {
            "tables": {name: getattr(score, name).tolist() for name in TABLES_READ},
            "ticks_per_quarter": score.ticks_per_quarter,
            "tracks": list(score.tracks),
            "title": score.title,
            "origin": {name: getattr(score.provenance, name) for name in ORIGIN},
            "report": report.to_json(),
        }
    )


def unpack(parcel: bytes, name: str) -> tuple[Score, ReadReport]:
    """The Score and the report in a parcel from the file called ``name``. Raises InputError for any other bytes."""
    try:
        told = read_message(parcel)[0]
        score = _score(told, name)
        return score, _report(told["report"], name)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        reason = f"{name}: reading it gave {str(error) or 'nonsense'}, so it is refused; check where the file is from"
        raise InputError(reason, "damaged") from None


def _score(told: dict[str, Any], name: str) -> Score:
    tables = {key: _table(key, told["tables"][key]) for key in TABLES_READ}
    ticks, tracks = told["ticks_per_quarter"], tuple(_text(track) for track in told["tracks"])
    _require(type(ticks) is int and 1 <= ticks <= MOST_TICKS_PER_QUARTER, "impossible ticks per quarter")
    _require(0 < len(tracks) <= MOST_TRACKS, "an impossible number of tracks")
    _require(tables["notes"]["track"].max(initial=0) < len(tracks), "music on a track that is not there")
    _require(bool(np.isin(tables["metres"]["unit"], UNITS).all()), "metres with an impossible unit")
    origin = Provenance(source=name, **{key: _text(told["origin"][key]) for key in ORIGIN})
    return Score(ticks_per_quarter=ticks, tracks=tracks, title=_text(told["title"]), provenance=origin, **tables)


def _table(name: str, rows: list[list[float]]) -> Array:
    _require(isinstance(rows, list) and len(rows) <= MOST_NOTES, "more rows than a score has")
    for column, (low, high) in zip(TABLES[name].names or (), _bounds(name), strict=True):
        values = [row[(TABLES[name].names or ()).index(column)] for row in rows]
        _require(all(isinstance(v, int | float) and low <= v <= high for v in values), f"{name} with a wrong {column}")
    return table(TABLES[name], [tuple(row) for row in rows])


def _bounds(name: str) -> list[tuple[float, float]]:
    """The least and the most of each column of a table; of those without bounds, what every type holds."""
    return [BOUNDS[name].get(column, (0, 255)) for column in TABLES[name].names or ()]


def _report(told: dict[str, Any], name: str) -> ReadReport:
    places = told["places"]
    counts = {key: told[key] for key in COUNTED}
    _require(all(type(count) is int and count >= 0 for count in counts.values()), "impossible counts")
    _require(isinstance(places, list) and len(places) <= MOST_PLACES, "impossible places")
    return ReadReport(name=name, places=tuple(map(_text, places)), **counts)


def _text(text: object) -> str:
    _require(isinstance(text, str) and len(text) <= MOST_LETTERS, "a text that does not fit")
    return str(text)


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)
