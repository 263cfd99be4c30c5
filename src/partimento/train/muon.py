"""Muon: momentum whose update is made orthogonal, for the linear maps inside a network.

Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks". Maps of one shape
are made orthogonal together; a weight that stacks several maps (query, key, value) is taken apart first.
Shapes: N maps, O rows, I columns.
"""

from collections.abc import Iterable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

QUINTIC = (3.4445, -4.7750, 2.0315)  # of the Newton-Schulz iteration; chosen in the source for slope at 0


def orthogonal(maps: Float[Tensor, "N O I"], iterations: int = 5) -> Float[Tensor, "N O I"]:
    """Each map with its singular values driven to about 1, in bfloat16."""
    a, b, c = QUINTIC
    x: Tensor = maps.bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.mT.contiguous() if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """``matrices``: pairs of a weight [P * O, I] and the number P of maps that it stacks."""

    def __init__(self, matrices: Iterable[tuple[nn.Parameter, int]], lr: float = 0.02, momentum: float = 0.95) -> None:
        pairs = list(matrices)
        super().__init__([weight for weight, _ in pairs], {"lr": lr, "momentum": momentum})
        self.parts = dict(pairs)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Move every weight against its orthogonal momentum (Nesterov's)."""
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[tuple[Tensor, Tensor]]] = {}
            for weight in (weight for weight in group["params"] if weight.grad is not None):
                momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - group["momentum"])
                update = weight.grad.lerp(momentum, group["momentum"])
                for part, moved in zip(update.chunk(self.parts[weight]), weight.chunk(self.parts[weight]), strict=True):
                    by_shape.setdefault(part.shape, []).append((part, moved))
            for shape, pairs in by_shape.items():
                scale = max(1.0, shape[0] / shape[1]) ** 0.5
                for moved, update in zip(
                    (m for _, m in pairs), orthogonal(torch.stack([u for u, _ in pairs])), strict=True
                ):
                    moved.add_(update, alpha=-group["lr"] * scale)
