"""Families that write the cells of a grid, each given any others: the voices of a chorale in every 16th.

A cell is *free* if it is to be written, and known otherwise. Columns that are ``given`` (place in the bar, fermata,
key) are always known; the rows ``begin`` and ``end`` are, too. Shapes: B pieces, T rows, C columns, V voices (the
first columns, those that are not given), N cells.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from ..batch import Batch
from ..nn.gibbs import Gibbs
from ..tokens import Column
from . import family_of
from .family import Family, Losses

Ids = NDArray[np.int64]
Free = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Cells of one voice that are drawn at the same moment: ``where`` int[N, 2], piece and row of each.

    ``ids`` [B, T, C] is all pieces as they stand; ``known`` bool[B, T, V] are the cells of it that may be relied on.
    """

    voice: int
    where: NDArray[np.int64]
    ids: Ids
    known: Free


class Pick(Protocol):
    """Draws ids [N] for cells from log probabilities float[N, ids of the voice]: where masks and temperature act."""

    def __call__(self, cells: Cells, log_probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
        """An id for each cell."""


class GridFamily(Family):
    """A family that writes free cells, given all the others.

    ``gibbs`` is its own way to write, ``from_noise`` whether free cells begin at pitches by chance.
    """

    gibbs: ClassVar[Gibbs] = Gibbs()
    from_noise: ClassVar[bool] = False

    codec = "chorale"
    unit = "nats/16th"
    validation = "validation_nats_per_cell"
    pseudo: ClassVar[bool] = False  # whether its ``cell_scores`` know all other cells, those that come after too

    def __init__(self, config: Any, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        self.voices = voices_of(columns)

    @classmethod
    def misfit(cls, config: Any, columns: tuple[Column, ...]) -> str:
        """Tables without voices, or without what is given beside them."""
        voices = voices_of(columns)
        return "" if voices and len(voices) < len(columns) else "it writes chorales: take --codec chorale"

    @abstractmethod
    def rewrite(self, ids: Ids, free: Free, pick: Pick) -> Ids:
        """``ids`` [B, T, C] with its ``free`` cells [B, T, V] drawn anew by ``pick``, given all the others.

        Whether a free cell's old id is seen while another is drawn is the family's own affair: Gibbs sampling from
        one state sees it, drawing in an order does not.
        """

    @abstractmethod
    def cell_scores(self, batch: Batch) -> "list[Float[Tensor, 'B T V_v']]":
        """Logits of every cell of rows 1..T by voice, given what this family's own way of writing gives it.

        For DeepBach that is all other cells, so that the sum of their nats is a pseudo-likelihood; for a family
        that writes in order all that come before, so that it is a likelihood.
        """

    def cell_nll(self, batch: Batch) -> Float[Tensor, "B T V"]:
        """float[B, T, V]: nats of every cell of rows 1..T (before the loss mask)."""
        return self.nll_of(self.cell_scores(batch), batch.ids)

    def nll_of(self, scores: "Sequence[Float[Tensor, 'B T V_v']]", ids: Int[Tensor, "B T1 C"]) -> Tensor:
        """float[B, T, V]: what the cells of rows 1..T cost by the logits of each voice."""
        return torch.stack([_nll(each, ids[:, 1:, v]) for v, each in enumerate(scores)], dim=-1)

    def counts(self, batch: Batch) -> Bool[Tensor, "B T V"]:
        """The cells of rows 1..T that a loss may count: none of the rows begin and end, and none behind an end."""
        return batch.loss_mask[..., : len(self.voices)] & self.inner_rows(batch.ids[:, 1:])

    def inner_rows(self, ids: Int[Tensor, "B T C"]) -> Bool[Tensor, "B T V"]:
        """Cells of rows that are neither begin (id 0, as padding is) nor end (id 1)."""
        voices = ids[..., : len(self.voices)]
        return (voices > 1).all(-1, keepdim=True).expand_as(voices)

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """Mean nats of a cell, by voice; their sum is nats per 16th."""
        counts = self.counts(batch)
        means = (self.cell_nll(batch) * counts).sum((0, 1)) / counts.sum((0, 1)).clamp_min(1)
        figures = {column.name: means[v].detach() for v, column in enumerate(self.voices)}
        return Losses({"all": means.sum()}, figures)


def writes_cells(family: str) -> bool:
    """Whether the family of that name is one of these: it is asked for bars of four voices, not for seconds."""
    return issubclass(family_of(family), GridFamily)


def voices_of(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that are written."""
    return tuple(column for column in columns if not column.given)


def _nll(scores: Float[Tensor, "B T V"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
    flat = torch.nn.functional.cross_entropy(scores.float().flatten(0, 1), target.flatten(), reduction="none")
    return flat.view(target.shape)
