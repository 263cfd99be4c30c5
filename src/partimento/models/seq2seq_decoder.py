"""The family ``seq2seq`` row after row from a frozen copy.

Shapes: N pieces, T rows, C columns, I inputs, H units of the decoder, D of both directions of the encoder, V ids.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..nn.frozen import Floats, Integers, Map
from ..nn.frozen_dense import Part
from ..nn.logits import Logits
from ..nn.recurrent import FrozenLayer

WAYS = (1, -1)  # in which the encoder's two layers read


class Segment(NamedTuple):
    """Rows decoded from one encoding: the first of them, how many, and how many rows before them were encoded."""

    start: int
    length: int
    known: int


def segments(rows: int, encoder_rows: int, decoder_rows: int) -> Iterator[Segment]:
    """The segments of ``rows`` rows of which the first is known."""
    start = 1
    while start < rows:
        length = length_of(start, encoder_rows, decoder_rows)
        yield Segment(start, min(length, rows - start), min(start, encoder_rows))
        start += length


def length_of(known: int, encoder_rows: int, decoder_rows: int) -> int:
    """How many rows are decoded after ``known`` rows: until there are enough for a whole encoding, or a segment."""
    return min(decoder_rows, encoder_rows - known) if known < encoder_rows else decoder_rows


@dataclass(frozen=True)
class Encoded:
    """What composing keeps of the rows so far.

    ``latest`` [N, T, C] are those that the next encoding would read, ``left`` how many rows come before it;
    ``memory`` [N, 2, H] is the decoder's output and cell, ``controls`` [N, K] stands beside every row.
    """

    decoder: "Seq2SeqDecoder"
    latest: Integers
    left: float
    memory: Floats
    controls: Tensor


@dataclass(frozen=True)
class Seq2SeqDecoder:
    """An encoder and a decoder frozen for composing; ``begin`` [1, I] is what stands before a segment's first row."""

    inputs: Part
    encoders: tuple[FrozenLayer, FrozenLayer]
    project: Map
    decoder: FrozenLayer
    begin: Tensor
    heads: Sequence[Part]
    encoder_rows: int
    decoder_rows: int
    reencode: bool

    def start(self, ids: Integers, controls: Tensor) -> Encoded:
        """The state after a prefix [N, T, C]."""
        latest = ids[:, -self.encoder_rows :]
        return self._encoded(Encoded(self, latest, 0, np.zeros((len(ids), 2, 0), np.float32), controls))

    def advance(self, state: Encoded, row: Integers) -> Encoded:
        """The state after one more row [N, C]; behind a segment's last, one that is encoded anew."""
        latest = np.concatenate([state.latest, row[:, None]], 1)[:, -self.encoder_rows :]
        state = replace(state, latest=latest, left=state.left - 1)
        return self._stepped(state, self._vectors(row, state)) if state.left else self._encoded(state)

    def select(self, state: Encoded, pieces: Sequence[int]) -> Encoded:
        """The state of some of its pieces, each as often as it is named."""
        named = ("latest", "memory", "controls")
        return replace(state, **{name: getattr(state, name)[pieces] for name in named})

    def logits(self, state: Encoded, column: int) -> Logits:
        """Of a column of the next row."""
        hidden = torch.from_numpy(np.ascontiguousarray(state.memory[:, :1]))
        return Logits(self.heads[column](hidden))

    def _encoded(self, state: Encoded) -> Encoded:
        """The decoder's first state from the latest rows: the greatest output of the encoder over time, projected."""
        outputs = np.concatenate(
            [self._read(layer, state, way) for layer, way in zip(self.encoders, WAYS, strict=True)], -1
        )
        memory = self.project(np.ascontiguousarray(outputs)).reshape(len(outputs), 2, -1)
        length = length_of(state.latest.shape[1], self.encoder_rows, self.decoder_rows)
        begin = torch.cat([self.begin.expand(len(memory), -1), state.controls], -1)
        return self._stepped(replace(state, memory=memory, left=length if self.reencode else math.inf), begin.numpy())

    def _read(self, layer: FrozenLayer, state: Encoded, way: int) -> Floats:
        """[N, D / 2]: the greatest output over the latest rows, read in one direction."""
        memory = layer.blank(len(state.latest))
        greatest = np.full((len(memory), layer.units), -np.inf, np.float32)
        for row in state.latest.swapaxes(0, 1)[::way]:
            memory = layer(self._vectors(row, state), memory)
            greatest = np.maximum(greatest, memory[:, 0])
        return greatest

    def _stepped(self, state: Encoded, x: Floats) -> Encoded:
        return replace(state, memory=self.decoder(x, state.memory))

    def _vectors(self, row: Integers, state: Encoded) -> Floats:
        """[N, I]: rows as vectors, with what is told beside them."""
        found: Floats = torch.cat([self.inputs(torch.from_numpy(row)), state.controls], -1).numpy()
        return found
