"""One transformer that writes any free cells of a chorale, given any known ones: composes, harmonises, completes.

An encoder reads the whole grid with free cells unknown; a causal decoder reads the grid as it has been written so
far, each row beside what the encoder says of the next; the voices of a row are written one after another by small
conditional heads. Free cells are so drawn in order of time with all that is known ahead in view, and the product of
their probabilities is a true likelihood of the free cells given the known ones, for every set of known cells.

Related: DeepBach (Hadjeres et al. 2017) and Coconet (Huang et al. 2017) fill any cells but by Gibbs sampling; XLNet
(Yang et al. 2019) predicts in any order. Shapes: B pieces, T rows, C columns, V voices, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.blocks import Block, BlockSizes
from ..nn.cached import Cache, Clock, Layer, Stack
from ..nn.cells import CellVectors, Reading
from ..nn.frozen import Floats, FrozenHead, frozen_norm
from ..nn.gibbs import Gibbs
from ..nn.layers import Linear, linear_maps
from ..nn.positions import Angles, RotaryClock
from ..nn.rows import Head, initialise, stacked_maps
from ..tokens import Column
from .family import Losses, Phase
from .grid import Cells, Free, GridFamily, Ids, Pick
from .grid_masks import known_cells

FERMATA, KEY = "fermata", "key"
UNTOLD = 2  # of fermatas, in a piece without any


@dataclass(frozen=True)
class GridTransformerConfig:
    """The sizes of encoder and decoder, and what the model knows while it learns."""

    ahead_layers: int = field(default=1, metadata={"help": "blocks that read what is known", "range": (0, 64)})
    layers: int = field(default=3, metadata={"help": "blocks that read what is written", "range": (1, 64)})
    width: int = field(default=192, metadata={"help": "width of a row's vector", "range": (8, 8192)})
    heads: int = field(default=4, metadata={"help": "attention heads; they divide the width", "range": (1, 128)})
    hidden: int = field(default=384, metadata={"help": "width inside the feed-forward layer", "range": (8, 32768)})
    dropout: float = field(default=0.2, metadata={"help": "share of activations dropped", "range": (0.0, 0.9)})
    composing: float = field(
        default=0.4, metadata={"help": "share of windows of which no cell is known", "range": (0.0, 1.0)}
    )
    unordered: float = field(
        default=0.15, metadata={"help": "share of windows that see only a part of what stands before", "range": (0, 1)}
    )
    untold: float = field(
        default=0.2, metadata={"help": "share of windows that are not told key or fermatas", "range": (0.0, 1.0)}
    )

    def block(self, causal: bool) -> BlockSizes:
        """What each block is made of."""
        return BlockSizes(self.width, self.heads, self.hidden, self.dropout, causal=causal)


class GridTransformer(GridFamily):
    """The family ``grid-transformer``."""

    name = "grid-transformer"
    Config = GridTransformerConfig
    gibbs = Gibbs(schedule="once")
    from_noise = False

    def __init__(
        self, config: GridTransformerConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()
    ) -> None:
        super().__init__(config, columns, controls)
        width, given = config.width, columns[len(self.voices) :]
        self.reading = Reading(self.voices)
        self.ahead, self.past = CellVectors(self.voices, width), CellVectors(self.voices, width)
        self.chosen = CellVectors(self.voices[:-1], width, states=False)
        self.given = nn.ModuleList(nn.Embedding(column.size + 1, width) for column in given)
        self.given_names = [column.name for column in given]
        self.clock = RotaryClock(config.heads, 0, width // config.heads)
        self.encoder = nn.ModuleList(Block(config.block(causal=False)) for _ in range(config.ahead_layers))
        self.decoder = nn.ModuleList(Block(config.block(causal=True)) for _ in range(config.layers))
        self.ahead_norm, self.norm = nn.RMSNorm(width), nn.RMSNorm(width)
        self.mix = Linear(width, width, bias=False)
        self.dropout = nn.Dropout(config.dropout)
        self.heads = nn.ModuleList(Head(width, column.size, points=False) for column in self.voices)
        self.apply(initialise)

    @classmethod
    def misfit(cls, config: GridTransformerConfig, columns: tuple[Column, ...]) -> str:
        """As every grid's, and heads that do not divide the width."""
        uneven = config.width % (2 * config.heads)
        return super().misfit(config, columns) or (
            f"width {config.width} is not a multiple of twice the {config.heads} heads" if uneven else ""
        )

    def phases(self) -> list[Phase]:
        """One phase; the maps inside blocks and heads are its matrices."""
        return [Phase("all", tuple(self.parameters()), matrices=(*stacked_maps(self), *linear_maps([self.mix])))]

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """Mean nats of the free cells of windows of which a part is known; the figures are those of each voice."""
        counts = self.counts(batch)
        known, seen = self._shown(batch.ids, generator)
        free = counts & ~known[:, 1:]
        scores = self.scores(self._untold(batch.ids, generator), known, seen)
        nll = self.nll_of(scores, batch.ids) * free
        means = nll.sum((0, 1)) / free.sum((0, 1)).clamp_min(1)
        figures = {column.name: means[v].detach() for v, column in enumerate(self.voices) if free[..., v].any()}
        return Losses({"all": nll.sum() / free.sum().clamp_min(1)}, figures)

    def cell_scores(self, batch: Batch) -> list[Float[Tensor, "B T ids"]]:
        """Logits of every cell of rows 1..T given those before it alone."""
        edges = ~self.inner_rows(batch.ids)
        return self.scores(batch.ids, edges, torch.ones_like(edges))

    def scores(
        self, ids: Int[Tensor, "B T1 C"], known: Bool[Tensor, "B T1 V"], seen: Bool[Tensor, "B T1 V"]
    ) -> list[Float[Tensor, "B T ids"]]:
        """Logits of the cells of rows 1..T of each voice, given the ``known`` cells anywhere and the ``seen`` ones
        before it in order of time and voices; ``seen`` holds all that is known."""
        voices = ids[..., : len(self.voices)]
        angles = self._angles(ids)
        x = self.past(self.reading(voices, seen))[:, :-1] + self._ahead(ids, known, angles)[:, 1:]
        angles = (angles[0][:, :-1], angles[1][:, :-1])
        x = self.dropout(x)
        for block in self.decoder:
            x = block(x, angles)
        hidden, found = self.norm(x), []
        chosen = ((voices + 1) * seen)[:, 1:]
        for v, head in enumerate(self.heads):
            found.append(head(hidden)[0])
            if v < len(self.chosen):
                hidden = hidden + self.chosen.voice(v, chosen[..., v])
        return found

    @torch.inference_mode()
    def rewrite(self, ids: Ids, free: Free, pick: Pick) -> Ids:
        """The free cells in order of time and voices; rows before the first free one are read at once.

        Raises ValueError where a cell of the first row is free: a piece begins with the row ``begin``.
        """
        if free[:, 0].any():
            raise ValueError("the first row of a grid is known")
        written, rows = ids.copy(), np.flatnonzero(free.any((0, 2)))
        if not len(rows):
            return written
        tensor, known = torch.from_numpy(written), torch.from_numpy(~free)
        ahead = self._ahead(tensor, known, self._angles(tensor)).float()
        stack, heads = self._frozen()
        layer = stack.layers[0]
        cache = Cache(len(stack.layers), len(ids), layer.heads, ids.shape[1], layer.head_width)
        done = ~free
        for row in range(int(rows[0]), int(rows[-1]) + 1):
            hidden = self._read(stack, cache, tensor, ahead, row)
            self._write(row, hidden, heads, written, free, done, pick)
        return written

    def _read(self, stack: Stack, cache: Cache, ids: Tensor, ahead: Tensor, row: int) -> Floats:
        """[B, D]: the decoder before ``row``; rows that it has not read yet are read."""
        voices = ids[:, :row, : len(self.voices)]
        shown = self.reading(voices, torch.ones_like(voices, dtype=torch.bool))
        new = slice(cache.length, row)
        if row - cache.length == 1:
            shown = shown.last()
            new = slice(row - 1, row)
        x = self.past(shown) + ahead[:, new.start + 1 : row + 1]
        times = np.broadcast_to(np.arange(new.start, row), (len(ids), row - new.start))
        hidden = stack(x.reshape(-1, x.shape[-1]).numpy(), times, cache)
        return hidden.reshape(len(ids), row - new.start, -1)[:, -1]

    def _write(
        self, row: int, hidden: Floats, heads: Sequence[FrozenHead], ids: Ids, free: Free, done: Free, pick: Pick
    ) -> None:
        """Draw the free cells of a row, voice by voice, into ``ids``."""
        for v, head in enumerate(heads):
            pieces = np.flatnonzero(free[:, row, v])
            if len(pieces):
                scores = torch.from_numpy(head(hidden)[0]).log_softmax(-1).numpy()[pieces]
                where = np.stack([pieces, np.full(len(pieces), row)], -1)
                ids[pieces, row, v] = pick(Cells(v, where, ids, done), scores)
                done[pieces, row, v] = True
            if v < len(self.chosen):
                hidden = hidden + self.chosen.voice(v, torch.from_numpy(ids[:, row, v] + 1)).float().numpy()

    def _frozen(self) -> tuple[Stack, list[FrozenHead]]:
        """The decoder as it is now, for writing row by row."""
        layers = [Layer(cast(Block, block)) for block in self.decoder]
        stack = Stack(Clock(self.clock), None, layers, frozen_norm(self.norm), ())
        return stack, [FrozenHead(cast(Head, head)) for head in self.heads]

    def _ahead(self, ids: Tensor, known: Tensor, angles: Angles) -> Float[Tensor, "B T D"]:
        """What the encoder says of each row, given the known cells of all, and its place, key and fermatas."""
        x = self.ahead(self.reading(ids[..., : len(self.voices)], known)) + self._told(ids)
        x = self.dropout(x)
        for block in self.encoder:
            x = block(x, angles)
        found: Tensor = self.mix(self.ahead_norm(x))
        return found + self._told(ids)

    def _told(self, ids: Tensor) -> Float[Tensor, "B T D"]:
        """What the given columns say; a piece without any fermata says nothing of them."""
        total = torch.zeros((), device=ids.device)
        for c, (name, table) in enumerate(zip(self.given_names, self.given, strict=True), len(self.voices)):
            column = ids[..., c]
            if name == FERMATA:
                column = torch.where((column > 0).any(1, keepdim=True), column, UNTOLD)
            total = total + table(column)
        return total

    def _shown(self, ids: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Which cells are known, and which of the others are seen once they are written."""
        pieces, rows = ids.shape[:2]
        edges = ~self.inner_rows(ids)
        known = known_cells(pieces, rows, len(self.voices), generator, self.config.composing).to(ids.device) | edges
        chances = torch.rand(pieces, 2, 1, 1, generator=generator)
        hidden = chances[:, 0] < self.config.unordered
        part = torch.rand(known.shape, generator=generator) < chances[:, 1] * 2 - 1  # of half of them nothing is seen
        return known, known | ~hidden.to(ids.device) | part.to(ids.device)

    def _untold(self, ids: Tensor, generator: torch.Generator) -> Tensor:
        """``ids`` without the key, or the fermatas, of some windows."""
        ids = ids.clone()
        for name in (FERMATA, KEY):
            silent = (torch.rand(len(ids), generator=generator) < self.config.untold).to(ids.device)
            ids[..., len(self.voices) + self.given_names.index(name)] *= ~silent[:, None]
        return ids

    def _angles(self, ids: Tensor) -> Angles:
        index = torch.arange(ids.shape[1], device=ids.device).expand(ids.shape[:2])
        return self.clock(index, index)
