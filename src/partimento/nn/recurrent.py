"""Recurrent layers: torch's own over whole windows in training, row after row from a frozen copy in composing.

Shapes: B windows, T rows, N pieces, I inputs, H units, M vectors that a cell remembers, C columns, D width.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from .frozen import Floats, FrozenHead, Integers, Map, Tables
from .frozen_dense import Part
from .layers import Linear
from .logits import Logits


def lstm_step(inward: Floats, across: Floats, memory: Floats) -> Floats:
    """The next output and cell [N, 2, H] (Hochreiter and Schmidhuber 1997, with Gers's forget gate)."""
    shape = (len(inward), 4, memory.shape[-1])  # input, forget, candidate, output
    gates = np.tanh((inward + across).reshape(shape) * _HALVES) * _HALVES + _OFFSETS
    cell = gates[:, 1] * memory[:, 1] + gates[:, 0] * gates[:, 2]
    return np.stack([gates[:, 3] * np.tanh(cell), cell], 1)


def gru_step(inward: Floats, across: Floats, memory: Floats) -> Floats:
    """The next output [N, 1, H] (Cho et al. 2014, eq. 5 to 8; reset after the product, as torch and Keras do)."""
    shape = (len(inward), 3, memory.shape[-1])  # reset, update, candidate
    inward, across = inward.reshape(shape), across.reshape(shape)
    gates = np.tanh((inward[:, :2] + across[:, :2]) * _HALF) * _HALF + _HALF
    candidate = np.tanh(inward[:, 2] + gates[:, 0] * across[:, 2])
    found: Floats = (candidate + gates[:, 1] * (memory[:, 0] - candidate))[:, None]
    return found


_HALF = np.float32(0.5)  # the logistic function is half of 1 + tanh(x / 2), which never overflows
_HALVES = np.array([0.5, 0.5, 1.0, 0.5], np.float32)[:, None]
_OFFSETS = np.array([0.5, 0.5, 0.0, 0.5], np.float32)[:, None]


@dataclass(frozen=True)
class Cell:
    """A kind of recurrent layer: torch's, the maps that its weights stack, what it remembers, one step of it."""

    layer: type[nn.LSTM] | type[nn.GRU]
    maps: int
    memories: int
    step: Callable[[Floats, Floats, Floats], Floats]


CELLS = {"lstm": Cell(nn.LSTM, 4, 2, lstm_step), "gru": Cell(nn.GRU, 3, 1, gru_step)}
LSTM = CELLS["lstm"]


def initialise_recurrent(layer: nn.RNNBase, maps: int) -> None:
    """Maps that keep the variance, orthogonal ones across time, and an LSTM that forgets nothing at first."""
    for inward, across, *biases in layer.all_weights:
        for fresh, kept in zip(inward.chunk(maps), across.chunk(maps), strict=True):
            nn.init.xavier_uniform_(fresh)
            nn.init.orthogonal_(kept)
        for bias in biases:
            nn.init.zeros_(bias)
        if isinstance(layer, nn.LSTM):
            nn.init.ones_(biases[0].chunk(maps)[1])


def recurrent_maps(layers: Iterable[nn.RNNBase], maps: int) -> list[tuple[nn.Parameter, int]]:
    """The weights of recurrent layers, each with the number of maps that it stacks."""
    return [(weight, maps) for layer in layers for part in layer.all_weights for weight in part[:2]]


class FrozenLayer:
    """One layer for composing."""

    def __init__(self, layer: nn.RNNBase, cell: Cell) -> None:
        inward, across, *biases = layer.all_weights[0]
        self.inward, self.across = (Map(_linear(*pair)) for pair in zip((inward, across), biases, strict=True))
        self.cell, self.units = cell, layer.hidden_size

    def __call__(self, x: Floats, memory: Floats) -> Floats:
        """[N, M, H]: what is remembered after a row [N, I]; the first of it is the layer's output."""
        return self.cell.step(self.inward(x), self.across(np.ascontiguousarray(memory[:, 0])), memory)

    def blank(self, pieces: int) -> Floats:
        """[N, M, H]: what is remembered before the first row."""
        return np.zeros((pieces, self.cell.memories, self.units), np.float32)


def stepped(layers: Sequence[FrozenLayer], memories: Sequence[Floats], x: Floats) -> tuple[Floats, ...]:
    """[N, M, H] each: what stacked layers remember after a row [N, I], each fed by the one below."""
    found = []
    for layer, memory in zip(layers, memories, strict=True):
        found.append(layer(x, memory))
        x = np.ascontiguousarray(found[-1][:, 0])
    return tuple(found)


@dataclass(frozen=True)
class Memory:
    """What composing keeps of the rows so far: ``layers`` [N, M, H] each, ``told`` [N, K], ``hidden`` [N, D]."""

    decoder: "RecurrentDecoder"
    layers: tuple[Floats, ...]
    told: Tensor
    hidden: Floats


@dataclass(frozen=True)
class RecurrentDecoder:
    """A recurrent network frozen for composing; a row costs the same however many stand before it."""

    inputs: Part
    layers: Sequence[FrozenLayer]
    after: Sequence[Part]
    first: Map
    chosen: Tables
    others: Sequence[FrozenHead]

    def start(self, ids: Integers, told: Tensor) -> Memory:
        """The state after a prefix [N, T, C]; ``told`` [N, K] stands beside every row's vector."""
        blank = tuple(layer.blank(len(ids)) for layer in self.layers)
        state = Memory(self, blank, told, np.zeros((len(ids), 0), np.float32))
        for row in ids.swapaxes(0, 1):
            state = self._moved(state, row)
        return replace(state, hidden=self._hidden(state))

    def advance(self, state: Memory, row: Integers) -> Memory:
        """The state after one more row [N, C]."""
        moved = self._moved(state, row)
        return replace(moved, hidden=self._hidden(moved))

    def select(self, state: Memory, pieces: Sequence[int]) -> Memory:
        """The state of some of its pieces alone."""
        layers = tuple(memory[pieces] for memory in state.layers)
        return Memory(self, layers, state.told[pieces], state.hidden[pieces])

    def logits(self, state: Memory, chosen: Integers) -> Logits:
        """Of the column after those chosen [N, c] for the next row."""
        c = chosen.shape[1]
        scores = self.others[c - 1](state.hidden + self.chosen(chosen))[0] if c else self.first(state.hidden)
        return Logits(torch.from_numpy(scores[:, None]))

    def _moved(self, state: Memory, row: Integers) -> Memory:
        """What the layers remember after one more row; nothing is said of the next one."""
        x = torch.cat([self.inputs(torch.from_numpy(row)), state.told], -1).numpy()
        return replace(state, layers=stepped(self.layers, state.layers, x))

    def _hidden(self, state: Memory) -> Floats:
        x = torch.from_numpy(np.ascontiguousarray(state.layers[-1][:, 0]))
        for part in self.after:
            x = part(x)
        found: Floats = x.numpy()
        return found


def _linear(weight: Tensor, bias: Tensor) -> Linear:
    made = Linear(weight.shape[1], weight.shape[0], device="meta")
    made.weight, made.bias = (nn.Parameter(each.detach(), requires_grad=False) for each in (weight, bias))
    return made
