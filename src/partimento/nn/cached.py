"""A causal decoder that takes rows as they come and keeps the keys and values of those before them.

Shapes: B pieces, T new rows, R rows in the cache, H heads, K head width, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from .frozen import Floats, Gated, Integers, Map, Norm
from .layers import Block, RotaryClock

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

    def select(self, pieces: Sequence[int]) -> "Cache":
        """This cache with some of its pieces alone, in rising order; they move to the front."""
        for place, piece in enumerate(pieces):
            if place != piece:
                self.array[:, :, place, :, : self.length] = self.array[:, :, piece, :, : self.length]
        self.array, self.tensor = self.array[:, :, : len(pieces)], self.tensor[:, :, : len(pieces)]
        return self

    def attend(self, layer: int, q: Floats, k: Floats, v: Floats) -> Floats:
        """Write keys and values [B, T, H, K] behind the others; what the queries find there, [B, T, H, K].

        Several rows at once are possible at the start alone.
        """
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
        self.attention_norm, self.feedforward_norm = Norm(block.attention_norm), Norm(block.feedforward_norm)
        self.inward, self.outward = Map(block.attention.inward), Map(block.attention.outward)
        self.feedforward = Gated(block.feedforward)
        self.heads, self.width = block.attention.heads, block.attention.inward.in_features

    def __call__(self, x: Floats, turn: Turn, cache: Cache, layer: int) -> Floats:
        """[B * T, D]: one layer of the decoder."""
        x = x + self.outward(self._attended(self.inward(self.attention_norm(x)), turn, cache, layer))
        x += self.feedforward(self.feedforward_norm(x))
        return x

    def _attended(self, x: Floats, turn: Turn, cache: Cache, layer: int) -> Floats:
        """[B * T, D] from queries, keys and values side by side, [B * T, 3 D]."""
        (pieces, rows), width, head = turn[0].shape[:2], self.width, self.width // self.heads
        pairs = x[:, : 2 * width].reshape(pieces, rows, 2, self.heads, 2, head // 2)
        both = turned(pairs, turn).reshape(pieces, rows, 2, self.heads, head)
        v = x[:, 2 * width :].reshape(pieces, rows, self.heads, head)
        return cache.attend(layer, both[:, :, 0] * np.float32(head**-0.5), both[:, :, 1], v).reshape(-1, width)


@dataclass(frozen=True)
class Stack:
    """The blocks and what follows them."""

    clock: Clock
    layers: Sequence[Layer]
    norm: Norm

    def __call__(self, x: Floats, times: Integers, cache: Cache) -> Floats:
        """[B * T, D]: the vectors ``x`` of rows at ``times`` [B, T] after the blocks; the cache holds them then."""
        index = np.broadcast_to(np.arange(cache.length, cache.length + times.shape[1]), times.shape)
        turn = self.clock(index, times)
        for layer, block in enumerate(self.layers):
            x = block(x, turn, cache, layer)
        cache.length += times.shape[1]
        return self.norm(x)
