"""What a model is trained on: the first type that knows torch. Shapes: B pieces, T rows, C columns, K controls."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """``ids`` [B, T + 1, C]; ``loss_mask`` [B, T, C], the cells of rows 1..T that count; ``controls`` [B, K].

    A control is 0 where it is unknown. ``known`` [B, T + 1] are rows that are given ahead of their time, if any are.
    """

    ids: Int[Tensor, "B T1 C"]
    loss_mask: Bool[Tensor, "B T C"]
    controls: Int[Tensor, "B K"]
    known: Bool[Tensor, "B T1"] | None = None

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        known = None if self.known is None else self.known.to(device)
        return Batch(self.ids.to(device), self.loss_mask.to(device), self.controls.to(device), known)
