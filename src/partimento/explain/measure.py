"""What a network says of every cell of a table, teacher-forced: nats, ranks, and the likeliest ids.

Shapes: R rows behind the first, N of them, C columns, V voices or ids of a column, K alternatives.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..batch import Batch
from ..models.family import RowFamily
from ..models.grid import GridFamily
from ..models.likelihood import windows
from ..nn.logits import Logits
from ..tokens import Ids

ROWS_AT_ONCE = 256  # whose V probabilities are held


@dataclass(frozen=True, eq=False)
class Judged:
    """Of one column: nats and rank of what stands there [R], and the likeliest ids with their shares [R, K]."""

    nats: NDArray[np.float64]
    rank: NDArray[np.int64]
    likeliest: NDArray[np.int64]
    shares: NDArray[np.float64]


@torch.no_grad()
def judged_rows(model: RowFamily, ids: Ids, context: int, stride: int, most: int) -> list[Judged]:
    """What ``model`` says of each column of rows 1..T-1 of ``ids`` [T, C], in the windows of its likelihood."""
    parts = [list(_of_batch(model, batch, most)) for batch in windows(ids, len(model.control_sizes), context, stride)]
    return [_joined(column) for column in zip(*parts, strict=True)]


@torch.no_grad()
def judged_cells(model: GridFamily, ids: Ids, most: int) -> list[Judged]:
    """What ``model`` says of each voice of rows 1..T-1 of ``ids`` [T, C], read whole as its likelihood is."""
    rows = torch.from_numpy(ids.astype(np.int64))[None]
    cells = torch.ones(1, len(ids) - 1, ids.shape[1], dtype=torch.bool)
    batch = Batch(rows, cells, torch.zeros(1, len(model.control_sizes), dtype=torch.int64)).to(_device(model))
    scores = model.cell_scores(batch)
    nats = model.nll_of(scores, batch.ids)[0]
    truth = batch.ids[0, 1:]
    return [_judged(nats[:, v], truth[:, v], _softmax(each[0]), most) for v, each in enumerate(scores)]


def _of_batch(model: RowFamily, batch: Batch, most: int) -> Iterator[Judged]:
    """The columns of the rows that a batch of windows reads for the first time."""
    here = batch.to(_device(model))
    own = here.loss_mask[..., 0]
    apart = model.row_nll(here)[own] if model.scores_apart() else None
    for c, logits in enumerate(model.column_scores(here)):
        said, truth = logits.at(own), here.ids[:, 1:, c][own]
        nats = said.nll(truth) if apart is None else apart[:, c]
        yield _judged(nats, truth, _mixed(said), most)


def _judged(nats: Tensor, truth: Tensor, shares_of: Callable[[slice], Tensor], most: int) -> Judged:
    """A column of N rows, some at a time."""
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for start in range(0, len(truth), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        shares = shares_of(some)
        own = shares.gather(-1, truth[some, None])
        best = shares.topk(min(most, shares.shape[-1]), -1)
        found.append(((shares > own).sum(-1) + 1, best.indices, best.values))
    rank, likeliest, likely = (torch.cat(part).cpu().numpy() for part in zip(*found, strict=True))
    return Judged(nats.double().cpu().numpy(), rank, likeliest, likely.astype(np.float64))


def _mixed(said: Logits) -> Callable[[slice], Tensor]:
    return lambda some: said.at(some).probabilities()


def _softmax(scores: Tensor) -> Callable[[slice], Tensor]:
    return lambda some: scores[some].float().softmax(-1)


def _joined(parts: Sequence[Judged]) -> Judged:
    """The rows of some parts, one behind the other."""
    return Judged(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Judged)))


def _device(model: torch.nn.Module) -> torch.device:
    return next(model.parameters()).device
