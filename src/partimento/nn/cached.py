"""A causal decoder that takes rows as they come and keeps the keys and values of those before them.

Shapes: B pieces, T new rows, R rows in the cache, H heads, K head width, D width.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from .blocks import Block, SwiGLU
from .frozen import Floats, Gated, Integers, Map, frozen_norm
from .frozen_dense import FrozenFeedForward, Part, through
from .positions import RotaryClock

Turn = tuple[NDArray[np.float32], NDArray[np.float32]]  # cosine [B, T, 1, H, 1, K/2], signed sine [B, T, 1, H, 2, K/2]


class Clock:
    """The angles of a RotaryClock, laid out for queries and keys whose halves are an axis of their own."""

    def __init__(self, clock: RotaryClock) -> None:
        self.rates = clock.rates.cpu().numpy()[:, None, :]
        self.by_time = np.arange(len(self.rates)) < clock.time_heads

    def __call__(self, index: Integers, time: Integers) -> Turn:
        """Of rows with these places and onsets, each [B, T]."""
        ticks = np.where(self.by_time, time[..., None], index[..., None])
        angle = ticks[:, :, None, :, None, None] * self.rates
        sin = np.sin(angle)
        return np.cos(angle).astype(np.float32), np.concatenate([-sin, sin], -2).astype(np.float32)


def turned(x: Floats, turn: Turn) -> Floats:
    """Turn each pair of halves of ``x`` [B, T, 2, H, 2, K/2] by its angle."""
    cos, sin = turn
    found: Floats = x * cos + x[..., ::-1, :] * sin
    return found


class Cache:
    """Keys and values of the rows so far, written in place: [layers, 2, B, H, capacity, K]."""

    def __init__(self, layers: int, pieces: int, heads: int, capacity: int, head_width: int) -> None:
        self.array = np.empty((layers, 2, pieces, heads, capacity, head_width), np.float32)
        self.tensor = torch.from_numpy(self.array)
        self.length = 0
        self.named: list[int] | None = None  # the pieces of ``array`` that a fork is of, until it is written to

    @property
    def pieces(self) -> int:
        """B."""
        return self.array.shape[2] if self.named is None else len(self.named)

    def select(self, pieces: Sequence[int]) -> "Cache":
        """This cache with some of its pieces alone, in rising order; they move to the front."""
        if self.named is not None:
            return self.fork(pieces)
        for place, piece in enumerate(pieces):
            if place != piece:
                self.array[:, :, place, :, : self.length] = self.array[:, :, piece, :, : self.length]
        self.array, self.tensor = self.array[:, :, : len(pieces)], self.tensor[:, :, : len(pieces)]
        return self

    def fork(self, pieces: Sequence[int]) -> "Cache":
        """A cache of ``pieces``, each as often as it is named; it is copied when it is first written to."""
        made = copy(self)
        made.named = [piece if self.named is None else self.named[piece] for piece in pieces]
        return made

    def _own(self) -> None:
        """Copy what a fork is of."""
        array = np.empty((*self.array.shape[:2], self.pieces, *self.array.shape[3:]), np.float32)
        array[..., : self.length, :] = self.array[:, :, self.named, :, : self.length]
        self.array, self.tensor, self.named = array, torch.from_numpy(array), None

    def attend(self, layer: int, q: Floats, k: Floats, v: Floats) -> Floats:
        """Write keys and values [B, T, H, K] behind the others; what the queries find there, [B, T, H, K].

        Several rows at once are possible at the start alone.
        """
        if self.named is not None:
            self._own()
        stop = self.length + q.shape[1]
        keys, values = self.array[layer]
        keys[:, :, self.length : stop] = k.swapaxes(1, 2)
        values[:, :, self.length : stop] = v.swapaxes(1, 2)
        asked, (seen, told) = torch.from_numpy(q).transpose(1, 2), self.tensor[layer, :, :, :, :stop]
        if q.shape[1] > 1:
            found = F.scaled_dot_product_attention(asked, seen, told, is_causal=True, scale=1.0)
        else:
            found = (asked @ seen.mT).softmax(-1) @ told
        attended: Floats = found.transpose(1, 2).numpy()
        return attended


class Layer:
    """A Block that reads and writes a cache."""

    def __init__(self, block: Block) -> None:
        self.attention_norm, self.feedforward_norm = map(frozen_norm, (block.attention_norm, block.feedforward_norm))
        self.inward, self.outward = Map(block.attention.inward), Map(block.attention.outward)
        layer = block.feedforward
        self.feedforward = Gated(layer) if isinstance(layer, SwiGLU) else FrozenFeedForward(layer)
        self.heads, self.head_width, self.post = block.attention.heads, block.attention.head_width, block.post

    def __call__(self, x: Floats, turn: Turn | None, cache: Cache, layer: int) -> Floats:
        """[B * T, D]: one layer of the decoder."""
        if self.post:
            x = self.attention_norm(x + self._attention(x, turn, cache, layer))
            return self.feedforward_norm(x + self.feedforward(x))
        x = x + self._attention(self.attention_norm(x), turn, cache, layer)
        x += self.feedforward(self.feedforward_norm(x))
        return x

    def _attention(self, x: Floats, turn: Turn | None, cache: Cache, layer: int) -> Floats:
        """[B * T, D]: what each row finds in those before it."""
        q, k, v = self._asked(self.inward(x), turn, cache.pieces)
        found = cache.attend(layer, q * np.float32(self.head_width**-0.5), k, v)
        return self.outward(found.reshape(len(x), -1))

    def _asked(self, x: Floats, turn: Turn | None, pieces: int) -> tuple[Floats, Floats, Floats]:
        """Queries, keys and values [B, T, H, K] from all of them side by side, [B * T, 3 H K]."""
        three = x.reshape(pieces, len(x) // pieces, 3, self.heads, self.head_width)
        q_k, v = three[:, :, :2], three[:, :, 2]
        if turn is not None:
            q_k = turned(q_k.reshape(*q_k.shape[:-1], 2, -1), turn).reshape(q_k.shape)
        return q_k[:, :, 0], q_k[:, :, 1], v


@dataclass(frozen=True)
class Stack:
    """The blocks, what says the places of rows, and what follows: a norm and dense layers."""

    clock: Clock | None
    places: Floats | None
    layers: Sequence[Layer]
    norm: Callable[[Floats], Floats]
    dense: Sequence[Part]

    def __call__(self, x: Floats, times: Integers, cache: Cache) -> Floats:
        """[B * T, D]: the vectors ``x`` of rows at ``times`` [B, T] after the blocks; the cache holds them then."""
        stop = cache.length + times.shape[1]
        index = np.broadcast_to(np.arange(cache.length, stop), times.shape)
        if self.places is not None:
            x = x + self.places[index.ravel()]
        turn = None if self.clock is None else self.clock(index, times)
        for layer, block in enumerate(self.layers):
            x = block(x, turn, cache, layer)
        cache.length = stop
        return through(self.dense, self.norm(x))
