"""Rows as vectors: nothing learnt, or what says no number embedded.

Shapes: B any, C columns, I inputs, W the sum of the columns' sizes.
"""

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..tokens import Column
from .quantities import ColumnNumbers, says_number
from .rows import initialise


class Numeric(nn.Module):
    """Each id as a number from 0 up to 1: its place in the vocabulary."""

    sizes: Tensor

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.width = len(columns)
        self.register_buffer("sizes", torch.tensor([column.size for column in columns]), persistent=False)

    def forward(self, ids: Int[Tensor, "*B C"]) -> Float[Tensor, "*B C"]:
        """The ids over the sizes of their columns."""
        return ids / self.sizes


class OneHot(nn.Module):
    """Each id as a vector of its own, all 0 but for one 1; those of a row side by side."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.sizes = [column.size for column in columns]
        self.width = sum(self.sizes)

    def forward(self, ids: Int[Tensor, "*B C"]) -> Float[Tensor, "*B W"]:
        """W is the sum of the columns' sizes."""
        parts = (F.one_hot(each, size) for each, size in zip(ids.unbind(-1), self.sizes, strict=True))
        return torch.cat(list(parts), -1).float()


class Notes(nn.Module):
    """Vectors of rows: what says numbers as numbers, the rest embedded (or, with a width of 0, a number as well)."""

    def __init__(self, columns: tuple[Column, ...], embedding: int) -> None:
        super().__init__()
        self.columns = nn.ModuleList(
            nn.Embedding(column.size, embedding) if embedding and not says_number(column) else ColumnNumbers((column,))
            for column in columns
        )
        self.widths = [embedding if isinstance(each, nn.Embedding) else 2 for each in self.columns]

    def forward(self, ids: Int[Tensor, "*B c"]) -> Float[Tensor, "*B I"]:
        """Of as many columns as ``ids`` has, side by side."""
        return torch.cat([self._vector(c, ids[..., c]) for c in range(ids.shape[-1])], -1)

    def _vector(self, c: int, ids: Int[Tensor, "*B"]) -> Float[Tensor, "*B I"]:
        column = self.columns[c]
        return cast(Tensor, column(ids if isinstance(column, nn.Embedding) else ids.unsqueeze(-1)))


class NoteFirst(nn.Module):
    """A row's note embedded and, where all is fed back, its other columns as plain numbers."""

    def __init__(self, columns: tuple[Column, ...], note_at: int, embedding: int, everything: bool) -> None:
        super().__init__()
        self.note_at = note_at
        self.notes = nn.Embedding(columns[note_at].size, embedding)
        self.others = [c for c in range(len(columns)) if c != note_at]
        self.numbers = ColumnNumbers(tuple(columns[c] for c in self.others)) if everything else None
        self.width = embedding + (0 if self.numbers is None else self.numbers.width)
        self.apply(initialise)

    def forward(self, ids: Int[Tensor, "*B C"]) -> Float[Tensor, "*B I"]:
        """The vectors of rows."""
        notes = self.notes(ids[..., self.note_at])
        return notes if self.numbers is None else torch.cat([notes, self.numbers(ids[..., self.others])], -1)
