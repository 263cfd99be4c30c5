"""The matrix products of a computation: written down while it runs, then timed one by one.

A product is known by its operator and by the types, shapes and strides of its operands.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from measure import Spent, timed
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten
FACTORS = {aten.mm: 0, aten.bmm: 0, aten.addmm: 1, aten.baddbmm: 1}  # operator: place of the left factor


@dataclass(frozen=True)
class Operand:
    """A tensor without its content."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    @classmethod
    def of(cls, tensor: Tensor) -> "Operand":
        """What ``tensor`` looks like."""
        return cls(tuple(tensor.shape), tensor.stride(), tensor.dtype)

    def made(self) -> Tensor:
        """A tensor that looks so, of random numbers (its stride may be 0)."""
        reach = sum((count - 1) * step for count, step in zip(self.shape, self.stride, strict=True)) + 1
        return torch.randn(reach).to(self.dtype).as_strided(self.shape, self.stride)


@dataclass(frozen=True)
class Product:
    """A matrix product: its operator and operands."""

    operator: Callable[..., Tensor]
    operands: tuple[Operand, ...]

    @property
    def factors(self) -> tuple[Operand, Operand]:
        """The left and the right matrix, or stacks of them."""
        first = FACTORS[self.operator.overloadpacket]
        return self.operands[first], self.operands[first + 1]

    @property
    def flop(self) -> int:
        """Two operations for each of the multiplications."""
        left, right = self.factors
        return 2 * math.prod(left.shape) * right.shape[-1]

    def __str__(self) -> str:
        left, right = ("x".join(map(str, factor.shape)) for factor in self.factors)
        return f"{self.operator.overloadpacket.__name__} {left} by {right}"


class Products(TorchDispatchMode):
    """Writes down every matrix product of what runs under it."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[Product] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run the operator as it is."""
        if func.overloadpacket in FACTORS:
            self.counts[Product(func, tuple(Operand.of(arg) for arg in args))] += 1
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def time_of(product: Product, least_s: float) -> Spent:
    """The mean of so many repetitions as take ``least_s``."""
    operands = [operand.made() for operand in product.operands]
    product.operator(*operands)
    once = timed(lambda: product.operator(*operands))[1]
    times = math.ceil(least_s / max(once.wall_s, 1e-7))
    return timed(lambda: [product.operator(*operands) for _ in range(times)])[1].each(times)
