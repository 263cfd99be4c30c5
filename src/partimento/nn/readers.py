"""What stands on one side of a cell, read by LSTM layers.

Shapes: N windows, T rows, I inputs, D units, C columns.
"""

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from .recurrent import LSTM, initialise_recurrent


class Reader(nn.Module):
    """The last output of LSTM layers one on another.

    Of each layer a share of its inputs is dropped, and of its outputs on the way to the next row (Keras's
    ``recurrent_dropout``: the same units at every row). Torch's fused layers know only the first, so layers that
    drop the second go row by row while they learn.
    """

    def __init__(self, inputs: int, units: Sequence[int], dropped: Sequence[float], recurrent: Sequence[float]) -> None:
        super().__init__()
        sizes = [inputs, *units]
        self.layers = nn.ModuleList(nn.LSTM(*pair, batch_first=True) for pair in zip(sizes, units, strict=False))
        self.dropouts = nn.ModuleList(nn.Dropout(share) for share in dropped)
        self.recurrent = tuple(recurrent)
        for layer in self.layers:
            initialise_recurrent(cast(nn.RNNBase, layer), LSTM.maps)

    def forward(self, x: Float[Tensor, "N T I"]) -> Float[Tensor, "N D"]:
        """What is remembered of rows at the last of them."""
        for layer, dropout, share in zip(self.layers, self.dropouts, self.recurrent, strict=True):
            x = dropout(x)
            x = row_by_row(cast(nn.LSTM, layer), x, share) if self.training and share else in_company(layer, x)
        return x[:, -1]


def in_company(layer: nn.Module, x: Float[Tensor, "N T I"]) -> Float[Tensor, "N T D"]:
    """The outputs of a fused layer: one window is given twice, since alone it would be summed in another order."""
    return cast(Tensor, layer(x if len(x) != 1 else x.expand(2, -1, -1))[0][: len(x)])


def row_by_row(layer: nn.LSTM, x: Float[Tensor, "N T I"], dropped: float) -> Float[Tensor, "N T D"]:
    """The outputs of a layer of which a share of the units is dropped from one row to the next (Gal and Ghahramani
    2016, eq. 7)."""
    inward, across, *biases = layer.all_weights[0]
    rows = F.linear(x, inward, biases[0] + biases[1]).unbind(1)
    output = cell = rows[0].new_zeros(len(x), layer.hidden_size)
    kept, outputs = F.dropout(torch.ones_like(output), dropped), []
    for row in rows:
        into, forget, candidate, out = (row + F.linear(output * kept, across)).chunk(LSTM.maps, -1)
        cell = forget.sigmoid() * cell + into.sigmoid() * candidate.tanh()
        output = out.sigmoid() * cell.tanh()
        outputs.append(output)
    return torch.stack(outputs, 1)


class Vectors(nn.Module):
    """Rows as the vectors of their cells side by side, each column with its own table."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        super().__init__()
        self.columns = nn.ModuleList(nn.Embedding(size, width) for size in sizes)
        self.width = width * len(sizes)

    def forward(self, ids: Int[Tensor, "*N C"]) -> Float[Tensor, "*N I"]:
        """I is the width of a vector times the columns."""
        return torch.cat([column(ids[..., c]) for c, column in enumerate(self.columns)], -1)
