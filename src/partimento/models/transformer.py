"""A causal decoder over the rows of any codec.

Rotary positions in rows and in musical time, RMS norm, SwiGLU; a row's columns are predicted one
after another by a small conditional head; each column may point at earlier rows instead of choosing
from its vocabulary. Shapes: B pieces, T rows, C columns, D width, V ids, S rows in a pointer's reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.cached import Clock, Layer, Stack
from ..nn.frozen import FrozenHead, Integers, Map, Norm, Tables, array
from ..nn.incremental import Decoder, Decoding
from ..nn.layers import Angles, Block, Linear, RotaryClock
from ..nn.logits import Logits
from ..nn.pointers import Reach, point, released
from ..nn.rows import POINTER_WIDTH, Head, Rows, initialise, stacked_maps
from ..tokens import Column
from .family import Phase, RowFamily


@dataclass(frozen=True)
class TransformerConfig:
    """The sizes of the decoder."""

    layers: int = field(default=6, metadata={"help": "decoder blocks", "range": (1, 64)})
    width: int = field(default=256, metadata={"help": "width of a row's vector", "range": (8, 8192)})
    heads: int = field(default=4, metadata={"help": "attention heads; they divide the width", "range": (1, 128)})
    time_heads: int = field(default=2, metadata={"help": "heads that turn with musical time", "range": (0, 128)})
    hidden: int = field(default=704, metadata={"help": "width inside SwiGLU", "range": (8, 32768)})
    dropout: float = field(default=0.0, metadata={"help": "share of activations dropped", "range": (0.0, 0.9)})
    pointers: str = field(default="all", metadata={"help": "columns that may point at rows, with commas; all"})
    reach: int = field(default=32, metadata={"help": "rows that a pointer reaches back", "range": (1, 1024)})
    octaves: bool = field(default=True, metadata={"help": "embed pitch class and octave beside the pitch"})
    context: int = field(default=512, metadata={"help": "rows seen at once when composing", "range": (8, 65536)})


TABLES = ("advances", "lasts")  # what ids say of time, by column


class Transformer(RowFamily):
    """The family ``transformer``."""

    name = "transformer"
    Config = TransformerConfig

    def __init__(self, config: TransformerConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        width = config.width
        self.rows = Rows(columns, width, config.octaves)
        self.chosen = Rows(columns[:-1], width, config.octaves)
        self.controls = nn.ModuleList(nn.Embedding(size, width) for size in controls)
        self.clock = RotaryClock(config.heads, config.time_heads, width // config.heads)
        self.blocks = nn.ModuleList(
            Block(width, config.heads, config.hidden, config.dropout) for _ in range(config.layers)
        )
        self.norm = nn.RMSNorm(width)
        self.points = [name in _pointing(config, columns) for name in (column.name for column in columns)]
        self.heads = nn.ModuleList(
            Head(width, column.size, points) for column, points in zip(columns, self.points, strict=True)
        )
        self.keys = Linear(width, POINTER_WIDTH * sum(self.points), bias=False) if any(self.points) else None
        self.telling = {name: [c for c, column in enumerate(columns) if getattr(column, name).any()] for name in TABLES}
        for c, column in enumerate(columns):
            self.register_buffer(f"advances_{c}", torch.tensor(column.advances), persistent=False)
            self.register_buffer(f"lasts_{c}", torch.tensor(column.lasts), persistent=False)
            self.register_buffer(f"id_of_duration_{c}", _id_of_duration(column), persistent=False)
        self.apply(initialise)

    @classmethod
    def misfit(cls, config: TransformerConfig, columns: tuple[Column, ...]) -> str:
        """A width that heads do not divide, more time heads than heads, pointers for columns that are not there."""
        if config.width % (2 * config.heads):
            return f"width {config.width} is not a multiple of twice the {config.heads} heads"
        if config.time_heads > config.heads:
            return f"{config.time_heads} time heads of {config.heads} heads"
        known = [column.name for column in columns]
        strange = [name for name in _pointing(config, columns) if name not in known]
        return f"pointers for {', '.join(strange)}: its columns are {', '.join(known)}" if strange else ""

    def phases(self) -> list[Phase]:
        """One phase; the maps inside the blocks and heads are its matrices."""
        return [Phase("all", tuple(self.parameters()), matrices=tuple(stacked_maps(self)))]

    def row_nll(self, batch: Batch) -> Float[Tensor, "B T C"]:
        """Nats of every column of rows 1..T."""
        past, target = batch.ids[:, :-1], batch.ids[:, 1:]
        times = self._summed("advances", past).cumsum(1)
        hidden = self.encode(past, batch.controls, self._angles(times))
        keys = self.keys(hidden) if self.keys is not None else None
        logits = (self._logits(c, hidden, past, times, target[..., :c], keys) for c in range(len(self.columns)))
        return torch.stack([each.nll(target[..., c]) for c, each in enumerate(logits)], dim=-1)

    def encode(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"], angles: Angles) -> Float[Tensor, "B T D"]:
        """The vector of each row after the blocks."""
        x = self.rows(ids)
        for each, known in zip(self.controls, controls.unbind(-1), strict=True):
            x = x + each(known).unsqueeze(1)
        for block in self.blocks:
            x = block(x, angles)
        return self.norm(x)

    def frozen(self) -> Decoder:
        """This network as it is now, for composing; later changes of its weights are not seen."""
        layers = [Layer(cast(Block, block)) for block in self.blocks]
        advances, lasts = ([(c, self._by_id(name, c)) for c in self.telling[name]] for name in TABLES)
        return Decoder(
            rows=Tables(self.rows),
            controls=[array(cast(Tensor, each.weight)) for each in self.controls],
            stack=Stack(Clock(self.clock), layers, Norm(self.norm)),
            chosen=Tables(self.chosen),
            heads=[FrozenHead(cast(Head, head)) for head in self.heads],
            keys=None if self.keys is None else Map(self.keys),
            advances=advances,
            lasts=lasts,
            ids_of_durations={c: np.append(self._by_id("id_of_duration", c), -1) for c in self.telling["lasts"]},
            reach=self.config.reach,
            context=self.config.context,
        )

    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Decoding:
        """The state after a prefix."""
        return self.frozen().start(ids.numpy(), controls.numpy())

    def advance(self, state: Decoding, row: Int[Tensor, "B C"]) -> Decoding:
        """The state after one more row; the one before it is used up."""
        return state.decoder.advance(state, row.numpy())

    def select(self, state: Decoding, pieces: Sequence[int]) -> Decoding:
        """The state of some of its pieces alone."""
        return state.decoder.select(state, pieces)

    def column_logits(self, state: Decoding, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row."""
        return state.decoder.logits(state, chosen.numpy())

    def _by_id(self, name: str, column: int) -> Integers:
        """A buffer of a column as it is read while composing."""
        values: Integers = getattr(self, f"{name}_{column}").cpu().numpy().astype(np.int64)
        return values

    def _angles(self, times: Int[Tensor, "B T"]) -> Angles:
        index = torch.arange(times.shape[1], device=times.device).expand_as(times)
        return self.clock(index, times)

    def _summed(self, table: str, ids: Int[Tensor, "*B c"]) -> Int[Tensor, "*B"]:
        """The sum over columns of a table by id (``advances`` or ``lasts``)."""
        parts = [getattr(self, f"{table}_{c}")[ids[..., c]] for c in self.telling[table] if c < ids.shape[-1]]
        return sum(parts[1:], parts[0]) if parts else ids.new_zeros(ids.shape[:-1])

    def _logits(
        self, c: int, hidden: Tensor, ids: Tensor, times: Tensor, chosen: Tensor, keys: Tensor | None
    ) -> Logits:
        """Logits of column ``c`` of the row after each row of ``hidden``, which are the last of ``ids``."""
        scores, query = self.heads[c](hidden + self.chosen(chosen) if c else hidden)
        if query is None or keys is None:
            return Logits(scores)
        reach = Reach.of(ids.shape[1], hidden.shape[1], self.config.reach, ids.device)
        which = POINTER_WIDTH * sum(self.points[:c])
        stands_for = self._stands_for(c, ids, times, chosen, reach)
        return Logits(scores, point(query, keys[..., which : which + POINTER_WIDTH], stands_for, reach))

    def _stands_for(self, c: int, ids: Tensor, times: Tensor, chosen: Tensor, reach: Reach) -> Int[Tensor, "B T S"]:
        """What each row in reach offers to column ``c``: its own id, or the duration until its release."""
        if c not in self.telling["lasts"]:
            return reach.take(ids[..., c])
        onset = times[:, -chosen.shape[1] :] + self._summed("advances", chosen)
        ends = reach.take(times + self._summed("lasts", ids))
        return released(ends, onset, getattr(self, f"id_of_duration_{c}"))


def _pointing(config: TransformerConfig, columns: tuple[Column, ...]) -> list[str]:
    """The names of the columns that may point."""
    if config.pointers == "all":
        return [column.name for column in columns]
    return [name for name in config.pointers.split(",") if name]


def _id_of_duration(column: Column) -> Tensor:
    """int[L]: the id of each duration in grid steps, -1 where the column has none."""
    ids = torch.full((int(column.lasts.max()) + 1,), -1)
    ids[torch.tensor(column.lasts, dtype=torch.int64)] = torch.arange(column.size)
    ids[0] = -1
    return ids
