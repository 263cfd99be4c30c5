"""What a codec supplies: a vocabulary, both directions, its grammar and what it can say at all.

Laws, tested for every row of CODECS: ``decode(encode(s)) == canonical(s)``; ``encode(decode(t)) == t``
for a legal ``t``; any table at all decodes without an exception. Shapes: T rows, C columns, V ids.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import UnknownName, UsageError
from ..score import Score
from ..tokens import Column, Ids, TokenTable

Mask = NDArray[np.bool_]
STRIKES = ("pitch", "on")  # the ranges whose ids name what is struck


class Grammar(ABC):
    """Which ids may come next, kept up to date row by row (asking anew would be quadratic)."""

    @abstractmethod
    def allowed(self, chosen: Sequence[int]) -> Mask | None:
        """bool[V] for the next column, given the ids already chosen for this row; None: all."""

    @abstractmethod
    def push(self, row: Sequence[int]) -> None:
        """Take a whole row as past."""

    def fork(self) -> Self:
        """Another grammar in the same state; the two then go their own ways."""
        return deepcopy(self)


class Codec(ABC):
    """A frozen value that turns a Score into a TokenTable and back."""

    name: ClassVar[str]
    one_row_per_note: ClassVar[bool] = False  # rows in time order, so that kept notes can be woven in
    steps_per_second: ClassVar[int] = 100

    @property
    def says_performance(self) -> bool:
        """Whether tables say exactly as much as the 388-token Performance encoding."""
        return False

    @property
    def says_lengths(self) -> bool:
        """Whether the row of a note says how long it sounds."""
        return self.one_row_per_note

    @property
    def says_holds(self) -> bool:
        """Whether tables tell a note that is held from one that is struck again; frames of pitches do not say it."""
        return True

    @property
    def keeps_time(self) -> bool:
        """Whether the canonical score goes at the pace of the score."""
        return True

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What of a Score tables cannot hold, in words; ``evaluate`` lists it beside every likelihood."""
        return ()

    @property
    @abstractmethod
    def columns(self) -> tuple[Column, ...]:
        """The vocabulary of each column."""

    @abstractmethod
    def encode(self, score: Score) -> TokenTable:
        """A whole piece, from its begin row to its end row."""

    @abstractmethod
    def decode(self, table: TokenTable) -> Score:
        """The music of any table, legal or not."""

    @abstractmethod
    def canonical(self, score: Score) -> Score:
        """The score as this codec can say it."""

    @abstractmethod
    def grammar(self) -> Grammar:
        """A grammar in the state before the first row."""

    def fit(self, train: Iterable[Score]) -> Self:
        """This codec with whatever its vocabulary learns from the training pieces (here: nothing)."""
        return self

    def state(self) -> dict[str, Any]:
        """What ``fit`` found, as plain values for a checkpoint's card; empty: there is nothing to find."""
        return {}

    def fitted(self, state: Mapping[str, Any]) -> Self:
        """This codec with what ``state`` of a fitted one said. Raises UsageError where it can't have said that."""
        if state:
            raise UsageError(f"codec {self.name} learns nothing from pieces, so it takes no vocabulary")
        return self

    @property
    def fingerprint(self) -> str:
        """A short hash of what ``fit`` found; empty where there is nothing to find."""
        state = self.state()
        return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:8] if state else ""

    def coverage(self, score: Score) -> tuple[int, int]:
        """How many groups of notes of ``score`` the vocabulary has, and of how many; (0, 0): it is not of groups."""
        return 0, 0

    def allowed(self, prefix: TokenTable, chosen: Sequence[int] = ()) -> Mask | None:
        """The mask for the next column after the rows of ``prefix`` and the ids ``chosen`` so far."""
        grammar = self.grammar()
        for row in prefix.ids.tolist():
            grammar.push(row)
        return grammar.allowed(chosen)

    def prefix(self, score: Score) -> TokenTable:
        """The rows of ``score`` without its end: what a model continues."""
        whole = self.encode(score)
        return TokenTable(whole.ids[:-1], whole.columns)

    def advances(self, before: Sequence[int]) -> NDArray[np.int32]:
        """int[V]: by how many grid steps each id of the first column moves time on, in the row after ``before``."""
        return self.columns[0].advances

    def says_note(self, row: Sequence[int], before: Sequence[int]) -> int:
        """How many notes that were not sounding are said with this row, after ``before``."""
        names = [column.describe(token) for column, token in zip(self.columns, row, strict=True)]
        return any(name.startswith(STRIKES) for name in names) and "tie" not in names

    def strikes(self, column: int) -> NDArray[np.int32] | None:
        """int[V]: how many notes each id of a column adds to its row; None: no row says more than one."""
        return None

    def silent(self, row: Sequence[int]) -> list[int]:
        """The row's step in time and nothing else: what a kept row says of the written music."""
        moves = self.one_row_per_note or self.columns[0].advances[row[0]] > 0
        return [row[0] if moves else 0, *[0] * (len(row) - 1)]

    def times(self, ids: Ids) -> NDArray[np.int64]:
        """int[T]: the grid step at which each row stands."""
        moves = sum(column.advances[ids[:, c]] for c, column in enumerate(self.columns))
        return np.cumsum(moves, dtype=np.int64)


def check_option(codec: str, option: str, value: object, known: Sequence[str]) -> None:
    """Refuse a value that a codec's option has not. Raises UnknownName."""
    if value not in known:
        raise UnknownName(f"{option} of codec {codec}", str(value), known)
