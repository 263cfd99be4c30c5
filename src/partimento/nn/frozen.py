"""The parts of a decoder frozen for composing: NumPy around torch's matrix products.

A row of a small model is some five hundred small operations. NumPy starts one in a third of the time that
torch takes, and treats a row the same whatever stands beside it. Shapes: N rows, D width, O outputs.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from .blocks import SwiGLU
from .layers import linear, packed
from .rows import Head, Rows

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


class Map:
    """Linear maps of the same input, stacked into one: [N, I] to [N, O]."""

    def __init__(self, *maps: nn.Linear) -> None:
        biases = [each.bias for each in maps if each.bias is not None]
        weight = torch.cat([each.weight.detach().cpu() for each in maps])
        self.bias = torch.cat([bias.detach().cpu() for bias in biases]) if biases else None
        self.outputs = len(weight)
        self.weight, self.product = packed(weight) if weight.dtype is torch.bfloat16 else (weight, linear)

    def __call__(self, x: Floats) -> Floats:
        """Weight times each row, plus bias."""
        return _floats(self.of(torch.from_numpy(x)))

    def of(self, x: Tensor) -> Tensor:
        """The same, from tensor to tensor."""
        return self.product(x, self.weight, self.bias)


class Norm:
    """Rows divided by the root of their mean square, times a gain: [N, D]."""

    def __init__(self, norm: nn.RMSNorm) -> None:
        self.gain = array(norm.weight)
        self.least = np.float32(torch.finfo(torch.float32).eps if norm.eps is None else norm.eps)

    def __call__(self, x: Floats) -> Floats:
        """As nn.RMSNorm."""
        squares = np.add.reduce(x * x, axis=-1, keepdims=True)
        return x * self.gain / np.sqrt(squares * np.float32(1 / x.shape[-1]) + self.least)


class Centred:
    """Rows less their mean, divided by their standard deviation, times a gain, plus a bias: [N, D]."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self.gain, self.bias, self.least = array(norm.weight), array(norm.bias), np.float32(norm.eps)

    def __call__(self, x: Floats) -> Floats:
        """As nn.LayerNorm."""
        centred: Floats = x - np.mean(x, axis=-1, keepdims=True)
        variance: Floats = np.mean(centred * centred, axis=-1, keepdims=True)
        return centred * self.gain / np.sqrt(variance + self.least) + self.bias


def frozen_norm(norm: nn.Module) -> Callable[[Floats], Floats]:
    """A norm for composing; anything else changes nothing."""
    if isinstance(norm, nn.RMSNorm):
        return Norm(norm)
    return Centred(norm) if isinstance(norm, nn.LayerNorm) else unchanged


def unchanged(x: Floats) -> Floats:
    """``x`` itself."""
    return x


class Gated:
    """A SwiGLU layer: [N, D] to [N, D]."""

    def __init__(self, layer: SwiGLU) -> None:
        self.inward, self.outward = Map(layer.inward), Map(layer.outward)

    def __call__(self, x: Floats) -> Floats:
        """As the layer itself."""
        gate, value = self.inward.of(torch.from_numpy(x)).chunk(2, dim=-1)
        return _floats(self.outward.of(F.silu(gate) * value))


class Tables:
    """Vectors by id for each column, everything that an id says of itself added up beforehand, times ``scale``."""

    def __init__(self, rows: Rows, scale: float = 1.0) -> None:
        self.columns = [array(rows.table(c)) * np.float32(scale) for c in range(len(rows.columns))]

    def __call__(self, ids: Integers) -> Floats:
        """[N, D]: the sum over as many columns as ``ids`` [N, c] has."""
        total: Floats = self.columns[0][ids[:, 0]]
        for c in range(1, ids.shape[1]):
            total += self.columns[c][ids[:, c]]
        return total


class FrozenHead:
    """Scores of one column and, with a pointer, its query and gate."""

    def __init__(self, head: Head) -> None:
        self.mixed = _Mixed(head) if head.gated else unchanged
        self.size = head.scores.out_features
        self.points = head.query is not None
        self.scores = Map(head.scores, *([] if head.query is None else [head.query]))

    def __call__(self, z: Floats) -> tuple[Floats, Floats]:
        """[N, V] and [N, P + 1] (or [N, 0])."""
        found = self.scores(self.mixed(z))
        return found[:, : self.size], found[:, self.size :]


class _Mixed:
    """What stands before a head's scores."""

    def __init__(self, head: Head) -> None:
        self.norm, self.mix, self.final = Norm(head.norm), Gated(head.mix), Norm(head.final)

    def __call__(self, z: Floats) -> Floats:
        return self.final(z + self.mix(self.norm(z)))


def array(values: Tensor) -> Floats:
    """A copy of ``values`` in single precision."""
    copied: Floats = values.detach().to("cpu", torch.float32, copy=True).numpy()
    return copied


def summed(tables: Sequence[tuple[int, Integers]], ids: Integers) -> Integers:
    """[...]: what the ids [..., c] say by tables of (column, value by id); of columns beyond ``c`` nothing."""
    total = np.zeros(ids.shape[:-1], np.int64)
    for column, table in tables:
        if column < ids.shape[-1]:
            total += table[ids[..., column]]
    return total


def _floats(x: Tensor) -> Floats:
    found: Floats = x.numpy()
    return found
