"""The tables of models that write chorales cell by cell: a set of them for each way to judge cells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .cells import FIGURES, LIKELIHOOD, MEASURES, CellRow
from .chorale_floors import HOLD_FLOOR
from .likelihood import Row
from .table import Cell, Head, Table
from .tables import comparable, estimated, place
from .units import Estimate

NONE = Cell("–")
FLOOR = f"{HOLD_FLOOR.capitalize()}: the share of cells whose voice only goes on with what it did in the cell before"
COUNTED = "Count model: Witten and Bell (1991), counted on the training split of the corpus, given what came before"
SEEN = "seen: a training soprano has half or more of a soprano's patterns of eight intervals"
LENGTH = "how long a piece is, its place in the bar and, where the corpus knows them, its key and fermatas are given"


def cell_tables(cells: Sequence[CellRow], rows: Sequence[Row] = ()) -> Iterator[Table]:
    """Nats, nats by voice and accuracy by each measure that occurs; the letters go on from those of ``rows``."""
    letters = letters_of(cells, rows)
    for measure in dict.fromkeys(row.measure for row in cells):
        some = [(row, letter) for row, letter in zip(cells, letters, strict=True) if row.measure == measure]
        yield from _measured(measure, [(row, letter) for row, letter in some if row.figures])
        yield from _accuracies(measure, some)


def letters_of(cells: Sequence[CellRow], rows: Sequence[Row] = ()) -> list[str]:
    """A letter for each of ``cells``: those that share it may be compared."""
    return comparable([*rows, *cells])[len(rows) :]


def cell_remarks(cells: Sequence[CellRow]) -> list[str]:
    """What each measure gives a cell, how each model was read, what the floors are, and how many tunes are known."""
    measures = dict.fromkeys(row.measure for row in cells)
    said = [f"{MEASURES[name].caption}: {MEASURES[name].given}; {LENGTH}." for name in measures]
    said += [f"{row.name}, {row.measure}: {row.conditions}" for row in cells if row.conditions]
    kinds = {row.kind for row in cells}
    said += [f"{text}." for kind, text in (("floor", FLOOR), ("anchor", COUNTED)) if kind in kinds]
    for each in {id(row.chorales): row.chorales for row in cells}.values():
        number = f"{int(each.seen.sum())} of {len(each.seen)} pieces of {place(each.material)} have a seen tune"
        said.append(f"{number}; {SEEN}.")
    return said


def cell_json(row: CellRow, letter: str) -> dict[str, Any]:
    """Plain values."""
    material = row.material
    return {
        "name": row.name,
        "kind": row.kind,
        "measure": row.measure,
        "corpus": material.corpus.folder.name,
        "fingerprint": material.corpus.fingerprint,
        "split": material.split,
        "codec": material.codec_text,
        "compare": letter,
        "pieces": len(material.pieces),
        "pieces_of_seen_tunes": int(row.chorales.seen.sum()),
        "frames": row.frames,
        "crop": row.crop or None,
        "conditions": row.conditions or None,
        **_values(row.figures),
        "intervals_95": _intervals(row.figures),
        "by_voice": _values(row.by_voice),
        "by_voice_95": _intervals(row.by_voice),
        "accuracy": _values(row.accuracy),
        "accuracy_95": _intervals(row.accuracy),
    }


def _measured(measure: str, rows: Sequence[tuple[CellRow, str]]) -> Iterator[Table]:
    """Nats of all cells, then of each voice."""
    names = [name for name in FIGURES if any(name in row.figures for row, _ in rows)]
    labels = {name: FIGURES[name] if measure == LIKELIHOOD else f"{measure}: {FIGURES[name]}" for name in names}
    caption = MEASURES[measure].caption
    yield _table(caption, labels, [(row, letter, row.figures) for row, letter in rows])
    voices = {name: f"{name}, nats" for row, _ in rows for name in row.by_voice}
    yield _table(f"{caption}, by voice", voices, [(row, letter, row.by_voice) for row, letter in rows])


def _accuracies(measure: str, rows: Sequence[tuple[CellRow, str]]) -> Iterator[Table]:
    """The share of cells guessed in each voice, where any is known."""
    known = [(row, letter, row.accuracy) for row, letter in rows if row.accuracy]
    voices = {name: f"{name} right" for row, _, found in known for name in found}
    if known:
        yield _table(f"Accuracy of cells ({measure})", voices, known, "{:.2%}", 1)


def _table(
    caption: str,
    labels: Mapping[str, str],
    rows: Sequence[tuple[CellRow, str, Mapping[str, Estimate]]],
    form: str = "{:.4f}",
    better: int = -1,
) -> Table:
    """A column for each of ``labels``; the codec, since rows of two codecs never are compared."""
    named = [Head(""), Head("corpus"), Head("compare"), Head("codec"), Head("pieces")]
    heads = (*named, *(Head(label, better) for label in labels.values()))
    body = []
    for row, letter, found in rows:
        texts = [row.name, place(row.material), letter, row.material.codec_text, str(len(row.material.pieces))]
        body.append((*map(Cell, texts), *(_shown(found.get(name), form) for name in labels)))
    return Table(caption, heads, tuple(body), tuple(letter for _, letter, _ in rows))


def _shown(estimate: Estimate | None, form: str) -> Cell:
    return NONE if estimate is None else estimated(estimate, form)


def _values(found: Mapping[str, Estimate]) -> dict[str, float]:
    return {name: estimate.value for name, estimate in found.items()}


def _intervals(found: Mapping[str, Estimate]) -> dict[str, list[float]]:
    return {name: [estimate.low, estimate.high] for name, estimate in found.items()}
