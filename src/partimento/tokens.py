"""Every representation is a table of integers, its vocabulary declared as named ranges.

Ids, names, the grammar mask and the documentation are derived from the declaration.
Shapes: T rows, C columns, V ids of a column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .errors import UnknownName

Ids = NDArray[np.int16]


@dataclass(frozen=True)
class Range:
    """``count`` ids of one kind.

    The first id stands for ``low``, the next for ``low + 1``, and so on. ``advances`` says by how many
    grid steps one unit of that value moves time on, ``lasts`` for how many the row's note sounds.
    """

    name: str
    count: int = 1
    low: int = 0
    advances: int = 0
    lasts: int = 0


@dataclass(frozen=True)
class Column:
    """One column of a TokenTable: a name and the ranges that its ids run through, in order.

    ``given``: it is no music, but what is known beforehand, such as the place in the bar. A family may read it whole,
    and a likelihood leaves it out; families that write rows learn it all the same, so that they can compose.
    """

    name: str
    ranges: tuple[Range, ...]
    given: bool = False

    def __deepcopy__(self, memo: dict[int, object]) -> "Column":
        """Itself, as nothing changes it: what is copied with its vocabulary shares that."""
        return self

    @cached_property
    def size(self) -> int:
        """V: how many ids there are."""
        return sum(r.count for r in self.ranges)

    @cached_property
    def offsets(self) -> dict[str, int]:
        """The first id of each range."""
        starts = np.cumsum([0, *(r.count for r in self.ranges)])
        return {r.name: int(start) for r, start in zip(self.ranges, starts, strict=False)}

    def range(self, name: str) -> Range:
        """The range called ``name``. Raises UnknownName."""
        if name not in self.offsets:
            raise UnknownName(f"range of column {self.name}", name, self.offsets)
        return self._named[name]

    def id(self, name: str, value: int = 0) -> int:
        """The id of ``value`` in the range called ``name`` (its first id by default)."""
        r = self.range(name)
        return self.offsets[name] + (value - r.low if r.count > 1 else 0)

    def span(self, name: str) -> slice:
        """The ids of the range called ``name``."""
        start = self.offsets[name]
        return slice(start, start + self.range(name).count)

    @cached_property
    def values(self) -> NDArray[np.int32]:
        """int[V]: what each id stands for within its range."""
        return np.concatenate([r.low + np.arange(r.count, dtype=np.int32) for r in self.ranges])

    @cached_property
    def advances(self) -> NDArray[np.int32]:
        """int[V]: by how many grid steps each id moves time on."""
        return np.concatenate([(r.low + np.arange(r.count, dtype=np.int32)) * r.advances for r in self.ranges])

    @cached_property
    def lasts(self) -> NDArray[np.int32]:
        """int[V]: for how many grid steps the note of a row with this id sounds (0: it says nothing of it)."""
        return np.concatenate([(r.low + np.arange(r.count, dtype=np.int32)) * r.lasts for r in self.ranges])

    def describe(self, token: int) -> str:
        """The name of an id, for people and for documentation."""
        return self.names[token] if 0 <= token < self.size else f"?{token}"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of every id, in order."""
        return tuple(r.name if r.count == 1 else f"{r.name} {r.low + i}" for r in self.ranges for i in range(r.count))

    @cached_property
    def _named(self) -> dict[str, Range]:
        return {r.name: r for r in self.ranges}


@dataclass(frozen=True, eq=False)
class TokenTable:
    """``ids`` int16[T, C] in the vocabulary of ``columns``."""

    ids: Ids
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TokenTable) and self.columns == other.columns and np.array_equal(self.ids, other.ids)

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Ids]:
        return iter(self.ids)

    def describe(self) -> list[str]:
        """One line of names per row."""
        return [" ".join(c.describe(int(i)) for c, i in zip(self.columns, row, strict=True)) for row in self.ids]
