"""What is known ahead of a row, read backwards from its end: each vector holds a known row and all behind it.

A row that is to be followed is told the vector of the next known row and how far away it stands; and each column of
what follows may point at that row, as it may at earlier ones. So whatever is known (what stands behind a gap, a
melody, the end of the piece), rows are still written in order of time, and their likelihood is exact.
Anticipation (Thickstun et al. 2023, section 3) serves the same tasks by weaving known events in some seconds early.
Shapes: B pieces, T rows, T1 = T + 1 rows, A known rows, C columns, c of them chosen, D width, E width of a key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from ..tokens import Column
from .blocks import Block, BlockSizes
from .layers import Linear
from .positions import RotaryClock

HORIZON = 4000  # grid steps, 40 s: what is further ahead is not told; a window of training seldom reaches so far
EXACT = 256  # grid steps that have a vector each: further gaps share one among a sixth of an octave
PER_OCTAVE = 6
Embed = Callable[[Tensor], Tensor]


def gap_classes() -> NDArray[np.int64]:
    """int[HORIZON + 1]: the class of each gap."""
    gaps = np.arange(HORIZON + 1)
    octaves = np.log2(np.maximum(gaps, EXACT) / EXACT)
    return np.minimum(gaps, EXACT) + np.ceil(octaves * PER_OCTAVE).astype(np.int64)


@dataclass(frozen=True)
class Seen:
    """The next known row of each of T rows: its vector, its ids, how far ahead it stands, and whether there is one."""

    vectors: Float[Tensor, "B T D"]
    ids: Int[Tensor, "B T C"]
    gaps: Int[Tensor, "B T"]
    there: Bool[Tensor, "B T"]


@dataclass(frozen=True)
class Offer:
    """What a known row stands for in the row that would land on it. ``steps`` ids of the first column say times."""

    first: int
    steps: int
    end: int

    @classmethod
    def of(cls, column: Column) -> "Offer":
        """By the ids of the first column."""
        return cls(column.offsets["time"], column.range("time").count, column.offsets["end"])

    def __call__(
        self, ids: Int[Tensor, "*B C"], gaps: Int[Tensor, "*B"], there: Bool[Tensor, "*B"], chosen: Int[Tensor, "*B c"]
    ) -> Int[Tensor, "*B"]:
        """The id of the column after those ``chosen``; -1 where they lead elsewhere."""
        step = torch.where(gaps < self.steps, self.first + gaps, -1)
        step = torch.where((ids[..., 0] == self.end) & (gaps == 0), self.end, step)
        c = chosen.shape[-1]
        if not c:
            return torch.where(there, step, -1)
        lands = there & (chosen[..., 0] == step) & (chosen[..., 1:] == ids[..., 1:c]).all(-1)
        return torch.where(lands, ids[..., c], -1)


class AheadReader(nn.Module):
    """Blocks over the known rows in reverse, and what the others are told of them."""

    classes: Tensor

    def __init__(self, columns: Sequence[Column], blocks: int, sizes: BlockSizes, time_heads: int, keys: int) -> None:
        super().__init__()
        head_width = sizes.head_width or sizes.width // sizes.heads
        self.clock = RotaryClock(sizes.heads, time_heads, head_width)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(blocks))
        self.norm = nn.RMSNorm(sizes.width)
        classes = gap_classes()
        self.gaps = nn.Embedding(int(classes[-1]) + 1, sizes.width)
        self.outward = Linear(sizes.width, sizes.width, bias=False)
        self.keys = Linear(sizes.width, keys, bias=False) if keys else None
        self.offer = Offer.of(columns[0])
        self.register_buffer("classes", torch.from_numpy(classes), persistent=False)

    def read(self, ids: Int[Tensor, "B A C"], onsets: Int[Tensor, "B A"], embed: Embed) -> Float[Tensor, "B A D"]:
        """The vectors of known rows in reverse. Their steps are not looked at, as free rows may lie between."""
        bare = torch.cat([torch.zeros_like(ids[..., :1]), ids[..., 1:]], -1)
        angles = self.clock(torch.arange(ids.shape[1], device=ids.device).expand_as(onsets), onsets)
        x = embed(bare)
        for block in self.blocks:
            x = block(x, angles)
        vectors: Tensor = self.norm(x)
        return vectors

    def look(
        self, ids: Int[Tensor, "B T1 C"], onsets: Int[Tensor, "B T1"], known: Bool[Tensor, "B T1"], embed: Embed
    ) -> Seen:
        """What each row but the last sees of the ``known`` rows after it."""
        last_first = torch.where(known, torch.arange(known.shape[1], device=ids.device), -1)
        order = last_first.argsort(1, descending=True)[:, : max(int(known.sum(1).max()), 1)]
        rows, times = ids.gather(1, order[..., None].expand(-1, -1, ids.shape[2])), onsets.gather(1, order)
        vectors = self.read(rows, times, embed)
        after = known.flip(1).cumsum(1).flip(1)[:, 1:]
        place = (after - 1).clamp_min(0)
        gaps = times.gather(1, place) - onsets[:, :-1]
        there = (after > 0) & (gaps <= HORIZON)
        wide = place[..., None]
        return Seen(
            vectors.gather(1, wide.expand(-1, -1, vectors.shape[2])),
            rows.gather(1, wide.expand(-1, -1, rows.shape[2])),
            gaps.clamp(0, HORIZON),
            there,
        )

    def told(self, seen: Seen) -> Float[Tensor, "B T D"]:
        """What is added to each row."""
        said = self.outward(seen.vectors + self.gaps(self.classes[seen.gaps]))
        return said * seen.there.unsqueeze(-1)

    def pointed(
        self, seen: Seen, query: Float[Tensor, "B T P1"], own: slice, chosen: Int[Tensor, "B T c"]
    ) -> tuple[Float[Tensor, "B T"], Int[Tensor, "B T"]]:
        """How much a column's query looks for the next known row, by the keys ``own``, and which id that stands for."""
        assert self.keys is not None
        keys = self.keys(seen.vectors)[..., own]
        score = (query[..., :-1] * keys).sum(-1) * keys.shape[-1] ** -0.5
        return score, self.offer(seen.ids, seen.gaps, seen.there, chosen)
