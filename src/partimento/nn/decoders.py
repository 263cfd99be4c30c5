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
    def select(self, state: Any, pieces: Sequence[int]) -> Any: ...  # noqa: D102


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
    going = [piece for piece, guide in enumerate(guides) if not guide.done]
    state = _narrowed(model, state, going, len(guides))
    while going:
        rows = _proposed(model, state, columns, [(guides[i], generators[i]) for i in going], sampling)
        taken = {i: guides[i].settle(row) for i, row in zip(going, rows, strict=True)}
        yield [taken.get(i) for i in range(len(guides))]
        still = [place for place, i in enumerate(going) if not guides[i].done]
        state, going = _narrowed(model, state, still, len(going)), [going[place] for place in still]
        if going:
            state = model.advance(state, torch.tensor([taken[i] for i in going]))


def _narrowed(model: Rows, state: Any, pieces: Sequence[int], count: int) -> Any:
    """The state of those of its ``count`` pieces that still go on: nobody waits for the others."""
    return model.select(state, pieces) if 0 < len(pieces) < count else state


def _proposed(
    model: Rows,
    state: Any,
    columns: Sequence[str],
    pieces: Sequence[tuple[Guide, np.random.Generator]],
    sampling: Sampling,
) -> list[Row]:
    """A row for each piece, drawn column by column."""
    rows: list[Row] = [[] for _ in pieces]
    chosen = np.zeros((len(pieces), len(columns)), np.int64)
    for c, column in enumerate(columns):
        said = model.column_logits(state, torch.from_numpy(chosen[:, :c]))
        logits = said.log_probabilities()[:, 0]
        cut = sampling.of(column)
        for row, scores, (guide, generator) in zip(rows, logits, pieces, strict=True):
            row.append(draw(weights(scores, guide.allowed(row), cut, said.spread), generator))
        chosen[:, c] = [row[c] for row in rows]
    return rows
