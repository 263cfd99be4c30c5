"""Dense layers and activations frozen for composing. Shapes: N rows, I inputs, O outputs."""

from collections.abc import Callable, Sequence
from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import FeedForward
from .frozen import Floats, Map
from .layers import Linear

VECTOR = 64  # numbers of a row: torch's vector instructions leave none over, whatever stands beside it
Part = Callable[[Tensor], Tensor]


class FrozenFeedForward:
    """A FeedForward layer: [N, I] to [N, I]."""

    def __init__(self, layer: FeedForward) -> None:
        self.parts = [_frozen(part) for part in (layer.inward, layer.activation, layer.outward)]

    def __call__(self, x: Floats) -> Floats:
        """As the layer itself."""
        return through(self.parts, x)


def through(parts: Sequence[Part], x: Floats) -> Floats:
    """[N, O]: rows [N, I] after one part and the next."""
    rows = torch.from_numpy(x)
    for part in parts:
        rows = part(rows)
    found: Floats = rows.numpy()
    return found


def frozen_parts(layers: nn.Sequential) -> list[Part]:
    """Copies of feed-forward layers for composing, without their dropout."""
    return [_frozen(layer) for layer in layers if not isinstance(layer, nn.Dropout)]


def frozen_copy(module: nn.Module) -> nn.Module:
    """A copy that no training reaches."""
    return deepcopy(module).cpu().eval().requires_grad_(False)


def _frozen(layer: nn.Module) -> Part:
    if isinstance(layer, Linear):
        return Map(layer).of
    copied = frozen_copy(layer)
    return copied if isinstance(layer, nn.LayerNorm) else lambda x: _evenly(copied, x)


def _evenly(activation: nn.Module, x: Tensor) -> Tensor:
    """An activation of rows that torch computes alike whatever their number: it treats the rest of a vector apart."""
    width = x.shape[-1]
    found: Tensor = activation(F.pad(x, (0, -width % VECTOR)) if width % VECTOR else x)
    return found[:, :width]
