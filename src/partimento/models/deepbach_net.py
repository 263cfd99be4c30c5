"""The network of a DeepBach. Shapes: N cells, W rows around each, C columns, O ids that may be said."""

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..nn.layers import Linear, linear_maps
from ..nn.readers import Reader, Vectors
from ..nn.recurrent import LSTM, recurrent_maps
from ..nn.rows import initialise
from .deepbach_config import DeepBachConfig


class Conditional(nn.Module):
    """Scores of one cell given all around it."""

    def __init__(self, config: DeepBachConfig, sizes: Sequence[int], outputs: int) -> None:
        super().__init__()
        units, dropped, recurrent = zip(*config.layers, strict=True)
        self.reach = config.dt
        self.vectors = Vectors(sizes, config.embedding)
        self.left, self.right = (Reader(self.vectors.width, units, dropped, recurrent) for _ in range(2))
        middle = [self.vectors.width, *[config.middle] * config.middle_layers]
        self.middle = _dense(middle, config.middle_dropout)
        width = 2 * units[-1] + config.middle
        self.hidden = _dense([width, config.hidden] if config.hidden else [width], 0.0)
        self.scores = Linear(config.hidden or width, outputs)
        self.apply(initialise)

    def forward(self, around: Int[Tensor, "N W C"]) -> Float[Tensor, "N O"]:
        """Of the cell in the middle row, which must stand there as unknown."""
        x = self.vectors(around)
        left, right = self.left(x[:, : self.reach]), self.right(x[:, self.reach + 1 :].flip(1))
        said = torch.cat([left, self.middle(x[:, self.reach]), right], -1)
        return cast(Tensor, self.scores(self.hidden(said)))

    def maps(self) -> list[tuple[nn.Parameter, int]]:
        """Its matrices, each with the number of maps that it stacks."""
        layers = [cast(nn.RNNBase, layer) for side in (self.left, self.right) for layer in side.layers]
        return recurrent_maps(layers, LSTM.maps) + linear_maps([*self.middle, *self.hidden])


def _dense(sizes: Sequence[int], dropout: float) -> nn.Sequential:
    """Dense layers, a rectifier and dropout behind each."""
    parts = list[nn.Module]()
    for size, following in pairwise(sizes):
        parts += [Linear(size, following), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*parts)
