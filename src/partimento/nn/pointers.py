"""Pointers from the next row to the latest rows: scores, and the id that each of them stands for.

Shapes: B pieces, T rows that ask, R rows so far (the last T of them ask), S rows in reach, P pointer width.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .logits import Pointer


def in_reach(rows: int, asking: int, reach: int) -> Int[Tensor, "T S"]:
    """For each asking row the rows that it may point at, itself first; below 0 where there is none."""
    last = torch.arange(rows - asking, rows).unsqueeze(1)
    return last - torch.arange(min(reach, rows))


def point(
    query: Float[Tensor, "B T P1"], keys: Float[Tensor, "B R P"], stands_for: Int[Tensor, "B T S"], near: Int[Tensor, "T S"]
) -> Pointer:
    """A pointer whose scores are scaled dot products of queries and the keys of the rows in reach."""
    gate, query = query[..., -1], query[..., :-1]
    scores = query @ keys.transpose(1, 2) * keys.shape[-1] ** -0.5
    where = near.clamp_min(0).expand(scores.shape[0], -1, -1)
    return Pointer(gate, scores.gather(-1, where), stands_for.masked_fill(near < 0, -1))


def copied(ids: Int[Tensor, "B R"], near: Int[Tensor, "T S"]) -> Int[Tensor, "B T S"]:
    """Each row in reach stands for the id that it has in this column."""
    return ids[:, near.clamp_min(0)]


def released(
    ends: Int[Tensor, "B R"], onset: Int[Tensor, "B T"], near: Int[Tensor, "T S"], id_of: Int[Tensor, " L"]
) -> Int[Tensor, "B T S"]:
    """Each row in reach stands for the duration with which a note at ``onset`` ends when that row's note ends.

    ``id_of`` gives the id of each duration in grid steps, -1 where the column cannot say it.
    """
    left = ends[:, near.clamp_min(0)] - onset.unsqueeze(-1)
    sayable = (left > 0) & (left < len(id_of))
    return torch.where(sayable, id_of[left.clamp(0, len(id_of) - 1)], -1)
