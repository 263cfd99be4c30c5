"""Attention of one training step's layer, forward and backward: written out, and torch's fused kernel.

    python benchmarks/attention.py

Eight windows of 256 rows, width 256, bfloat16; the median of repeats.
"""

from argparse import Namespace
from collections.abc import Callable

import torch
import torch.nn.functional as F
from measure import Result, parser, repeated, run, table
from torch import Tensor

from partimento.nn.layers import attend

HEADS = (4, 8)
PIECES, ROWS, WIDTH = 8, 256, 256


def row(heads: int, repeats: int) -> Result:
    """Milliseconds of both ways with so many heads."""
    shape = (PIECES, heads, ROWS, WIDTH // heads)
    q, k, v = (torch.randn(shape, dtype=torch.bfloat16, requires_grad=True) for _ in range(3))
    fused = _ms(lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True), repeats)
    written = _ms(lambda: attend(q, k, v), repeats)
    return {"heads": heads, "fused, ms": fused, "written out, ms": written, "ratio": fused / written}


def _ms(attention: Callable[[], Tensor], repeats: int) -> float:
    def both() -> None:
        y: Tensor = attention()
        y.sum().backward()

    repeated(both, 3)
    return repeated(both, repeats).wall_s * 1e3


def measured(given: Namespace) -> Result:
    """A row for each number of heads."""
    return {"rows": [row(heads, 3 if given.quick else 25) for heads in HEADS]}


if __name__ == "__main__":
    run(parser(__doc__), measured, lambda result: table(result["rows"]))
