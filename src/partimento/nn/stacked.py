"""LSTM layers one on another, of one direction or of both. Shapes: B pieces, T rows, I inputs, D width."""

from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .recurrent import LSTM, initialise_recurrent


class Stack(nn.Module):
    """LSTM layers, each of one direction or of two side by side; dropout stands between them."""

    def __init__(self, inputs: int, units: int, layers: int, both: bool, dropout: float) -> None:
        super().__init__()
        self.width = units * (1 + both)
        sizes = [inputs, *[self.width] * layers][:layers]
        self.forwards = nn.ModuleList(nn.LSTM(size, units, batch_first=True) for size in sizes)
        self.backwards = nn.ModuleList(nn.LSTM(size, units, batch_first=True) for size in sizes if both)
        self.dropout = nn.Dropout(dropout)
        for layer in self.layers:
            initialise_recurrent(layer, LSTM.maps)

    @property
    def layers(self) -> list[nn.RNNBase]:
        """Every layer of either direction."""
        return [cast(nn.RNNBase, layer) for layer in (*self.forwards, *self.backwards)]

    def forward(self, x: Float[Tensor, "B T I"]) -> Float[Tensor, "B T D"]:
        """The output at every row."""
        for number, layer in enumerate(self.forwards):
            x = self.dropout(x) if number else x
            back = [each(x.flip(1))[0].flip(1) for each in self.backwards[number : number + 1]]
            x = torch.cat([layer(x)[0], *back], -1)
        return x
