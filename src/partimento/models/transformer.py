"""A causal decoder over the rows of any codec.

By default rotary positions in rows and in musical time, RMS norm, SwiGLU; TransformerConfig has the other
parts. A row's columns are predicted one after another by a small conditional head; each column may point at
earlier rows instead of choosing from its vocabulary. Every row of a window is predicted from those before it.
Shapes: B pieces, T rows, C columns, D width, E width behind the dense layers, V ids, S rows in a pointer's reach.
"""

from collections.abc import Iterator, Sequence
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.activations import ACTIVATIONS
from ..nn.ahead import AheadReader, Seen
from ..nn.blocks import NORMS, Block
from ..nn.cached import Clock, Layer, Stack
from ..nn.frozen import FrozenHead, Map, Tables, array, frozen_norm
from ..nn.frozen_ahead import FrozenAhead, Known, read
from ..nn.frozen_dense import frozen_parts
from ..nn.glorot import FIRST_WEIGHTS
from ..nn.incremental import Decoder, Decoding
from ..nn.layers import Linear, linear_maps
from ..nn.logits import Logits
from ..nn.pointers import Reach, point, released
from ..nn.positions import POSITIONS, Angles, Learned, RotaryClock, Sinusoidal
from ..nn.row_times import ADVANCES, LASTS, RowTimes
from ..nn.rows import POINTER_WIDTH, Head, Rows, stacked_maps
from ..prompt import Prompt
from ..tokens import Column
from .family import Losses, Phase, RowFamily
from .row_tasks import with_known
from .transformer_config import TransformerConfig, misfit, misfit_windows


