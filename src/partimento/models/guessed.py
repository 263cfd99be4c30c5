"""How often the likeliest id of a cell is the right one, counted while likelihoods are read.

Shapes: B pieces, T rows, C columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ..batch import Batch
from ..nn.logits import Logits
from ..tokens import Column
from .family import RowFamily

EVERY = 8  # batches, where scoring ids costs passes of its own: ten times as much as the likelihood of numbers


@dataclass
class Guessed:
    """Cells by column, [C] each: in how many the likeliest id was the right one, of how many that count."""

    right: NDArray[np.int64]
    cells: NDArray[np.int64]
    batches: int = 0

    @classmethod
    def none(cls, columns: int) -> "Guessed":
        """Nothing counted yet."""
        return cls(np.zeros(columns, np.int64), np.zeros(columns, np.int64))

    def row_nll(self, model: RowFamily, batch: Batch) -> Float[Tensor, "B T C"]:
        """The family's ``row_nll``, its cells counted on the way.

        In the same pass where both are read off the column scores; else every so many batches.
        """
        if not model.scores_apart():
            return model.nll_of(batch, self.seen(batch, model.column_scores(batch)))
        if self.batches % EVERY == 0:
            for _ in self.seen(batch, model.column_scores(batch)):
                pass
        self.batches += 1
        return model.row_nll(batch)

    def seen(self, batch: Batch, scores: Iterable[Logits]) -> Iterator[Logits]:
        """``scores`` of each column in turn, their cells that count counted."""
        for c, each in enumerate(scores):
            mask = batch.loss_mask[..., c]
            self.right[c] += int((each.at(mask).likeliest() == batch.ids[:, 1:, c][mask]).sum())
            self.cells[c] += int(mask.sum())
            yield each

    def shares(self, columns: Sequence[Column]) -> dict[str, float]:
        """The share guessed right by the name of each column of which a cell was counted."""
        names = [column.name for column in columns]
        return {
            name: int(self.right[c]) / int(n) for c, (name, n) in enumerate(zip(names, self.cells, strict=True)) if n
        }
