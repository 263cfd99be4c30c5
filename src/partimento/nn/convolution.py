"""Convolutions over planes of time and pitch: up from a coarse map, and down to a verdict.

Where a size still has a doubling in it, a layer of 4 x 4 kernels doubles (or halves) it; the layers that are
left keep it with kernels of 3 x 3. Shapes: B windows, C channels, T steps, P pitches.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SpectralConvolution(nn.Conv2d):
    """A convolution whose kernel is divided by its largest singular value (Miyato et al. 2018, algorithm 1)."""

    def __init__(self, width: int, channels: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__(width, channels, kernel, stride, padding)
        self.register_buffer("left", F.normalize(torch.randn(channels), dim=0))

    def forward(self, x: Float[Tensor, "B C T P"]) -> Float[Tensor, "B D U Q"]:
        """The convolution with the divided kernel; each call in training refines the estimate once."""
        kernel = unit_norm(self.weight, self.get_buffer("left"), self.training)
        return F.conv2d(x, kernel, self.bias, self.stride, self.padding)


class SpectralLinear(nn.Linear):
    """A linear map that is divided by its largest singular value."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__(width, outputs)
        self.register_buffer("left", F.normalize(torch.randn(outputs), dim=0))

    def forward(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B E"]:
        """The map that was divided; each call in training refines the estimate once."""
        return F.linear(x, unit_norm(self.weight, self.get_buffer("left"), self.training), self.bias)


def unit_norm(weight: Tensor, left: Tensor, refine: bool) -> Tensor:
    """``weight`` over its largest singular value, found by a power iteration on from ``left``.

    In single precision: an estimate in bfloat16 wanders. ``left`` is moved where ``refine`` says so.
    """
    with torch.autocast(weight.device.type, enabled=False):
        rows = weight.flatten(1)
        with torch.no_grad():
            right = F.normalize(left @ rows, dim=0)
            better = F.normalize(rows @ right, dim=0)
            if refine:
                left.copy_(better)
        return weight / (better @ (rows @ right)).clamp_min(1e-12)


class ChannelNorm(nn.Module):
    """Every cell's channels at a root mean square of 1, whatever stands around it (Karras et al. 2018, 4.2)."""

    def forward(self, x: Float[Tensor, "B C T P"]) -> Float[Tensor, "B C T P"]:
        """The same, at that size."""
        return x * x.float().square().mean(1, keepdim=True).add(1e-8).rsqrt().to(x.dtype)


class Variety(nn.Module):
    """One more channel that says how much the windows of a batch differ (Karras et al. 2018, 3).

    With it a critic sees at once where all windows are alike, however good each of them is.
    """

    def forward(self, x: Float[Tensor, "B C T P"]) -> Float[Tensor, "B C+1 T P"]:
        """The channels, and the mean standard deviation of a cell."""
        spread = x.float().var(0, correction=0).add(1e-8).sqrt().mean().to(x.dtype)
        return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)


def upward(
    channels: Sequence[int], doublings: int, planes: int, activation: type[nn.Module], dropout: float
) -> nn.Sequential:
    """From a map of ``channels[0]`` to ``planes``, ``doublings`` times as long and high; any length will do."""
    parts: list[nn.Module] = [activation()]
    for number, (width, wider) in enumerate(pairwise(channels)):
        doubles = number < doublings  # no bias: what is the same for every map would be made as large as the rest
        kind, kernel, stride = (nn.ConvTranspose2d, 4, 2) if doubles else (nn.Conv2d, 3, 1)
        parts += [kind(width, wider, kernel, stride, 1, bias=False), ChannelNorm(), activation(), nn.Dropout2d(dropout)]
    return nn.Sequential(*parts, nn.Conv2d(channels[-1], planes, 3, 1, 1))


def downward(
    channels: Sequence[int], halvings: int, cells: int, activation: type[nn.Module], dropout: float, spectral: bool
) -> nn.Sequential:
    """From planes to one number for each of windows that are judged together.

    ``cells`` are those of a channel after the last layer.
    """
    convolution, linear = (SpectralConvolution, SpectralLinear) if spectral else (nn.Conv2d, nn.Linear)
    parts: list[nn.Module] = []
    for number, (width, wider) in enumerate(pairwise(channels)):
        kernel, stride = (4, 2) if number < halvings else (3, 1)
        parts += [convolution(width, wider, kernel, stride, 1), activation(), nn.Dropout2d(dropout)]
    return nn.Sequential(*parts, Variety(), nn.Flatten(), linear((channels[-1] + 1) * cells, 1))
