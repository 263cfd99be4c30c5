"""Causal attention. Shapes: B pieces, T rows, R rows that may be seen, D width, H heads, K head width."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from .layers import Linear
from .positions import Angles, rotate


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
    """Causal multi-head attention over rows; heads of ``head_width``, or (0) of an equal share of the width."""

    def __init__(self, width: int, heads: int, head_width: int = 0, bias: bool = False) -> None:
        super().__init__()
        self.heads, self.head_width = heads, head_width or width // heads
        self.inward = Linear(width, 3 * heads * self.head_width, bias=bias)
        self.outward = Linear(heads * self.head_width, width, bias=bias)

    def forward(self, x: Float[Tensor, "B T D"], angles: Angles | None) -> Float[Tensor, "B T D"]:
        """Attend to this row and those before it; without ``angles`` nothing turns."""
        b, t, _ = x.shape
        parts = self.inward(x).view(b, t, 3 * self.heads, self.head_width)
        asking, v = parts.split([2 * self.heads, self.heads], 2)
        turned = asking if angles is None else rotate(asking, angles)
        q, k = turned.transpose(1, 2).chunk(2, dim=1)
        y = attend(q, k, v.transpose(1, 2))
        return self.outward(y.transpose(1, 2).reshape(b, t, -1))
