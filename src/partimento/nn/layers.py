"""Linear maps that give a row the same bits alone and among others. Shapes: B anything, I inputs, O outputs."""

from collections.abc import Callable, Iterable
from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

LEAST_ROWS = 4
MOST_INPUTS = 1024  # beyond these the bfloat16 kernel for one row sums in another order than that for more
Product = Callable[[Tensor, Tensor, Tensor | None], Tensor]


def linear(x: Float[Tensor, "*B I"], weight: Tensor, bias: Tensor | None) -> Float[Tensor, "*B O"]:
    """A linear map that gives a row the same bits alone and among others; float32 in and out.

    In single precision, matrix kernels for fewer than four rows sum in another order than those for more,
    so fewer are padded; those for bfloat16 weights (see ``halved``) do so for one long row alone.
    """
    if weight.dtype is torch.bfloat16:
        return _in_company(F.linear, x, weight, bias)
    rows = x.numel() // x.shape[-1]
    if rows >= LEAST_ROWS:
        return F.linear(x, weight, bias)
    flat = x.reshape(rows, -1)
    padded = F.linear(torch.cat([flat, flat[:1].expand(LEAST_ROWS - rows, -1)]), weight, bias)
    return padded[:rows].view(*x.shape[:-1], -1)


def packed(weight: Tensor) -> tuple[Tensor, Product]:
    """A bfloat16 weight in the order in which its kernel reads it, and that kernel; as it is, where torch has none.

    ``linear`` puts the weights in order at every call, which costs a single row more than the product itself.
    """
    try:
        return torch.ops.mkldnn._reorder_linear_weight(weight), _packed_linear
    except (AttributeError, RuntimeError):
        return weight, linear


def _packed_linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return _in_company(_pointwise, x, weight, bias)


def _pointwise(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    found: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return found


def _in_company(product: Product, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """A product in bfloat16 of rows in single precision; one long row is given twice, so that none is alone."""
    if x.shape[-1] <= MOST_INPUTS or x.numel() > x.shape[-1]:
        return product(x.bfloat16(), weight, bias).float()
    pair = x.bfloat16().reshape(1, -1).expand(2, -1).contiguous()
    return product(pair, weight, bias)[:1].float().view(*x.shape[:-1], -1)


class Linear(nn.Linear):
    """A linear map that, unless it learns, gives a row the same bits alone and among others."""

    def forward(self, x: Float[Tensor, "*B I"]) -> Float[Tensor, "*B O"]:
        """Weight times each row, plus bias."""
        return F.linear(x, self.weight, self.bias) if self.training else linear(x, self.weight, self.bias)


def linear_maps(parts: Iterable[nn.Module]) -> list[tuple[nn.Parameter, int]]:
    """The weights of those parts that are linear maps, each the one map that it is."""
    return [(cast(nn.Parameter, part.weight), 1) for part in parts if isinstance(part, Linear)]


def halved(module: nn.Module) -> nn.Module:
    """``module`` with linear and recurrent weights in bfloat16: what they are in training under autocast.

    A row of a small model is bound by reading its weights, so half the bytes are nearly half the time.
    """
    for part in module.modules():
        if isinstance(part, Linear | nn.RNNBase):
            part.to(torch.bfloat16)
    return module
