"""Vectors of rows of a TokenTable, and scores of their columns. Shapes: B pieces, T rows, C columns, D width, V ids."""

from collections.abc import Iterator
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..tokens import Column
from .attention import Attention
from .blocks import FeedForward, SwiGLU
from .layers import Linear

POINTER_WIDTH = 32
STACKED: dict[type[nn.Module], int] = {Attention: 3, SwiGLU: 2, FeedForward: 1}  # maps stacked in ``inward``


class Head(nn.Module):
    """Scores of one column from the row before and the columns already chosen, behind a gated layer or at once."""

    def __init__(self, width: int, size: int, points: bool, gated: bool = True) -> None:
        super().__init__()
        self.gated = gated
        if gated:
            self.norm, self.mix, self.final = nn.RMSNorm(width), SwiGLU(width, width), nn.RMSNorm(width)
        self.scores = Linear(width, size)
        self.query = Linear(width, POINTER_WIDTH + 1) if points else None

    def forward(self, z: Float[Tensor, "B T D"]) -> tuple[Tensor, Tensor | None]:
        """Scores [B, T, V] and, with a pointer, its query and gate [B, T, P + 1]."""
        if self.gated:
            z = self.final(z + self.mix(self.norm(z)))
        return self.scores(z), None if self.query is None else self.query(z)


class Rows(nn.Module):
    """The vectors of whole rows: the sum of their columns' embeddings."""

    def __init__(self, columns: tuple[Column, ...], width: int, octaves: bool) -> None:
        super().__init__()
        self.columns = nn.ModuleList(nn.Embedding(column.size, width) for column in columns)
        self.pitch_at = next((c for c, column in enumerate(columns) if octaves and "pitch" in column.offsets), None)
        self.classes, self.octaves = (nn.Embedding(n, width) if octaves else None for n in (13, 12))
        self.parts = _Parts(columns[self.pitch_at]) if self.pitch_at is not None else None

    def forward(self, ids: Int[Tensor, "*B c"]) -> Float[Tensor, "*B D"]:
        """The sum over as many columns as ``ids`` has."""
        vectors = [self.columns[c](ids[..., c]) for c in range(ids.shape[-1])]
        if self.parts and self.classes and self.octaves and self.pitch_at is not None and len(vectors) > self.pitch_at:
            pitch_class, octave = self.parts(ids[..., self.pitch_at])
            vectors += [self.classes(pitch_class), self.octaves(octave)]
        return sum(vectors[1:], vectors[0])

    def table(self, column: int) -> Float[Tensor, "V D"]:
        """What each id of a column adds to the vector of its row."""
        vectors = self.columns[column].weight
        if self.parts and self.classes and self.octaves and self.pitch_at == column:
            pitch_class, octave = self.parts.table
            vectors = vectors + self.classes(pitch_class) + self.octaves(octave)
        return cast(Tensor, vectors)


def initialise(module: nn.Module) -> None:
    """Unit-sum embeddings, linear maps that keep the variance, and layers that add nothing at first."""
    if isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.5)
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=module.in_features**-0.5)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    for name in ("outward", "scores"):
        if isinstance(getattr(module, name, None), nn.Linear):
            nn.init.zeros_(getattr(module, name).weight)


def stacked_maps(module: nn.Module) -> Iterator[tuple[nn.Parameter, int]]:
    """The weights of attention and feed-forward layers, each with the number of maps that it stacks."""
    for part in module.modules():
        if isinstance(part, Attention | SwiGLU | FeedForward):
            yield cast(nn.Parameter, part.inward.weight), STACKED[type(part)]
            yield cast(nn.Parameter, part.outward.weight), 1


class _Parts(nn.Module):
    """Pitch class and octave of the ids of a column, from 1; 0 where an id names no pitch."""

    table: Tensor

    def __init__(self, column: Column) -> None:
        super().__init__()
        named = torch.zeros(column.size, dtype=torch.bool)
        named[column.span("pitch")] = True
        values = torch.tensor(column.values)
        parts = torch.stack([values % 12, values // 12]) + 1
        self.register_buffer("table", torch.where(named, parts, 0), persistent=False)

    def forward(self, ids: Int[Tensor, "*B"]) -> Int[Tensor, "2 ..."]:
        return self.table[:, ids]
