"""The parts of a causal decoder. Shapes: B pieces, T rows, D width, H heads, K head width, F hidden width."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

INDEX_WAVELENGTHS = (2.0 * math.pi, 2.0 * math.pi * 10_000)  # rows; Su et al. 2021, section 3.3
TIME_WAVELENGTHS = (4.0, 8000.0)  # grid steps: 40 ms to 80 s
LEAST_ROWS = 4
Angles = tuple[Float[Tensor, "B T 2H K"], Float[Tensor, "B T 2H K"]]


def rates(wavelengths: tuple[float, float], count: int) -> Float[Tensor, " count"]:
    """Radians per unit for ``count`` wavelengths in geometric progression."""
    shortest, longest = (math.log(w) for w in wavelengths)
    return 2 * math.pi * torch.exp(-torch.linspace(shortest, longest, count, dtype=torch.float64))


class RotaryClock(nn.Module):
    """Cosines and sines for heads that count rows and heads that count musical time.

    Rotary positions (Su et al. 2021, "RoFormer", eq. 34); the first ``time_heads`` heads turn with the
    onset of each row in grid steps, the others with its index.
    """

    rates: Tensor

    def __init__(self, heads: int, time_heads: int, head_width: int) -> None:
        super().__init__()
        index = rates(INDEX_WAVELENGTHS, head_width // 2).expand(heads - time_heads, -1)
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


def linear(x: Float[Tensor, "*B I"], weight: Tensor, bias: Tensor | None) -> Float[Tensor, "*B O"]:
    """A linear map that gives a row the same bits alone and among others; float32 in and out.

    In single precision, matrix kernels for fewer than four rows sum in another order than those for more,
    so fewer are padded; those for bfloat16 weights (see ``halved``) do not.
    """
    if weight.dtype is torch.bfloat16:
        return F.linear(x.bfloat16(), weight, bias).float()
    rows = x.numel() // x.shape[-1]
    if rows >= LEAST_ROWS:
        return F.linear(x, weight, bias)
    flat = x.reshape(rows, -1)
    padded = F.linear(torch.cat([flat, flat[:1].expand(LEAST_ROWS - rows, -1)]), weight, bias)
    return padded[:rows].view(*x.shape[:-1], -1)


def packed(weight: Tensor) -> tuple[Tensor, Callable[[Tensor, Tensor, Tensor | None], Tensor]]:
    """A bfloat16 weight in the order in which its kernel reads it, and that kernel; as it is, where torch has none.

    ``linear`` puts the weights in order at every call, which costs a single row more than the product itself.
    """
    try:
        return torch.ops.mkldnn._reorder_linear_weight(weight), _packed_linear
    except (AttributeError, RuntimeError):
        return weight, linear


def _packed_linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    found: Tensor = torch.ops.mkldnn._linear_pointwise(x.bfloat16(), weight, bias, "none", [], "")
    return found.float()


class Linear(nn.Linear):
    """A linear map that, unless it learns, gives a row the same bits alone and among others."""

    def forward(self, x: Float[Tensor, "*B I"]) -> Float[Tensor, "*B O"]:
        """Weight times each row, plus bias."""
        return F.linear(x, self.weight, self.bias) if self.training else linear(x, self.weight, self.bias)


def halved(module: nn.Module) -> nn.Module:
    """``module`` with linear and recurrent weights in bfloat16: what they are in training under autocast.

    A row of a small model is bound by reading its weights, so half the bytes are nearly half the time.
    """
    for part in module.modules():
        if isinstance(part, Linear | nn.RNNBase):
            part.to(torch.bfloat16)
    return module


def attend(
    q: Float[Tensor, "B H T K"], k: Float[Tensor, "B H R K"], v: Float[Tensor, "B H R K"]
) -> Float[Tensor, "B H T K"]:
    """Causal scaled-dot-product attention; a single asking row is the last and sees every row.

    On a processor and in bfloat16 the products written out are faster, forward and backward, than the
    fused kernel (docs/benchmarks.md).
    """
    rows = q.shape[2]
    if q.device.type != "cpu" or (rows > 1 and not torch.is_grad_enabled()):
        return F.scaled_dot_product_attention(q, k, v, is_causal=rows > 1)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if rows > 1:
        scores = scores + torch.full((rows, rows), -1e9, dtype=q.dtype).triu(1)
    return scores.softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    """Causal multi-head attention over rows."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.inward = Linear(width, 3 * width, bias=False)
        self.outward = Linear(width, width, bias=False)

    def forward(self, x: Float[Tensor, "B T D"], angles: Angles) -> Float[Tensor, "B T D"]:
        """Attend to this row and those before it."""
        b, t, d = x.shape
        turning, v = self.inward(x).view(b, t, 3 * self.heads, d // self.heads).split([2 * self.heads, self.heads], 2)
        q, k = rotate(turning, angles).transpose(1, 2).chunk(2, dim=1)
        v = v.transpose(1, 2)
        y = attend(q, k, v)
        return self.outward(y.transpose(1, 2).reshape(b, t, d))


class SwiGLU(nn.Module):
    """Gated feed-forward layer (Shazeer 2020, "GLU variants", eq. 6)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.inward = Linear(width, 2 * hidden, bias=False)
        self.outward = Linear(hidden, width, bias=False)

    def forward(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Gate times value, back to the width."""
        gate, value = self.inward(x).chunk(2, dim=-1)
        return self.outward(F.silu(gate) * value)


class Block(nn.Module):
    """Attention and feed-forward, each behind an RMS norm, dropped out and added to what came in.

    Attention weights are not dropped out: the processor's fused kernel has no such mode.
    """

    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.attention_norm, self.feedforward_norm = nn.RMSNorm(width), nn.RMSNorm(width)
        self.attention = Attention(width, heads)
        self.feedforward = SwiGLU(width, hidden)
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x: Float[Tensor, "B T D"], angles: Angles) -> Float[Tensor, "B T D"]:
        """One layer of the decoder."""
        x = x + self.dropout(self.attention(self.attention_norm(x), angles))
        return x + self.dropout(self.feedforward(self.feedforward_norm(x)))
