"""Columns as numbers in natural units: seconds for times, a share of the whole range for the rest.

A column's numbers are its longest range. Shapes: B any, C columns, V ids.
"""

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from ..tokens import Column, Range

NUMBERS = ("step", "velocity", "duration")  # the columns that are numbers
MILLISECONDS_FROM = 2000  # ids: a range of times as long as this counts milliseconds, a shorter one hundredths


def number_range(column: Column) -> Range:
    """The longest range of a column."""
    return max(column.ranges, key=lambda r: r.count)


def says_number(column: Column) -> bool:
    """Whether a column says a time, a duration or a velocity."""
    return column.name in NUMBERS


def per_unit(column: Column) -> float:
    """How many of a column's steps make its natural unit."""
    r = number_range(column)
    if r.advances or r.lasts:
        return 1000.0 if r.count >= MILLISECONDS_FROM else 100.0
    return float(r.low + r.count)


def numbers(column: Column) -> NDArray[np.float64]:
    """float64[V, 2]: each id's number in natural units, and whether it is one (others say how far time moves)."""
    flags = np.zeros(column.size)
    flags[column.span(number_range(column).name)] = 1.0
    return np.stack([np.where(flags > 0, column.values, column.advances) / per_unit(column), flags], -1)


class ColumnNumbers(nn.Module):
    """Rows as numbers in natural units, a flag beside each that says whether the id is one."""

    table: Tensor

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.width = 2 * len(columns)
        self.offsets = np.cumsum([0, *(column.size for column in columns)])[:-1].tolist()
        table = np.concatenate([numbers(column) for column in columns])
        self.register_buffer("table", torch.from_numpy(table).float(), persistent=False)

    def forward(self, ids: Int[Tensor, "*B C"]) -> Float[Tensor, "*B 2C"]:
        """Number and flag of each column; what is no number is 0 (a wait: as long as it lasts)."""
        return self.table[ids + ids.new_tensor(self.offsets)].flatten(-2)
