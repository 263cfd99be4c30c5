"""Decoders own the loop over rows: they ask a model for columns and a guide for what may come.

Randomness is one generator per piece, so that a piece is the same alone and among others.
Shapes: B pieces, C columns.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from .filters import Sampling, draw, weights
from .logits import Logits

Row = list[int]


class Rows(Protocol):
    """The part of a family that the loop needs."""

    def column_logits(self, state: Any, chosen: Int[Tensor, "B c"]) -> Logits: ...  # noqa: D102
    def advance(self, state: Any, row: Int[Tensor, "B C"]) -> Any: ...  # noqa: D102


class Guide(Protocol):
    """What one piece may become: masks for its columns, and the last word on each row."""

    done: bool

    def allowed(self, chosen: Sequence[int]) -> NDArray[np.bool_] | None:
        """bool[V] for the next column."""

    def settle(self, row: Row) -> Row:
        """The row that is really taken: the one proposed, or one that was to be kept."""


@torch.inference_mode()
def sample(
    model: Rows,
    state: Any,
    columns: Sequence[str],
    guides: Sequence[Guide],
    generators: Sequence[np.random.Generator],
    sampling: Sampling,
) -> Iterator[list[Row | None]]:
    """Draw row after row for all pieces until every guide is done; None for a piece that was done before."""
    while not all(guide.done for guide in guides):
        rows: list[Row] = [[] for _ in guides]
        for column in columns:
            chosen = torch.tensor(rows, dtype=torch.int64).view(len(rows), -1)
            logits = model.column_logits(state, chosen).log_probabilities()[:, 0].numpy()
            for row, scores, guide, generator in zip(rows, logits, guides, generators, strict=True):
                row.append(_choice(row, scores, guide, generator, sampling.of(column)))
        was_done = [guide.done for guide in guides]
        taken = [row if done else guide.settle(row) for row, guide, done in zip(rows, guides, was_done, strict=True)]
        yield [None if done else row for row, done in zip(taken, was_done, strict=True)]
        state = model.advance(state, torch.tensor(taken))


def _choice(
    chosen: Row, logits: NDArray[np.floating], guide: Guide, generator: np.random.Generator, sampling: Sampling
) -> int:
    if guide.done:
        return 0
    return draw(weights(logits, guide.allowed(chosen), sampling), generator)
