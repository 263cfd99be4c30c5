"""What the three pipelines share: rows read by LSTM layers, a vector for each row to come.

Forward alone, the state after a row stands for the ``ahead`` rows behind it, told apart by a vector for each place.
In both directions, the outputs at the last ``ahead`` rows of a window stand for those behind the window, as in the
code of Arloste/MusicGeneration. Shapes: B pieces, T rows, I inputs, D width, W rows in a window.
"""

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..nn.stacked import Stack


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
