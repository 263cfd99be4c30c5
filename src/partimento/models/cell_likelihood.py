"""Nats and right guesses of whole chorales, cell by cell, as a family that writes grids would write them.

Of a family that writes in order the nats are those of a likelihood; of DeepBach, whose every cell is judged given all
others, those of a pseudo-likelihood: the two are never compared. Shapes: T rows, V voices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..batch import Batch
from ..codecs import Codec
from ..data.corpus import Corpus
from ..tokens import Ids
from .grid import GridFamily
from .likelihood import piece_cells


@dataclass(frozen=True)
class CellLikelihood:
    """Of one piece, by voice: summed nats, the cells that they were spent on, and how many the likeliest id hit."""

    nats: NDArray[np.float64]
    cells: NDArray[np.int64]
    right: NDArray[np.int64]

    def __add__(self, other: "CellLikelihood") -> "CellLikelihood":
        return CellLikelihood(self.nats + other.nats, self.cells + other.cells, self.right + other.right)

    @property
    def per_cell(self) -> float:
        """Nats of a cell over all voices."""
        return float(self.nats.sum() / max(self.cells.sum(), 1))


def cell_likelihoods(
    model: GridFamily, codec: Codec, corpus: Corpus, pieces: Sequence[int]
) -> Iterator[CellLikelihood]:
    """Each piece whole. Raises InputError where it holds what the codec has no ids for."""
    for piece in pieces:
        ids, counted = piece_cells(codec, corpus, piece)
        yield cell_likelihood(model, ids, counted)


@torch.no_grad()
def cell_likelihood(model: GridFamily, ids: Ids, counted: NDArray[np.bool_]) -> CellLikelihood:
    """Of the ``counted`` [T - 1, C] cells of rows 1..T-1 of ``ids`` [T, C], begin and end left out."""
    device = next(model.parameters()).device
    rows, mask = torch.from_numpy(ids.astype(np.int64))[None], torch.from_numpy(counted)[None]
    batch = Batch(rows, mask, torch.zeros(1, len(model.control_sizes), dtype=torch.int64)).to(device)
    scores, counts = model.cell_scores(batch), model.counts(batch)
    nats = torch.where(counts, model.nll_of(scores, batch.ids).double(), 0.0)
    hits = [each.argmax(-1) == batch.ids[:, 1:, v] for v, each in enumerate(scores)]
    right = torch.stack(hits, -1) & counts
    return CellLikelihood(*(each.sum((0, 1)).cpu().numpy() for each in (nats, counts, right)))
