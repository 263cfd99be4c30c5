"""The blocks of a decoder, or of an encoder. Shapes: B pieces, T rows, D width."""

from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from .activations import ACTIVATIONS
from .attention import Attention
from .layers import Linear
from .positions import Angles

NORMS: dict[str, type[nn.RMSNorm] | type[nn.LayerNorm]] = {"rms": nn.RMSNorm, "layer": nn.LayerNorm}
PLACEMENTS = ("pre", "post")
FEEDFORWARDS = ("swiglu", *ACTIVATIONS)


@dataclass(frozen=True)
class BlockSizes:
    """What a Block is made of; ``head_width`` 0: an equal share of the width."""

    width: int
    heads: int
    hidden: int
    dropout: float = 0.0
    head_width: int = 0
    feedforward: str = "swiglu"
    norm: str = "rms"
    placement: str = "pre"
    bias: bool = False
    causal: bool = True


class SwiGLU(nn.Module):
    """Gated feed-forward layer (Shazeer 2020, "GLU variants", eq. 6)."""

    def __init__(self, width: int, hidden: int, bias: bool = False) -> None:
        super().__init__()
        self.inward = Linear(width, 2 * hidden, bias=bias)
        self.outward = Linear(hidden, width, bias=bias)

    def forward(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Gate times value, back to the width."""
        gate, value = self.inward(x).chunk(2, dim=-1)
        return self.outward(F.silu(gate) * value)


class FeedForward(nn.Module):
    """Feed-forward layer with one activation, a row of ACTIVATIONS (Vaswani et al. 2017, eq. 2)."""

    def __init__(self, width: int, hidden: int, activation: str, bias: bool) -> None:
        super().__init__()
        self.inward = Linear(width, hidden, bias=bias)
        self.activation = ACTIVATIONS[activation]()
        self.outward = Linear(hidden, width, bias=bias)

    def forward(self, x: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Out to the hidden width and back."""
        return self.outward(self.activation(self.inward(x)))


class Block(nn.Module):
    """Attention and feed-forward, each dropped out, added to what came in, and normalised before it or after.

    Attention weights are not dropped out: the processor's fused kernel has no such mode.
    """

    def __init__(self, sizes: BlockSizes) -> None:
        super().__init__()
        norm, width = NORMS[sizes.norm], sizes.width
        self.attention_norm, self.feedforward_norm = norm(width), norm(width)
        self.attention = Attention(width, sizes.heads, sizes.head_width, sizes.bias, sizes.causal)
        self.feedforward = _feedforward(sizes)
        self.dropout = nn.Dropout(sizes.dropout) if sizes.dropout else nn.Identity()
        self.post = sizes.placement == "post"

    def forward(self, x: Float[Tensor, "B T D"], angles: Angles | None) -> Float[Tensor, "B T D"]:
        """One layer of the decoder."""
        if self.post:
            x = self.attention_norm(x + self.dropout(self.attention(x, angles)))
            return self.feedforward_norm(x + self.dropout(self.feedforward(x)))
        x = x + self.dropout(self.attention(self.attention_norm(x), angles))
        return x + self.dropout(self.feedforward(self.feedforward_norm(x)))


def _feedforward(sizes: BlockSizes) -> SwiGLU | FeedForward:
    if sizes.feedforward == "swiglu":
        return SwiGLU(sizes.width, sizes.hidden, sizes.bias)
    return FeedForward(sizes.width, sizes.hidden, sizes.feedforward, sizes.bias)
