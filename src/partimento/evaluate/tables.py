"""The tables of an evaluation, as values."""

import math
from collections.abc import Sequence

from ..audit import FEATURES
from .cells import CellRow
from .likelihood import Material, Row
from .samples import MEASURES, Heard
from .table import Cell, Head, Table
from .units import UNITS, Estimate


def tables_of(rows: Sequence[Row], heard: Sequence[Heard] = ()) -> list[Table]:
    """All that there is something to say in."""
    made = [*_likelihoods(rows), _accuracies(rows)] if rows else []
    return [table for table in (*made, *_listenings(heard)) if table.rows]


def comparable(rows: Sequence[Row | CellRow]) -> list[str]:
    """A letter for each row: those that share it predicted the same of the same pieces."""
    known: dict[tuple[str, ...], str] = {}
    return [known.setdefault(row.claim, _letter(len(known))) for row in rows]


def place(each: Material) -> str:
    """Corpus and split."""
    return f"{each.corpus.folder.name} {each.split}"


def _likelihoods(rows: Sequence[Row]) -> list[Table]:
    """The headline units; then the rest of them, and the columns."""
    letters, columns = comparable(rows), _columns(rows)
    rest = [unit for unit in UNITS[3:] if any(unit.name in row.units for row in rows)]
    first, second = [], []
    for row, letter in zip(rows, letters, strict=True):
        named = [Cell(row.name), Cell(place(row.material)), Cell(letter)]
        first.append((*named, *(estimated(row.units.get(unit.name)) for unit in UNITS[:3])))
        cells = [_number(row.by_column.get(name, math.nan)) for name in columns]
        said = [*named, Cell(row.material.codec_text)]
        second.append((*said, *(estimated(row.units.get(unit.name)) for unit in rest), *cells))
    names = [Head(""), Head("corpus"), Head("compare")]
    heads = (*names, *(Head(unit.label, -1) for unit in UNITS[:3]))
    wide = (*names, Head("codec"), *(Head(unit.label, -1) for unit in rest), *(Head(name, -1) for name in columns))
    within = tuple(f"{letter} {row.material.codec_text}" for row, letter in zip(rows, letters, strict=True))
    return [Table("", heads, tuple(first), tuple(letters)), Table("", wide, tuple(second), within)]


def _accuracies(rows: Sequence[Row]) -> Table:
    """Shares of cells guessed, and mean absolute errors in natural units."""
    scored = [row for row in rows if row.accuracy.share]
    columns = list(dict.fromkeys(name for row in scored for name in row.accuracy.share))
    errors = list(dict.fromkeys((name, unit) for row in scored for name, unit in row.accuracy.units.items()))
    letters = dict(zip(map(id, rows), comparable(rows), strict=True))
    heads = [Head(""), Head("corpus"), Head("compare"), Head("codec")]
    heads += [Head(f"{name} right", 1) for name in columns]
    heads += [Head(f"{name} off by ({unit})", -1) for name, unit in errors]
    body, groups = [], []
    for row in scored:
        shares = [estimated(row.accuracy.share.get(name), "{:.2%}") for name in columns]
        missed = [estimated(row.accuracy.error.get(name)) for name, _ in errors]
        named = [row.name, place(row.material), letters[id(row)], row.material.codec_text]
        body.append((*map(Cell, named), *shares, *missed))
        groups.append(f"{letters[id(row)]} {row.material.codec_text}")
    return Table("Accuracy", tuple(heads), tuple(body), tuple(groups))


def _listenings(heard: Sequence[Heard]) -> list[Table]:
    """Overlaps with real music, and what is counted of each piece."""
    groups = tuple(f"{each.corpus} {each.split}" if each.kind == "model" else "" for each in heard)
    names = (Head(""), Head("corpus"), Head("pieces"))
    overlap = (*names, *(Head(name, 1) for name in FEATURES), Head("mean overlap", 1), Head("mean divergence", -1))
    first, second = [], []
    for each in heard:
        named = Cell(each.name), Cell(f"{each.corpus} {each.split}"), Cell(str(each.pieces))
        areas = (estimated(each.overlap[name].area) for name in FEATURES)
        first.append((*named, *areas, _number(each.mean_overlap), _number(each.mean_divergence)))
        second.append((*named, *(estimated(each.measures[measure.name]) for measure in MEASURES)))
    counted = (*names, *(Head(measure.label) for measure in MEASURES))
    return [
        Table("Overlap with real music", overlap, tuple(first), groups),
        Table("What is heard in a piece", counted, tuple(second), groups),
    ]


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.by_column))


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else str(number + 1)


def estimated(estimate: Estimate | None, form: str = "") -> Cell:
    """A figure with its interval; nothing of None."""
    if estimate is None:
        return Cell("")
    texts = [form.format(each) if form else _text(each) for each in (estimate.value, estimate.low, estimate.high)]
    known = not math.isnan(estimate.low) and not math.isnan(estimate.value)
    return Cell(
        f"{texts[0]} ({texts[1]} to {texts[2]})" if known else _number(estimate.value, form).text, estimate.value
    )


def _number(value: float, form: str = "") -> Cell:
    return Cell("" if math.isnan(value) else form.format(value) if form else _text(value), value)


def _text(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"
