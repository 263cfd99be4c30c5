"""Where a row stands: heads that turn with it, or a vector added to it.

Shapes: B pieces, T rows, M places, D width, H heads, K head width.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..errors import UsageError

INDEX_WAVELENGTHS = (2.0 * math.pi, 2.0 * math.pi * 10_000)  # rows; Su et al. 2021, section 3.3
TIME_WAVELENGTHS = (4.0, 8000.0)  # grid steps: 40 ms to 80 s
Angles = tuple[Float[Tensor, "B T 2H K"], Float[Tensor, "B T 2H K"]]


def rates(wavelengths: tuple[float, float], count: int) -> Float[Tensor, " count"]:
    """Radians per unit for ``count`` wavelengths in geometric progression."""
    shortest, longest = (math.log(w) for w in wavelengths)
    return 2 * math.pi * torch.exp(-torch.linspace(shortest, longest, count, dtype=torch.float64))


class RotaryClock(nn.Module):
    """Cosines and sines for heads that count rows and heads that count musical time.

    Rotary positions (Su et al. 2021, "RoFormer", eq. 34); the first ``time_heads`` heads turn with the
    onset of each row in grid steps, the others with its index, or not at all where vectors say the index.
    """

    rates: Tensor

    def __init__(self, heads: int, time_heads: int, head_width: int, by_index: bool = True) -> None:
        super().__init__()
        index = (rates(INDEX_WAVELENGTHS, head_width // 2) * by_index).expand(heads - time_heads, -1)
        time = rates(TIME_WAVELENGTHS, head_width // 2).expand(time_heads, -1)
        self.time_heads = time_heads
        self.register_buffer("rates", torch.cat([time, index]), persistent=False)

    def forward(self, index: Int[Tensor, "B T"], time: Int[Tensor, "B T"]) -> Angles:
        """Cosine and signed sine for queries and keys alike, each [B, T, 2 H, K], float32."""
        heads = self.rates.shape[0]
        clock = torch.stack([time] * self.time_heads + [index] * (heads - self.time_heads), dim=-1)
        angle = clock.double().unsqueeze(-1) * self.rates
        cos, sin = angle.cos().float(), angle.sin().float()
        cos, sin = torch.cat([cos, cos], -1), torch.cat([-sin, sin], -1)
        return torch.cat([cos, cos], -2), torch.cat([sin, sin], -2)


def rotate(x: Float[Tensor, "B T H K"], angles: Angles) -> Float[Tensor, "B T H K"]:
    """Turn each pair (x_i, x_{i+K/2}) by its angle."""
    cos, sin = angles
    left, right = x.chunk(2, dim=-1)
    return x * cos.to(x.dtype) + torch.cat([right, left], -1) * sin.to(x.dtype)


class Places(nn.Module):
    """A vector for each place in a window, ``table`` [M, D]."""

    table: Tensor

    def forward(self, rows: int) -> Float[Tensor, "T D"]:
        """The vectors of the first ``rows`` places. Raises UsageError where there are fewer."""
        if rows > len(self.table):
            most = len(self.table)
            raise UsageError(
                f"sequence {rows} is longer than the {most} positions of the model; take windows of at most {most} "
                f"rows (--sequence {most}), or train a model with --context {rows}"
            )
        return self.table[:rows]


class Learned(Places):
    """Vectors that are learnt like those of the ids."""

    def __init__(self, places: int, width: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(places, width).normal_(std=0.5))


class Sinusoidal(Places):
    """Sines, then cosines, of wavelengths in geometric progression (Vaswani et al. 2017, section 3.5)."""

    def __init__(self, places: int, width: int) -> None:
        super().__init__()
        angle = torch.arange(places).double().unsqueeze(-1) * 10_000 ** -(torch.arange(width // 2) * 2 / width).double()
        self.register_buffer("table", torch.cat([angle.sin(), angle.cos()], -1).float(), persistent=False)


POSITIONS: dict[str, type[Learned] | type[Sinusoidal] | None] = {
    "rotary": None,  # turned by a RotaryClock: nothing is added
    "learned": Learned,
    "sinusoidal": Sinusoidal,
}
