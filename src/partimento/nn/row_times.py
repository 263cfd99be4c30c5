"""What rows say of musical time, in grid steps. Shapes: C columns, c of them said, V ids, L durations."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor, nn

from ..tokens import Column
from .frozen import Integers

ADVANCES, LASTS = "advances", "lasts"  # how far a row moves time on; how long its note sounds


class RowTimes(nn.Module):
    """Tables by id of every column that says something of time; no checkpoint holds them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.telling = {
            name: [c for c, column in enumerate(columns) if getattr(column, name).any()] for name in (ADVANCES, LASTS)
        }
        for c, column in enumerate(columns):
            self.register_buffer(f"{ADVANCES}_{c}", torch.tensor(column.advances), persistent=False)
            self.register_buffer(f"{LASTS}_{c}", torch.tensor(column.lasts), persistent=False)
            self.register_buffer(f"id_of_duration_{c}", _id_of_duration(column), persistent=False)

    def summed(self, name: str, ids: Int[Tensor, "*B c"]) -> Int[Tensor, "*B"]:
        """The grid steps that ids say by the tables ``name``, all of a row together."""
        parts = [self.table(name, c)[ids[..., c]] for c in self.telling[name] if c < ids.shape[-1]]
        return sum(parts[1:], parts[0]) if parts else ids.new_zeros(ids.shape[:-1])

    def onsets(self, ids: Int[Tensor, "B T C"]) -> Int[Tensor, "B T"]:
        """When each row stands, counted from before the first."""
        return self.summed(ADVANCES, ids).cumsum(1)

    def lasts(self, column: int) -> bool:
        """Whether a column's ids say how long notes sound."""
        return column in self.telling[LASTS]

    def table(self, name: str, column: int) -> Int[Tensor, " V"]:
        """Grid steps by id."""
        return self.get_buffer(f"{name}_{column}")

    def id_of_duration(self, column: int) -> Int[Tensor, " L"]:
        """The id of each duration in grid steps, -1 where the column has none."""
        return self.get_buffer(f"id_of_duration_{column}")

    def frozen(self, name: str) -> list[tuple[int, Integers]]:
        """The tables ``name`` as they are read while composing, each with its column."""
        return [(c, _array(self.table(name, c))) for c in self.telling[name]]

    def frozen_durations(self) -> dict[int, Integers]:
        """``id_of_duration`` by column, with a last -1 for whatever is longer or over."""
        return {c: np.append(_array(self.id_of_duration(c)), -1) for c in self.telling[LASTS]}


def _array(values: Tensor) -> Integers:
    found: Integers = values.cpu().numpy().astype(np.int64)
    return found


def _id_of_duration(column: Column) -> Tensor:
    ids = torch.full((int(column.lasts.max()) + 1,), -1)
    ids[torch.tensor(column.lasts, dtype=torch.int64)] = torch.arange(column.size)
    ids[0] = -1
    return ids
