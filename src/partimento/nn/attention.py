"""Attention, causal unless it says otherwise.

Shapes: B pieces, T rows, R rows that may be seen, D width, H heads, K head width.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from .layers import Linear
from .positions import Angles, rotate


def attend(
    q: Float[Tensor, "B H T K"], k: Float[Tensor, "B H R K"], v: Float[Tensor, "B H R K"], causal: bool = True
) -> Float[Tensor, "B H T K"]:
    """Scaled-dot-product attention; a single asking row is the last and sees every row.

    On a processor and in bfloat16 the products written out are faster, forward and backward, than the
    fused kernel (docs/benchmarks.md).
    """
    rows = q.shape[2]
    if q.device.type != "cpu" or (rows > 1 and not torch.is_grad_enabled()):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal and rows > 1)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if causal and rows > 1:
        scores = scores + torch.full((rows, rows), -1e9, dtype=q.dtype).triu(1)
    return scores.softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    """Multi-head attention over rows; heads of ``head_width``, or (0) of an equal share of the width.

    Where it is ``causal`` a row sees itself and those before it, elsewhere all rows.
    """

    def __init__(self, width: int, heads: int, head_width: int = 0, bias: bool = False, causal: bool = True) -> None:
        super().__init__()
        self.heads, self.head_width, self.causal = heads, head_width or width // heads, causal
        self.inward = Linear(width, 3 * heads * self.head_width, bias=bias)
        self.outward = Linear(heads * self.head_width, width, bias=bias)

    def forward(self, x: Float[Tensor, "B T D"], angles: Angles | None) -> Float[Tensor, "B T D"]:
        """What each row finds in those that it sees; without ``angles`` nothing turns."""
        b, t, _ = x.shape
        parts = self.inward(x).view(b, t, 3 * self.heads, self.head_width)
        asking, v = parts.split([2 * self.heads, self.heads], 2)
        turned = asking if angles is None else rotate(asking, angles)
        q, k = turned.transpose(1, 2).chunk(2, dim=1)
        y = attend(q, k, v.transpose(1, 2), self.causal)
        return self.outward(y.transpose(1, 2).reshape(b, t, -1))
