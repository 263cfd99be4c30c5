"""Incremental decoding: row after row from a frozen network, at the cost of one row each.

Shapes: B pieces, T rows, R rows so far, C columns, c columns chosen, D width, K controls, P pointer width,
S rows in a pointer's reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from .cached import Cache, Stack
from .frozen import Floats, FrozenHead, Integers, Map, Tables, summed
from .frozen_ahead import FrozenAhead, Sight
from .logits import Logits, Pointer
from .rows import POINTER_WIDTH

ByColumn = Sequence[tuple[int, Integers]]  # columns that say something of time, with what each of their ids says


@dataclass
class Decoding:
    """What composing keeps of the rows so far; R grows to the context, then starts anew from its later half.

    ``ids`` [B, context, C], ``times`` and ``ends`` [B, context] and ``keys`` [B, context, P] are written in place.
    """

    decoder: "Decoder"
    ids: Integers
    times: Integers
    ends: Integers
    keys: Floats
    controls: Integers
    cache: Cache
    hidden: Floats
    sight: Sight | None = None

    @property
    def length(self) -> int:
        """R."""
        return self.cache.length


@dataclass(frozen=True)
class Decoder:
    """A network frozen for composing."""

    rows: Tables
    controls: Sequence[Floats]
    stack: Stack
    chosen: Tables
    heads: Sequence[FrozenHead]
    keys: Map | None
    advances: ByColumn
    lasts: ByColumn
    ids_of_durations: Mapping[int, Integers]
    reach: int
    context: int
    ahead: FrozenAhead | None = None

    def start(self, ids: Integers, controls: Integers, sight: Sight | None = None) -> Decoding:
        """The state after a prefix [B, T, C]; of a long one, the latest half of the context is kept."""
        kept = ids[:, -(self.context // 2) :] if ids.shape[1] >= self.context else ids
        state = self._empty(len(ids), ids.shape[2], controls)
        forgotten = ids[:, : ids.shape[1] - kept.shape[1]]
        state.sight = sight and sight.moved(summed(self.advances, forgotten).sum(1))
        self._take(state, kept)
        return state

    def advance(self, state: Decoding, row: Integers) -> Decoding:
        """The state after one more row [B, C]."""
        if state.length + 1 < self.context:
            self._take(state, row[:, None])
            return state
        ids = np.concatenate([state.ids[:, : state.length], row[:, None]], 1)
        return self.start(ids, state.controls, state.sight)

    def select(self, state: Decoding, pieces: Sequence[int]) -> Decoding:
        """The state of some of its pieces alone."""
        return self._of(state, pieces, state.cache.select(pieces))

    def fork(self, state: Decoding, pieces: Sequence[int]) -> Decoding:
        """The state of ``pieces``, each as often as it is named; the one before stays good."""
        return self._of(state, pieces, state.cache.fork(pieces))

    def _of(self, state: Decoding, pieces: Sequence[int], cache: Cache) -> Decoding:
        named = ("ids", "times", "ends", "keys", "controls", "hidden")
        sight = state.sight and state.sight.of(pieces)
        return Decoding(self, cache=cache, sight=sight, **{name: getattr(state, name)[pieces] for name in named})

    def logits(self, state: Decoding, chosen: Integers) -> Logits:
        """Of the column after those chosen [B, c] for the next row."""
        c = chosen.shape[1]
        head = self.heads[c]
        scores, query = head(state.hidden + self.chosen(chosen) if c else state.hidden)
        softmax = torch.from_numpy(scores[:, None])
        return Logits(softmax, self._pointer(state, chosen, query) if head.points else None)

    def _empty(self, pieces: int, columns: int, controls: Integers) -> Decoding:
        layer = self.stack.layers[0]
        cache = Cache(len(self.stack.layers), pieces, layer.heads, self.context, layer.head_width)
        ids, (times, ends) = (
            np.zeros((pieces, self.context, columns), np.int64),
            np.zeros((2, pieces, self.context), int),
        )
        keys = np.zeros((pieces, self.context, 0 if self.keys is None else self.keys.outputs), np.float32)
        return Decoding(self, ids, times, ends, keys, controls, cache, np.zeros((pieces, 0), np.float32))

    def _take(self, state: Decoding, rows: Integers) -> None:
        """Write rows [B, T, C] behind the others."""
        pieces, count, columns = rows.shape
        new = slice(state.length, state.length + count)
        past = state.times[:, new.start - 1 : new.start] if new.start else 0
        state.ids[:, new] = rows
        state.times[:, new] = past + summed(self.advances, rows).cumsum(1)
        state.ends[:, new] = state.times[:, new] + summed(self.lasts, rows)
        x = self.rows(rows.reshape(-1, columns))
        for known, table in zip(state.controls.T, self.controls, strict=True):
            x += table[known].repeat(count, axis=0)
        if self.ahead is not None and state.sight is not None:
            told, state.sight = self.ahead.look(state.sight, rows, state.times[:, new])
            x += told
        hidden = self.stack(x, state.times[:, new], state.cache)
        if self.keys is not None:
            state.keys[:, new] = self.keys(hidden).reshape(pieces, count, -1)
        state.hidden = hidden.reshape(pieces, count, -1)[:, -1]

    def _pointer(self, state: Decoding, chosen: Integers, query: Floats) -> Pointer:
        c, near = chosen.shape[1], slice(max(state.length - self.reach, 0), state.length)
        own = POINTER_WIDTH * sum(head.points for head in self.heads[:c])
        keys = state.keys[:, near, own : own + POINTER_WIDTH]
        scores = np.einsum("bp,bsp->bs", query[:, :-1] * np.float32(POINTER_WIDTH**-0.5), keys)
        values = self._stand_for(state, chosen, near)
        if self.ahead is not None and state.sight is not None:
            key = self.ahead.keys_of(state.sight)[:, own : own + POINTER_WIDTH]
            score = (query[:, :-1] * np.float32(POINTER_WIDTH**-0.5) * key).sum(1)
            scores = np.concatenate([scores, score[:, None]], 1)
            values = np.concatenate([values, self.ahead.offered(state.sight, chosen)[:, None]], 1)
        return Pointer(*(torch.from_numpy(each[:, None]) for each in (query[:, -1], scores, values)))

    def _stand_for(self, state: Decoding, chosen: Integers, near: slice) -> Integers:
        """[B, S]: what each row in reach offers: its own id, or the duration until its release (see ``released``)."""
        c = chosen.shape[1]
        if c not in self.ids_of_durations:
            return state.ids[:, near, c]
        onset = state.times[:, state.length - 1] + summed(self.advances, chosen)
        return self.ids_of_durations[c].take(state.ends[:, near] - onset[:, None], mode="clip")