class Transformer(RowFamily):
    """The family ``transformer``."""

    name = "transformer"
    Config = TransformerConfig

    def __init__(self, config: TransformerConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        self.rows = Rows(columns, config.width, config.octaves)
        self.dense, last = _dense(config)
        self.chosen = Rows(columns[:-1], last, config.octaves)
        self.controls = nn.ModuleList(nn.Embedding(size, config.width) for size in controls)
        self.clock, self.places = _clock(config), _places(config)
        self.blocks = nn.ModuleList(Block(config.block) for _ in range(config.layers))
        self.norm = NORMS[config.norm](config.width) if config.norm_placement == "pre" else nn.Identity()
        self.points = [column.name in config.pointing(columns) for column in columns]
        self.heads = nn.ModuleList(
            Head(last, column.size, points, config.scores == "gated")
            for column, points in zip(columns, self.points, strict=True)
        )
        self.keys = Linear(last, POINTER_WIDTH * sum(self.points), bias=False) if any(self.points) else None
        self.ahead = _ahead(config, columns, self.points)
        self.times = RowTimes(columns)
        self.apply(FIRST_WEIGHTS[config.first_weights])
        self.scale = config.width**0.5 if config.scale_embedding else 1.0
        if config.first_weights == "identity":  # which are meant for rows as they enter the blocks
            for table in filter(lambda part: isinstance(part, nn.Embedding), self.rows.modules()):
                cast(nn.Embedding, table).weight.data /= self.scale

    @classmethod
    def misfit(cls, config: TransformerConfig, columns: tuple[Column, ...]) -> str:
        """Options that contradict each other, or the columns."""
        return super().misfit(config, columns) or misfit(config, columns)

    @classmethod
    def misfit_windows(cls, config: TransformerConfig, sequence: int) -> str:
        """A sequence that is longer than its positions."""
        return misfit_windows(config, sequence)

    def phases(self) -> list[Phase]:
        """One phase; the maps inside blocks, dense layers and heads are its matrices."""
        return [Phase("all", tuple(self.parameters()), matrices=(*stacked_maps(self), *linear_maps(self.dense)))]

    def column_scores(self, batch: Batch) -> Iterator[Logits]:
        """Logits [B, T, V] of each column of rows 1..T in turn."""
        past, target = batch.ids[:, :-1], batch.ids[:, 1:]
        onsets = self.times.onsets(batch.ids)
        times = onsets[:, :-1]
        seen = self._seen(batch, onsets)
        hidden = self.encode(past, batch.controls, self._angles(times), seen)
        keys = self.keys(hidden) if self.keys is not None else None
        for c in range(len(self.columns)):
            yield self._logits(c, hidden, past, times, target[..., :c], keys, seen)

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """Mean nats per row, in windows of which some rows are known ahead where the network reads such."""
        if self.ahead is not None:
            batch = with_known(batch, self.times.onsets(batch.ids), self.columns, generator)
        return super().losses(batch, due, generator)

    def refuses(self, prompt: Prompt) -> str:
        """Nothing where it reads what is known ahead; else whatever is not "go on from here"."""
        return "" if self.ahead is not None else super().refuses(prompt)

    def embed(self, ids: Int[Tensor, "*B C"]) -> Float[Tensor, "*B D"]:
        """The vectors of rows as they enter the blocks."""
        return self.rows(ids) if self.scale == 1 else self.rows(ids) * self.scale

    def encode(
        self,
        ids: Int[Tensor, "B T C"],
        controls: Int[Tensor, "B K"],
        angles: Angles | None,
        seen: Seen | None = None,
    ) -> Float[Tensor, "B T E"]:
        """The vector of each row after the blocks and dense layers. Raises UsageError beyond the positions."""
        x = self.embed(ids)
        if self.ahead is not None and seen is not None:
            x = x + self.ahead.told(seen)
        for each, known in zip(self.controls, controls.unbind(-1), strict=True):
            x = x + each(known).unsqueeze(1)
        if self.places is not None:
            x = x + self.places(ids.shape[1])
        for block in self.blocks:
            x = block(x, angles)
        return self.dense(self.norm(x))

    def frozen(self) -> Decoder:
        """This network as it is now, for composing; later changes of its weights are not seen."""
        layers = [Layer(cast(Block, block)) for block in self.blocks]
        return Decoder(
            rows=Tables(self.rows, self.scale),
            controls=[array(cast(Tensor, each.weight)) for each in self.controls],
            stack=Stack(
                clock=None if self.clock is None else Clock(self.clock),
                places=None if self.places is None else array(self.places.table),
                layers=layers,
                norm=frozen_norm(self.norm),
                dense=frozen_parts(self.dense),
            ),
            chosen=Tables(self.chosen),
            heads=[FrozenHead(cast(Head, head)) for head in self.heads],
            keys=None if self.keys is None else Map(self.keys),
            advances=self.times.frozen(ADVANCES),
            lasts=self.times.frozen(LASTS),
            ids_of_durations=self.times.frozen_durations(),
            reach=self.config.reach,
            context=self.config.context,
            ahead=None if self.ahead is None else FrozenAhead(self.ahead),
        )

    def start_towards(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"], known: Known) -> Decoding:
        """The state after a prefix, with rows that are known ahead. They are read once, here."""
        if self.ahead is None or not len(known.ids):
            return self.start(ids, controls)
        decoder = self.frozen()
        sight = FrozenAhead(self.ahead).sight(known, read(self.ahead, decoder.rows, known), len(ids))
        return decoder.start(ids.numpy(), controls.numpy(), sight)

    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Decoding:
        """The state after a prefix."""
        return self.frozen().start(ids.numpy(), controls.numpy())

    def advance(self, state: Decoding, row: Int[Tensor, "B C"]) -> Decoding:
        """The state after one more row; the one before it is used up."""
        return state.decoder.advance(state, row.numpy())

    def select(self, state: Decoding, pieces: Sequence[int]) -> Decoding:
        """The state of some of its pieces alone."""
        return state.decoder.select(state, pieces)

    def fork(self, state: Decoding, pieces: Sequence[int]) -> Decoding:
        """The state of ``pieces``, each as often as it is named; the one before stays good."""
        return state.decoder.fork(state, pieces)

    def column_logits(self, state: Decoding, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row."""
        return state.decoder.logits(state, chosen.numpy())

    def _angles(self, times: Int[Tensor, "B T"]) -> Angles | None:
        if self.clock is None:
            return None
        index = torch.arange(times.shape[1], device=times.device).expand_as(times)
        return self.clock(index, times)

    def _seen(self, batch: Batch, onsets: Int[Tensor, "B T1"]) -> Seen | None:
        if self.ahead is None or batch.known is None:
            return None
        return self.ahead.look(batch.ids, onsets, batch.known, self.embed)

    def _logits(
        self,
        c: int,
        hidden: Tensor,
        ids: Tensor,
        times: Tensor,
        chosen: Tensor,
        keys: Tensor | None,
        seen: Seen | None = None,
    ) -> Logits:
        """Logits of column ``c`` of the row after each row of ``hidden``, which are the last of ``ids``."""
        scores, query = self.heads[c](hidden + self.chosen(chosen) if c else hidden)
        if query is None or keys is None:
            return Logits(scores)
        reach = Reach.of(ids.shape[1], hidden.shape[1], self.config.reach, ids.device)
        first = POINTER_WIDTH * sum(self.points[:c])
        own = slice(first, first + POINTER_WIDTH)
        stands_for = self._stands_for(c, ids, times, chosen, reach)
        pointer = point(query, keys[..., own], stands_for, reach)
        if self.ahead is not None and seen is not None:
            pointer = pointer.beside(*self.ahead.pointed(seen, query, own, chosen))
        return Logits(scores, pointer)

    def _stands_for(self, c: int, ids: Tensor, times: Tensor, chosen: Tensor, reach: Reach) -> Int[Tensor, "B T S"]:
        """What each row in reach offers to column ``c``: its own id, or the duration until its release."""
        if not self.times.lasts(c):
            return reach.take(ids[..., c])
        onset = times[:, -chosen.shape[1] :] + self.times.summed(ADVANCES, chosen)
        ends = reach.take(times + self.times.summed(LASTS, ids))
        return released(ends, onset, self.times.id_of_duration(c))


def _ahead(config: TransformerConfig, columns: tuple[Column, ...], points: Sequence[bool]) -> AheadReader | None:
    """What reads what is known ahead, if anything does."""
    if not config.ahead:
        return None
    return AheadReader(columns, config.ahead, config.block, config.time_heads, POINTER_WIDTH * sum(points))


def _clock(config: TransformerConfig) -> RotaryClock | None:
    """What turns heads, if anything does."""
    by_index = config.positions == "rotary"
    return RotaryClock(config.heads, config.time_heads, config.each_head, by_index) if config.turns else None


def _places(config: TransformerConfig) -> Learned | Sinusoidal | None:
    """What is added to rows by their places, if anything is."""
    kind = POSITIONS[config.positions]
    return None if kind is None else kind(config.context, config.width)


def _dense(config: TransformerConfig) -> tuple[nn.Sequential, int]:
    """What stands behind the blocks, and the width of what it gives."""
    sizes = [config.width, *[config.hidden_dense_size] * config.hidden_dense]
    parts: list[nn.Module] = []
    for size in sizes[:-1]:
        activation = ACTIVATIONS[config.hidden_dense_activation]()
        parts += [nn.Dropout(config.dense_dropout), Linear(size, config.hidden_dense_size), activation]
    return nn.Sequential(*parts), sizes[-1]
