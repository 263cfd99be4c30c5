"""A table of figures as a value, and as lines for a terminal or Markdown."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Head(NamedTuple):
    """The head of a column; ``better`` is -1 where less is better, 1 where more is, 0 where neither."""

    label: str
    better: int = 0


class Cell(NamedTuple):
    """What a cell shows, and its number (nan: none)."""

    text: str
    value: float = math.nan


@dataclass(frozen=True)
class Table:
    """Heads and rows of cells; rows whose ``groups`` are equal may be compared, an empty one with no other."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: tuple[str, ...]

    @property
    def texts(self) -> list[list[str]]:
        """The labels, then every row, as texts."""
        return [[head.label for head in self.heads], *([cell.text for cell in row] for row in self.rows)]

    @property
    def best(self) -> set[tuple[int, int]]:
        """Row and column of each cell that no other of its group beats, where there are others."""
        found = set()
        for group in set(self.groups) - {""}:
            among = [i for i, each in enumerate(self.groups) if each == group]
            for c, head in enumerate(self.heads):
                known = [i for i in among if head.better and not math.isnan(self.rows[i][c].value)]
                if len(known) > 1:
                    top = max(head.better * self.rows[i][c].value for i in known)
                    found |= {(i, c) for i in known if head.better * self.rows[i][c].value == top}
        return found


def plain(caption: str, heads: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Table:
    """Of values in the order of ``heads``, none of them better than another."""
    body = tuple(
        tuple(Cell(f"{each:,}" if isinstance(each, int) else str(each)) for each in row.values()) for row in rows
    )
    return Table(caption, tuple(map(Head, heads)), body, ("",) * len(rows))


def aligned(table: Table) -> list[str]:
    """For a terminal."""
    texts = table.texts
    widths = [max(len(line[i]) for line in texts) for i in range(len(texts[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in texts]
    return [*([table.caption] if table.caption else []), *lines]


def piped(table: Table) -> list[str]:
    """As Markdown, the best in bold; a bar in a name would end its cell."""
    head, *body = [[cell.replace("|", "\\|") for cell in line] for line in table.texts]
    for i, c in table.best:
        body[i][c] = f"**{body[i][c]}**"
    lines = [f"| {' | '.join(line)} |" for line in (head, *body)]
    title = [f"## {table.caption}", ""] if table.caption else []
    return [*title, lines[0], f"|{' --- |' * len(head)}", *lines[1:]]
