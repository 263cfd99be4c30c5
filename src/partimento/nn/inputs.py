"""Rows as plain vectors, without anything learnt. Shapes: B any, C columns, W the sum of the columns' sizes."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..tokens import Column


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
