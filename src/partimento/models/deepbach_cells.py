"""Cells with what stands around them. Shapes: B pieces, T rows, C columns, V voices, N cells, R rows on either side."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

BEGIN, END = 0, 1  # ids of every voice


def surroundings(ids: Int[Tensor, "B T C"], where: Int[Tensor, "N 2"], reach: int, voices: int) -> Int[Tensor, "N W C"]:
    """The rows around each cell, W = 2R + 1 with its own in the middle; beyond a piece its begin or end comes again."""
    rows = where[:, 1:] + torch.arange(-reach, reach + 1, device=ids.device)
    last = _last(ids[..., :voices])[where[:, 0], None]
    return ids[where[:, :1], rows.clamp_min(0).minimum(last)]


def admissible(voices: Int[Tensor, "B T V"], reach: int) -> Bool[Tensor, "B T"]:
    """The rows of windows with R rows on either side, the piece's begin and end counted as often as needed."""
    rows, length = torch.arange(voices.shape[1], device=voices.device), voices.shape[1]
    begins = (voices[:, :1] == BEGIN).all(-1)
    ends = (voices == END).all(-1).any(1, keepdim=True)
    return (begins | (rows >= reach)) & (ends | (rows < length - reach))


def centres(eligible: Bool[Tensor, "B T"], gap: int, most: int, generator: torch.Generator) -> Int[Tensor, "N 2"]:
    """At most ``most`` of the eligible rows of each window, by chance, out of those ``gap`` apart from a chance one."""
    pieces, length = eligible.shape
    offset = torch.randint(gap, (pieces, 1), generator=generator)
    chance = torch.rand(eligible.shape, generator=generator)
    on_grid = (torch.arange(length) - offset) % gap == 0
    best = torch.where(eligible.cpu() & on_grid, chance, -1.0).topk(min(most, length), dim=1)
    taken = best.values >= 0
    return torch.stack([taken.nonzero()[:, 0], best.indices[taken]], 1).to(eligible.device)


def _last(voices: Int[Tensor, "B T V"]) -> Int[Tensor, " B"]:
    """The row of the first end, or else the last one there is."""
    ends = (voices == END).all(-1)
    return torch.where(ends.any(1), ends.int().argmax(1), ends.shape[1] - 1)
