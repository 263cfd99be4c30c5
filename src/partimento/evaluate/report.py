"""An evaluation for people and programs: a table, its conditions, what may be compared, what codecs lose."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .cells import CellRow
from .chorale_tables import cell_json, cell_remarks, cell_tables, letters_of
from .likelihood import Material, Row
from .samples import Heard
from .table import Table, aligned, piped
from .tables import comparable, place, tables_of
from .units import FEWEST, Estimate

FORMAT = 1
INTERVALS = f"Intervals are 95 % bootstraps over pieces, from {FEWEST} pieces on. Nats by column are per row."
ANCHORS = (
    "Anchors are counted on the training split: unigram (each column by its counts), bigram (given the same column "
    "of the row before), repeat (the row before again, or else the unigram)."
)
COMPARE = "Compare per note and per second within a letter alone; per row and by column within one codec of a letter"
OTHERS = "other rows predict other things, or other pieces."
COMPARED = f"Compare rows of chorales within a letter (compare a, b, ...) alone: {OTHERS}"


ACCURACY = (
    "Accuracy is the share of cells whose likeliest id is the right one, given all before; beside it the mean "
    "absolute error of the median"
)
GUESSES = "the anchors say: unigram the commonest, bigram the commonest follower, repeat the row before"
OVERLAP = (
    "Overlap (Yang and Lerch 2020): the area under both curves of the distances among real pieces and between them and "
    "others; 1 is as near as real music to itself. Real music beside real music says what can be reached."
)


def as_json(rows: Sequence[Row], heard: Sequence[Heard] = (), cells: Sequence[CellRow] = ()) -> dict[str, Any]:
    """Everything, as nested plain values."""
    letters = comparable(rows)
    materials = _materials([*rows, *cells])
    return {
        "format": FORMAT,
        "rows": [_row(row, letter) for row, letter in zip(rows, letters, strict=True)],
        "cells": [cell_json(row, letter) for row, letter in zip(cells, letters_of(cells, rows), strict=True)],
        "codecs": [_material(each) for each in materials],
        "samples": [_heard(each) for each in heard],
    }


def markdown(rows: Sequence[Row], heard: Sequence[Heard] = (), cells: Sequence[CellRow] = ()) -> str:
    """The same as a page."""
    parts = [piped(table) for table in every_table(rows, heard, cells)]
    notes = [f"- {line}" for line in remarks(rows, heard, cells)]
    title = "# Likelihood" if rows or cells else "# Evaluation"
    return "\n".join([title, "", *(line for part in parts for line in (*part, "")), *notes, ""])


def lines(rows: Sequence[Row], heard: Sequence[Heard] = (), cells: Sequence[CellRow] = ()) -> list[str]:
    """The same for a terminal."""
    parts = [aligned(table) for table in every_table(rows, heard, cells)]
    return [*(line for part in parts for line in (*part, "")), *remarks(rows, heard, cells)]


def every_table(rows: Sequence[Row], heard: Sequence[Heard] = (), cells: Sequence[CellRow] = ()) -> list[Table]:
    """All that there is something to say in."""
    return [*tables_of(rows, heard), *cell_tables(cells, rows)]


def remarks(rows: Sequence[Row], heard: Sequence[Heard] = (), cells: Sequence[CellRow] = ()) -> list[str]:
    """Conditions, units, what may be compared, and what each codec cannot say, a line each."""
    measured = [*_conditions(rows), *_comparisons(rows)] if rows else []
    scored = [row.kind for row in rows if row.accuracy.share]
    guessed = [f"{ACCURACY}; {GUESSES}." if "anchor" in scored else f"{ACCURACY}."] if scored else []
    listened = [OVERLAP] if heard else []
    listened += [f"{each.name} on {each.corpus} {each.split}: {each.conditions}" for each in heard]
    materials = _materials([*rows, *cells])
    written = [*([] if rows else [INTERVALS, COMPARED]), *cell_remarks(cells)] if cells else []
    return [*measured, *guessed, *written, *listened, *(line for each in materials for line in _losses(each))]


def _conditions(rows: Sequence[Row]) -> list[str]:
    said = [INTERVALS]
    for row in rows:
        if row.conditions is not None:
            said.append(f"{row.name} on {_held(row)}: {_windows(row)}")
    for each in _materials(rows):
        name = f"{each.codec_text} on {place(each)}"
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
    return [*anchors, f"{COMPARE}: {OTHERS}"]


def _losses(each: Material) -> list[str]:
    measured = f"{each.codec_text} on {place(each)}: {each.fidelity.text}"
    return (
        [measured, f"{each.codec_text} cannot say: {'; '.join(each.codec.unsaid)}"] if each.codec.unsaid else [measured]
    )


def _windows(row: Row) -> str:
    asked = row.conditions
    assert asked is not None
    return f"context {asked.context} rows, stride {asked.stride}, {asked.precision}, no control said"


def _held(row: Row) -> str:
    notes, rows = (f"{row.held[name]:,.0f} {name}" for name in ("notes", "rows"))
    return f"{len(row.material.pieces)} pieces of {place(row.material)}, each whole, {notes}, {rows}"


def _row(row: Row, letter: str) -> dict[str, Any]:
    asked = row.conditions
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
        **_values(row.units),
        "intervals_95": _intervals(row.units),
        "by_column": row.by_column,
        "accuracy": _values(row.accuracy.share),
        "accuracy_95": _intervals(row.accuracy.share),
        "absolute_error": _values(row.accuracy.error),
        "absolute_error_95": _intervals(row.accuracy.error),
        "absolute_error_units": dict(row.accuracy.units),
        "context": asked.context if asked else None,
        "stride": asked.stride if asked else None,
        "precision": asked.precision if asked else None,
        "pieces_without_velocity": row.without_velocity,
        "performance_tokens": _tokens(row) or None,
    }


def _heard(each: Heard) -> dict[str, Any]:
    areas = {name: found.area for name, found in each.overlap.items()}
    return {
        "name": each.name,
        "kind": each.kind,
        "corpus": each.corpus,
        "split": each.split,
        "pieces": each.pieces,
        "conditions": each.conditions,
        "overlap": _values(areas),
        "overlap_95": _intervals(areas),
        "mean_overlap": each.mean_overlap,
        "divergence_nats": {name: found.divergence for name, found in each.overlap.items()},
        "measures": _values(each.measures),
        "measures_95": _intervals(each.measures),
    }


def _values(found: Mapping[str, Estimate]) -> dict[str, float]:
    return {name: estimate.value for name, estimate in found.items()}


def _intervals(found: Mapping[str, Estimate]) -> dict[str, list[float]]:
    return {name: [estimate.low, estimate.high] for name, estimate in found.items()}


def _material(each: Material) -> dict[str, Any]:
    place = {"codec": each.codec_text, "corpus": each.corpus.folder.name, "split": each.split}
    return {**place, "unsaid": list(each.codec.unsaid), "measured": each.fidelity.to_json()}


def _materials(rows: Iterable[Row | CellRow]) -> list[Material]:
    """Each once, in order."""
    return list({id(row.material): row.material for row in rows}.values())
