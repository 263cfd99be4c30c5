"""An evaluation for people and programs: a table, its conditions, what may be compared, what codecs lose."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from .likelihood import Material, Row
from .units import FEWEST, UNITS, Estimate

FORMAT = 1
INTERVALS = f"Intervals are 95 % bootstraps over pieces, from {FEWEST} pieces on. Nats by column are per row."
ANCHORS = (
    "Anchors are counted on the training split: unigram (each column by its counts), bigram (given the same column "
    "of the row before), repeat (the row before again, or else the unigram)."
)
COMPARE = "Compare per note and per second within a letter alone; per row and by column within one codec of a letter"


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Everything, as nested plain values."""
    letters = comparable(rows)
    materials = _materials(rows)
    return {
        "format": FORMAT,
        "rows": [_row(row, letter) for row, letter in zip(rows, letters, strict=True)],
        "codecs": [_material(each) for each in materials],
    }


def markdown(rows: Sequence[Row]) -> str:
    """The same as a page."""
    parts = [_piped(table) for table in _tables(rows)]
    notes = [f"- {line}" for line in remarks(rows)]
    return "\n".join(["# Likelihood", "", *(line for part in parts for line in (*part, "")), *notes, ""])


def lines(rows: Sequence[Row]) -> list[str]:
    """The same for a terminal."""
    parts = [_aligned(table) for table in _tables(rows)]
    return [*(line for part in parts for line in (*part, "")), *remarks(rows)]


def comparable(rows: Sequence[Row]) -> list[str]:
    """A letter for each row: those that share it predicted the same of the same pieces."""
    known: dict[tuple[str, ...], str] = {}
    return [known.setdefault(row.material.claim, _letter(len(known))) for row in rows]


def remarks(rows: Sequence[Row]) -> list[str]:
    """Conditions, units, what may be compared, and what each codec cannot say, a line each."""
    return [*_conditions(rows), *_comparisons(rows), *(line for each in _materials(rows) for line in _losses(each))]


def _tables(rows: Sequence[Row]) -> list[list[list[str]]]:
    """The headline units; then the rest of them, and the columns."""
    letters, heads, columns = comparable(rows), UNITS[:3], _columns(rows)
    rest = [unit for unit in UNITS[3:] if any(unit.name in row.units for row in rows)]
    first = [["", "corpus", "compare", *(unit.label for unit in heads)]]
    second = [["", "corpus", "compare", "codec", *(unit.label for unit in rest), *columns]]
    for row, letter in zip(rows, letters, strict=True):
        first.append([row.name, _place(row.material), letter, *(_shown(row.units.get(u.name)) for u in heads)])
        cells = [_number(row.by_column.get(name, math.nan)) for name in columns]
        said = [row.name, _place(row.material), letter, row.material.codec_text]
        second.append([*said, *(_shown(row.units.get(u.name)) for u in rest), *cells])
    return [first, second]


def _conditions(rows: Sequence[Row]) -> list[str]:
    said = [INTERVALS]
    for row in rows:
        if row.conditions is not None:
            said.append(f"{row.name} on {_held(row)}: {_windows(row)}")
    for each in _materials(rows):
        name = f"{each.codec_text} on {_place(each)}"
        row = next(row for row in rows if row.material is each)
        if _tokens(row):
            said.append(f"{name}: Performance tokens, {_tokens(row)}")
        if row.without_velocity:
            share = f"{row.without_velocity} of {len(each.pieces)} pieces"
            said.append(f"{name}: in {share} velocity is not counted (they have three velocities or fewer)")
    return said


def _tokens(row: Row) -> str:
    """How many Performance tokens there are to a note, and who counted; empty where the codec says something else."""
    if row.material.tokens_per_note:
        return f"{row.material.tokens_per_note} to a note, as the literature counts on this split of MAESTRO v3"
    counted = float(row.material.tokens.sum())
    return f"{counted / max(row.held['notes'], 1):.3f} to a note, counted here by the codec performance" * (counted > 0)


def _comparisons(rows: Sequence[Row]) -> list[str]:
    """What the anchors are, and which rows stand beside each other in which units."""
    anchors = [ANCHORS] if any(row.kind == "anchor" for row in rows) else []
    return [*anchors, f"{COMPARE}: other rows predict other things, or other pieces."]


def _losses(each: Material) -> list[str]:
    measured = f"{each.codec_text} on {_place(each)}: {each.fidelity.text}"
    return (
        [measured, f"{each.codec_text} cannot say: {'; '.join(each.codec.unsaid)}"] if each.codec.unsaid else [measured]
    )


def _windows(row: Row) -> str:
    asked = row.conditions
    assert asked is not None
    return f"context {asked.context} rows, stride {asked.stride}, {asked.precision}, no control said"


def _held(row: Row) -> str:
    notes, rows = (f"{row.held[name]:,.0f} {name}" for name in ("notes", "rows"))
    return f"{len(row.material.pieces)} pieces of {_place(row.material)}, each whole, {notes}, {rows}"


def _place(each: Material) -> str:
    return f"{each.corpus.folder.name} {each.split}"


def _row(row: Row, letter: str) -> dict[str, Any]:
    asked = row.conditions
    figures = {name: estimate.value for name, estimate in row.units.items()}
    return {
        "name": row.name,
        "kind": row.kind,
        "corpus": row.material.corpus.folder.name,
        "fingerprint": row.material.corpus.fingerprint,
        "split": row.material.split,
        "codec": row.material.codec_text,
        "compare": letter,
        "pieces": len(row.material.pieces),
        **row.held,
        **figures,
        "intervals_95": {name: [estimate.low, estimate.high] for name, estimate in row.units.items()},
        "by_column": row.by_column,
        "context": asked.context if asked else None,
        "stride": asked.stride if asked else None,
        "precision": asked.precision if asked else None,
        "pieces_without_velocity": row.without_velocity,
        "performance_tokens": _tokens(row) or None,
    }


def _material(each: Material) -> dict[str, Any]:
    place = {"codec": each.codec_text, "corpus": each.corpus.folder.name, "split": each.split}
    return {**place, "unsaid": list(each.codec.unsaid), "measured": each.fidelity.to_json()}


def _materials(rows: Iterable[Row]) -> list[Material]:
    """Each once, in order."""
    return list({id(row.material): row.material for row in rows}.values())


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.by_column))


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else str(number + 1)


def _shown(estimate: Estimate | None) -> str:
    if estimate is None or math.isnan(estimate.low):
        return _number(estimate.value) if estimate else ""
    return f"{_number(estimate.value)} ({_number(estimate.low)} to {_number(estimate.high)})"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]


def _piped(table: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; a bar in a name would end its cell."""
    safe = [[cell.replace("|", "\\|") for cell in line] for line in table]
    head, *body = (f"| {' | '.join(line)} |" for line in safe)
    return [head, f"|{' --- |' * len(table[0])}", *body]
