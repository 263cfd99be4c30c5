"""Pointers from the next row to the latest rows: scores, and the id that each of them stands for.

Shapes: B pieces, T rows that ask, R rows so far (the last T of them ask), S rows in reach, P pointer width.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .logits import Pointer


@dataclass(frozen=True)
class Reach:
    """Which rows each asking row may point at: itself and those before it, ``near`` [T, S], below 0 for none.

    A single asking row is the last one and sees the last S rows, so that nothing is gathered.
    """

    near: Int[Tensor, "T S"] | None
    size: int

    @classmethod
    def of(cls, rows: int, asking: int, reach: int, device: torch.device) -> "Reach":
        """The reach of the last ``asking`` of ``rows``."""
        if asking == 1:
            return cls(None, min(reach, rows))
        last = torch.arange(rows - asking, rows, device=device).unsqueeze(1)
        return cls(last - torch.arange(min(reach, rows), device=device), reach)

    def take(self, values: Int[Tensor, "B R"]) -> Int[Tensor, "B T S"]:
        """What each row in reach has."""
        return values[:, None, -self.size :] if self.near is None else values[:, self.near.clamp_min(0)]

    def scores(self, query: Float[Tensor, "B T P"], keys: Float[Tensor, "B R P"]) -> Float[Tensor, "B T S"]:
        """Scaled dot products of queries with the keys in reach."""
        query = query * keys.shape[-1] ** -0.5
        if self.near is None:
            return query @ keys[:, -self.size :].mT
        return (query @ keys.mT).gather(-1, self.near.clamp_min(0).expand(len(keys), -1, -1))

    def missing(self) -> Bool[Tensor, "T S"] | None:
        """Places before the first row; None where there are none."""
        return None if self.near is None else self.near < 0


def point(
    query: Float[Tensor, "B T P1"], keys: Float[Tensor, "B R P"], stands_for: Int[Tensor, "B T S"], reach: Reach
) -> Pointer:
    """A pointer from queries, whose last number is the gate, to the rows in reach."""
    missing = reach.missing()
    values = stands_for if missing is None else stands_for.masked_fill(missing, -1)
    return Pointer(query[..., -1], reach.scores(query[..., :-1], keys), values)


def released(ends: Int[Tensor, "B T S"], onset: Int[Tensor, "B T"], id_of: Int[Tensor, " L"]) -> Int[Tensor, "B T S"]:
    """Each row stands for the duration with which a note at ``onset`` ends when that row's note ends.

    ``id_of`` gives the id of each duration in grid steps, -1 where the column cannot say it.
    """
    left = ends - onset.unsqueeze(-1)
    sayable = (left > 0) & (left < len(id_of))
    return torch.where(sayable, id_of[left.clamp(0, len(id_of) - 1)], -1)
