"""What the three pipelines share: rows read by LSTM layers, a vector for each row to come.

Forward alone, the state after a row stands for the ``ahead`` rows behind it, told apart by a vector for each place.
In both directions, the outputs at the last ``ahead`` rows of a window stand for those behind the window, as in the
code of Arloste/MusicGeneration. Shapes: B pieces, T rows, C columns, K controls, I inputs, D width, W rows in a window.
"""

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..nn.numbers import ColumnNumbers
from ..nn.recurrent import CELLS, initialise_recurrent
from ..nn.rows import initialise
from ..tokens import Column

CONTROL_WIDTH = 32
LSTM = CELLS["lstm"]


class Inputs(nn.Module):
    """A row's note embedded and, where all is fed back, its other columns as plain numbers."""

    def __init__(self, columns: tuple[Column, ...], note_at: int, embedding: int, everything: bool) -> None:
        super().__init__()
        self.note_at = note_at
        self.notes = nn.Embedding(columns[note_at].size, embedding)
        self.others = [c for c in range(len(columns)) if c != note_at]
        self.numbers = ColumnNumbers(tuple(columns[c] for c in self.others)) if everything else None
        self.width = embedding + (0 if self.numbers is None else self.numbers.width)
        self.apply(initialise)

    def forward(self, ids: Int[Tensor, "*B C"]) -> Float[Tensor, "*B I"]:
        """The vectors of rows."""
        notes = self.notes(ids[..., self.note_at])
        return notes if self.numbers is None else torch.cat([notes, self.numbers(ids[..., self.others])], -1)


class Told(nn.Module):
    """What stands beside every row's vector: the sum of the controls' embeddings, or nothing."""

    def __init__(self, controls: Sequence[int]) -> None:
        super().__init__()
        self.controls = nn.ModuleList(nn.Embedding(size, CONTROL_WIDTH) for size in controls)
        self.width = CONTROL_WIDTH * bool(controls)
        self.apply(initialise)

    def forward(self, controls: Int[Tensor, "B K"]) -> Float[Tensor, "B I"]:
        """A vector for each piece."""
        vectors = [each(known) for each, known in zip(self.controls, controls.unbind(-1), strict=True)]
        return torch.stack(vectors).sum(0) if vectors else torch.zeros(len(controls), 0, device=controls.device)


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


class Follower(nn.Module):
    """A stack that reads forward: rows to come in the same block differ by their place in it alone."""

    def __init__(self, stack: Stack, ahead: int) -> None:
        super().__init__()
        self.stack, self.ahead = stack, ahead
        self.places = nn.Parameter(torch.randn(ahead, stack.width) * 0.5) if ahead > 1 else None

    def forward(self, x: Float[Tensor, "B T I"]) -> Float[Tensor, "B T D"]:
        """The vector of the row behind each row."""
        hidden, rows = self.stack(x), torch.arange(x.shape[1], device=x.device)
        if self.places is None:
            return cast(Tensor, hidden)
        place = rows % self.ahead
        return cast(Tensor, hidden[:, rows - place] + self.places[place])


class Windowed(nn.Module):
    """A stack of both directions over the last ``window`` rows, which starts anew for every block of rows."""

    def __init__(self, stack: Stack, ahead: int, window: int) -> None:
        super().__init__()
        self.stack, self.ahead, self.window = stack, ahead, window

    def forward(self, x: Float[Tensor, "B T I"]) -> Float[Tensor, "B T D"]:
        """The vector of the row behind each row; before the first row a window holds zeros."""
        windows = F.pad(x, (0, 0, self.window - 1, 0)).unfold(1, self.window, self.ahead).mT
        hidden = self.stack(windows.flatten(0, 1))[:, -self.ahead :]
        return cast(Tensor, hidden.reshape(len(x), -1, self.stack.width)[:, : x.shape[1]])
