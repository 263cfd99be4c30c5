"""A file there and back: a Score in the words of a codec, what they make of it, and the statistic of both.

These are the sample translations of SVJayanthi/RNNMusicSynthesis, with figures, for any file and any codec.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from ..codecs import Codec
from ..score import Score
from ..tokens import TokenTable
from .fidelity import Fidelity, Shift, of_image, total
from .table import Cell, Head, Table

LABELS = ("file", "codec", "rows", "rows/note", "notes", "kept", "changed", "lost", "added", "pedals")
ERRORS = ("onset ms", "duration ms", "velocity")
HEADS = tuple(Head(label) for label in (*LABELS, *ERRORS))
LEGEND = (
    "kept: within a step of the codec's grid; changed: time or length by more; lost: nothing of their pitch is left "
    "for them; added: answer to no note of the file, as at a wrong pitch; errors: mean (largest) of what is left"
)
MOST_NAMES = 1_000_000  # in a text: of a wide table the first rows only
SUM = "all files"
WIDEST = 30  # of a file's name in a table


class Spoken(NamedTuple):
    """A Score in the words of a codec, and what these say."""

    table: TokenTable
    image: Score


@dataclass(frozen=True)
class Translation:
    """What came of ``file`` by the codec called ``codec``; ``pedals`` and ``pedals_left``: intervals."""

    file: str
    codec: str
    rows: int
    tokens: int
    pedals: int
    pedals_left: int
    fidelity: Fidelity

    @property
    def counts(self) -> dict[str, int]:
        """Notes: ``kept`` within a grid step, ``changed`` by more, ``lost``; and ``added`` to them."""
        found = self.fidelity
        kept, lost, added = (round(share * found.notes) for share in (found.kept, found.dropped, found.added))
        return {"notes": found.notes, "kept": kept, "changed": found.notes - kept - lost, "lost": lost, "added": added}

    @property
    def rows_per_note(self) -> float:
        """Rows for each note of the file, begin and end among them."""
        return self.rows / max(self.fidelity.notes, 1)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "fidelity"}
        return {**own, "rows_per_note": self.rows_per_note, **self.counts, "fidelity": self.fidelity.to_json()}


def spoken(codec: Codec, score: Score) -> Spoken:
    """``score`` there and back."""
    table = codec.encode(score)
    return Spoken(table, codec.decode(table))


def measured(file: str, label: str, codec: Codec, score: Score, said: Spoken) -> Translation:
    """The statistic of one file; ``label`` names the codec."""
    table, image = said
    found = of_image(codec, score, image)
    return Translation(file, label, len(table), table.ids.size, len(score.pedals), len(image.pedals), found)


def summed(found: Sequence[Translation]) -> list[Translation]:
    """The same of all files together, a Translation for each codec."""
    return [_sum(label, [each for each in found if each.codec == label]) for label in _labels(found)]


def vocabulary(codec: Codec) -> dict[str, int]:
    """The number of ids of each column, by name."""
    return {column.name: column.size for column in codec.columns}


def table_of(found: Sequence[Translation]) -> Table:
    """A row each; below, where there are several files, their sums."""
    sums = summed(found) if len({each.file for each in found}) > 1 else []
    rows = tuple(tuple(Cell(text) for text in _texts(each)) for each in (*found, *sums))
    return Table("", HEADS, rows, ("",) * len(rows))


def text_of(table: TokenTable) -> Iterator[str]:
    """A line of names for each row; of a table of more than MOST_NAMES cells the first rows, and how many are left."""
    most = max(MOST_NAMES // len(table.columns), 1)
    for row in table.ids[:most].tolist():
        yield " ".join(column.describe(token) for column, token in zip(table.columns, row, strict=True))
    if len(table) > most:
        yield f"... and {len(table) - most:,} more rows"


def told(label: str, codec: Codec, options: Mapping[str, Any]) -> list[str]:
    """What a codec is, its vocabulary, and what it cannot say."""
    chosen = "".join(f" {name}={value}" for name, value in options.items())
    sizes = vocabulary(codec)
    each = f" ({', '.join(f'{name} {size:,}' for name, size in sizes.items())})" if 1 < len(sizes) < 9 else ""
    columns = f"{len(sizes)} columns" if len(sizes) > 1 else "1 column"
    first = f"{label}: {codec.name}{chosen}; {columns} of {sum(sizes.values()):,} ids{each}"
    return [first, f"    cannot say: {'; '.join(codec.unsaid) or 'nothing'}"]


def _sum(label: str, found: Sequence[Translation]) -> Translation:
    names = ("rows", "tokens", "pedals", "pedals_left")
    sums = {name: sum(getattr(each, name) for each in found) for name in names}
    return Translation(SUM, label, **sums, fidelity=total([each.fidelity for each in found]))


def _labels(found: Sequence[Translation]) -> list[str]:
    return list(dict.fromkeys(each.codec for each in found))


def _texts(each: Translation) -> tuple[str, ...]:
    found = each.fidelity
    counts = (f"{count:,}" for count in each.counts.values())
    rows = (f"{each.rows:,}", f"{each.rows_per_note:.2f}")
    pedals = f"{each.pedals:,}" if each.pedals == each.pedals_left else f"{each.pedals:,} to {each.pedals_left:,}"
    errors = (_moved(shift) for shift in (found.onset_ms, found.duration_ms, found.velocity))
    return (_short(Path(each.file).name), each.codec, *rows, *counts, pedals, *errors)


def _short(name: str) -> str:
    return name if len(name) <= WIDEST else f"{name[: WIDEST // 2]}…{name[-(WIDEST // 2) :]}"


def _moved(shift: Shift) -> str:
    return f"{shift.mean:,.1f} ({shift.largest:,.0f})"
