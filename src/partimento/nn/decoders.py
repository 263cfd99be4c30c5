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

LEAST_PIECES = 4  # matrix kernels for one or two rows sum in another order than those for more
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
    columns: int,
    guides: Sequence[Guide],
    generators: Sequence[np.random.Generator],
    sampling: Sampling,
) -> Iterator[list[Row | None]]:
    """Draw row after row for all pieces until every guide is done; None for a piece that was done before."""
    pieces = max(len(guides), LEAST_PIECES)
    while not all(guide.done for guide in guides):
        chosen = torch.zeros(pieces, 0, dtype=torch.int64)
        rows: list[Row] = [[] for _ in range(pieces)]
        for _ in range(columns):
            logits = model.column_logits(state, chosen).log_probabilities()[:, 0].numpy()
            for piece, guide in enumerate(guides):
                rows[piece].append(_choice(logits[piece], rows[piece], guide, generators[piece], sampling))
            for row in rows[len(guides) :]:
                row.append(rows[0][len(row)])
            chosen = torch.tensor(rows)
        was_done = [guide.done for guide in guides]
        taken = [
            rows[p] if done else guide.settle(rows[p])
            for p, (guide, done) in enumerate(zip(guides, was_done, strict=True))
        ]
        yield [None if done else row for row, done in zip(taken, was_done, strict=True)]
        state = model.advance(state, torch.tensor(taken + taken[:1] * (pieces - len(taken))))


def _choice(
    logits: NDArray[np.floating], chosen: Row, guide: Guide, generator: np.random.Generator, sampling: Sampling
) -> int:
    if guide.done:
        return 0
    return draw(weights(logits, guide.allowed(chosen), sampling), generator)
