"""Composing with the family ``three-head``: a frozen copy of it, asked block after block of rows.

Shapes: N pieces, C columns, I inputs, D width, H units, M vectors that a cell remembers, W rows in a window.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

from ..nn.frozen import Floats, Integers, array
from ..nn.frozen_dense import Part
from ..nn.logits import Logits
from ..nn.recurrent import LSTM, FrozenLayer, stepped
from .three_head_lstm import Follower, Windowed

Past = tuple[Floats, ...]


class Reader(Protocol):
    """The LSTM layers, frozen: what they keep of the rows so far, and what they say of those to come."""

    def blank(self, pieces: int) -> Past: ...  # noqa: D102
    def heard(self, past: Past, x: Floats) -> Past: ...  # noqa: D102
    def coming(self, past: Past) -> Floats: ...  # noqa: D102


class FrozenFollower:
    """Keeps the memories of its layers [N, M, H]; a row costs the same however many stand before it."""

    def __init__(self, follower: Follower) -> None:
        self.layers = [FrozenLayer(cast(nn.RNNBase, layer), LSTM) for layer in follower.stack.forwards]
        self.places = None if follower.places is None else array(follower.places)

    def blank(self, pieces: int) -> Past:
        """Before the first row."""
        return tuple(layer.blank(pieces) for layer in self.layers)

    def heard(self, past: Past, x: Floats) -> Past:
        """After one more row [N, I]."""
        return stepped(self.layers, past, x)

    def coming(self, past: Past) -> Floats:
        """[N, ahead, D]: the vectors of the next block of rows."""
        last = past[-1][:, :1]
        return np.ascontiguousarray(last) if self.places is None else last + self.places


class FrozenWindow:
    """Keeps the last W rows [N, W, I], and reads them anew in both directions for every block."""

    def __init__(self, windowed: Windowed, inputs: int) -> None:
        pairs = zip(windowed.stack.forwards, windowed.stack.backwards, strict=True)
        self.layers = [[FrozenLayer(cast(nn.LSTM, layer), LSTM) for layer in both] for both in pairs]
        self.ahead, self.shape = windowed.ahead, (windowed.window, inputs)

    def blank(self, pieces: int) -> Past:
        """Before the first row."""
        return (np.zeros((pieces, *self.shape), np.float32),)

    def heard(self, past: Past, x: Floats) -> Past:
        """After one more row [N, I]."""
        return (np.concatenate([past[0][:, 1:], x[:, None]], 1),)

    def coming(self, past: Past) -> Floats:
        """[N, ahead, D]: the vectors of the next block of rows."""
        (x,) = past
        for both in self.layers:
            x = _read(both, x)
        return np.ascontiguousarray(x[:, -self.ahead :])


def _read(both: Sequence[FrozenLayer], x: Floats) -> Floats:
    """[N, W, 2 H]: what a layer of two directions gives; they run side by side, so each step's cost is shared."""
    pieces, rows = len(x), np.ascontiguousarray(x).reshape(-1, x.shape[-1])
    onward, backward = (layer.inward(rows).reshape(*x.shape[:2], -1) for layer in both)
    inward = np.concatenate([onward, backward[:, ::-1]])
    memory, outputs = np.concatenate([layer.blank(pieces) for layer in both]), []
    for row in inward.swapaxes(0, 1):
        last = np.ascontiguousarray(memory[:, 0])
        across = [layer.across(part) for layer, part in zip(both, (last[:pieces], last[pieces:]), strict=True)]
        memory = LSTM.step(row, np.concatenate(across), memory)
        outputs.append(memory[:, 0])
    found = np.stack(outputs, 1)
    return np.concatenate([found[:pieces], found[pieces:, ::-1]], -1)


@dataclass(frozen=True)
class Heard:
    """What composing keeps: the reader's ``past``, ``told`` [N, K], the block's vectors and the place in it."""

    decoder: "ThreeHeadDecoder"
    past: Past
    told: Tensor
    coming: Floats
    place: int = 0


@dataclass(frozen=True)
class ThreeHeadDecoder:
    """The network frozen for composing; each of ``pipelines`` gives the scores of its column."""

    inputs: nn.Module
    reader: Reader
    pipelines: Sequence[Part]
    ahead: int

    def start(self, ids: Integers, told: Tensor) -> Heard:
        """The state after a prefix [N, T, C]; ``told`` [N, K] stands beside every row's vector."""
        past = self.reader.blank(len(ids))
        for row in ids.swapaxes(0, 1):
            past = self._heard(past, told, row)
        return Heard(self, past, told, self.reader.coming(past))

    def advance(self, state: Heard, row: Integers) -> Heard:
        """The state after one more row [N, C]; a block that is over is followed by the next."""
        past, place = self._heard(state.past, state.told, row), state.place + 1
        if place < self.ahead:
            return replace(state, past=past, place=place)
        return Heard(self, past, state.told, self.reader.coming(past))

    def select(self, state: Heard, pieces: Sequence[int]) -> Heard:
        """The state of some of its pieces alone."""
        past = tuple(each[pieces] for each in state.past)
        return replace(state, past=past, told=state.told[pieces], coming=state.coming[pieces])

    def logits(self, state: Heard, column: int) -> Logits:
        """Of a column of the next row, whatever was chosen for the others."""
        vectors = np.ascontiguousarray(state.coming[:, state.place])
        return Logits(self.pipelines[column](torch.from_numpy(vectors))[:, None])

    def _heard(self, past: Past, told: Tensor, row: Integers) -> Past:
        x = torch.cat([self.inputs(torch.from_numpy(np.ascontiguousarray(row))), told], -1)
        return self.reader.heard(past, x.float().numpy())
