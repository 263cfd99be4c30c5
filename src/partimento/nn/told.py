"""What stands beside every row's vector: what a model is told of a piece.

Shapes: B pieces, T rows, K controls, I and J inputs.
"""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from .rows import initialise

CONTROL_WIDTH = 32


class Told(nn.Module):
    """The sum of the controls' embeddings, or nothing."""

    def __init__(self, controls: Sequence[int]) -> None:
        super().__init__()
        self.controls = embeddings(controls)
        self.width = CONTROL_WIDTH * bool(controls)
        self.apply(initialise)

    def forward(self, controls: Int[Tensor, "B K"]) -> Float[Tensor, "B I"]:
        """A vector for each piece."""
        return summed(self.controls, controls)


def embeddings(controls: Iterable[int]) -> nn.ModuleList:
    """A table of vectors for each control of so many values."""
    return nn.ModuleList(nn.Embedding(size, CONTROL_WIDTH) for size in controls)


def summed(tables: nn.ModuleList, controls: Int[Tensor, "B K"]) -> Float[Tensor, "B I"]:
    """The sum of the controls' vectors; of no controls, vectors of no width."""
    vectors = [each(known) for each, known in zip(tables, controls.unbind(-1), strict=True)]
    return torch.stack(vectors).sum(0) if vectors else torch.zeros(len(controls), 0, device=controls.device)


def beside(rows: Float[Tensor, "B T I"], told: Float[Tensor, "B K"]) -> Float[Tensor, "B T J"]:
    """Vectors of rows, with what is told of their piece behind each."""
    return torch.cat([rows, told.unsqueeze(1).expand(-1, rows.shape[1], -1)], -1)
