"""Negative log-likelihood of whole pieces: every row once, in windows that say their context and stride.

Shapes: P pieces, T rows, C columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..batch import Batch
from ..codecs import Codec
from ..data.corpus import Corpus
from ..data.holds import require_holds
from ..data.masks import counted, predicted
from ..errors import InputError, UsageError
from ..score import Score
from ..tokens import Column, Ids
from .family import RowFamily
from .guessed import Guessed

ROWS_AT_ONCE = 2048  # of all windows of a batch: more is not faster on one thread, and takes memory


@dataclass(frozen=True)
class PieceRows:
    """A piece as a codec says it: ``ids`` [T, C], and which cells of rows 1..T-1 count, ``counted`` [T - 1, C]."""

    ids: Ids
    counted: NDArray[np.bool_]
    notes: int
    seconds: float


@dataclass(frozen=True)
class PieceLikelihood:
    """Nats of one piece by column, the cells that they were spent on, and what the piece holds."""

    nats: NDArray[np.float64]
    cells: NDArray[np.int64]
    rows: int
    notes: int
    seconds: float


def piece_rows(codec: Codec, corpus: Corpus, piece: int) -> PieceRows:
    """The piece in ``codec``. Raises InputError where it holds what the codec has no ids for."""
    score = codec.canonical(corpus.score(piece))
    return PieceRows(*piece_cells(codec, corpus, piece), len(score), score.duration_s)


def piece_cells(codec: Codec, corpus: Corpus, piece: int) -> tuple[Ids, NDArray[np.bool_]]:
    """``ids`` [T, C] of the piece, and which cells of rows 1..T-1 count, [T - 1, C]. Raises InputError."""
    require_holds(corpus, piece, codec)
    return score_cells(codec, corpus.score(piece), f"{corpus.pieces[piece].path} in corpus {corpus.folder.name}")


def score_cells(codec: Codec, score: Score, place: str) -> tuple[Ids, NDArray[np.bool_]]:
    """As ``piece_cells``, of the Score at ``place``. Raises InputError."""
    ids = codec.encode(score).ids
    strange = [column.name for column, part in zip(codec.columns, ids.T, strict=True) if _lies_outside(part, column)]
    if strange:
        raise InputError(f"{place}: codec {codec.name} has no {strange[0]} for what it holds; leave that piece out")
    return ids, counted(ids, codec.columns, score)[1:] & predicted(codec.columns)


def _lies_outside(ids: Ids, column: Column) -> bool:
    return bool(len(ids) and (ids.min() < 0 or ids.max() >= column.size))


def likelihoods(
    model: RowFamily,
    codec: Codec,
    corpus: Corpus,
    pieces: Sequence[int],
    context: int = 256,
    stride: int = 128,
    batch: int = 0,
    guessed: Guessed | None = None,
) -> Iterator[PieceLikelihood]:
    """Each piece whole; all but a window's first rows have at least ``context - stride`` rows before them.

    What is guessed right is added to ``guessed``.
    """
    for piece in pieces:
        rows = piece_rows(codec, corpus, piece)
        nats = piece_nats(model, rows.ids, context, stride, batch, rows.counted, guessed)
        yield spent(rows, nats)


def spent(rows: PieceRows, nats: NDArray[np.float64]) -> PieceLikelihood:
    """The likelihood of a piece from its summed ``nats`` [C]."""
    cells = rows.counted.sum(0, dtype=np.int64)
    return PieceLikelihood(nats, cells, len(rows.counted), rows.notes, rows.seconds)


@torch.no_grad()
def piece_nats(
    model: RowFamily,
    ids: Ids,
    context: int = 256,
    stride: int = 128,
    batch: int = 0,
    counted: NDArray[np.bool_] | None = None,
    guessed: Guessed | None = None,
) -> NDArray[np.float64]:
    """float[C]: the summed nats of the ``counted`` [T - 1, C] cells given the rows before them; no control is said.

    ``batch`` 0: as many windows at once as ROWS_AT_ONCE holds. Raises UsageError.
    """
    total = np.zeros(len(model.columns))
    device = next(model.parameters()).device
    for part in windows(ids, len(model.control_sizes), context, stride, batch, counted):
        here = part.to(device)
        nll = (model.row_nll(here) if guessed is None else guessed.row_nll(model, here)).float().cpu().double()
        total += torch.where(part.loss_mask, nll, 0.0).sum((0, 1)).numpy()
    return total


def windows(
    ids: Ids,
    controls: int = 0,
    context: int = 256,
    stride: int = 128,
    batch: int = 0,
    counted: NDArray[np.bool_] | None = None,
) -> Iterator[Batch]:
    """A piece in batches of windows, each masked to those ``counted`` cells that no window before has counted.

    None of ``controls`` is said. Raises UsageError.
    """
    if not 0 < stride <= context:
        raise UsageError(f"stride {stride} is out of range: 1 to {context}, the rows of context")
    rows = torch.from_numpy(ids.astype(np.int64))
    cells = torch.ones(len(ids) - 1, ids.shape[1], dtype=torch.bool) if counted is None else torch.from_numpy(counted)
    starts = range(0, max(len(ids) - 1 - context + stride, 1), stride)
    batch = batch or max(ROWS_AT_ONCE // context, 1)
    for first in range(0, len(starts), batch):
        yield _windows(rows, cells, starts[first : first + batch], controls, context, stride)


def _windows(rows: torch.Tensor, cells: torch.Tensor, starts: range, controls: int, context: int, stride: int) -> Batch:
    """Some windows, each masked to its own rows."""
    padded = torch.nn.utils.rnn.pad_sequence([rows[start : start + context + 1] for start in starts], batch_first=True)
    mask = torch.nn.utils.rnn.pad_sequence([cells[start : start + context] for start in starts], batch_first=True)
    for i, start in enumerate(starts):
        mask[i, : context - stride if start else 0] = False
    return Batch(padded, mask, torch.zeros(len(starts), controls, dtype=torch.int64))


def scaled(nats: NDArray[np.float64], cells: NDArray[Any], rows: NDArray[Any] | int) -> NDArray[np.float64]:
    """``nats`` [..., C] of a set whose columns count only ``cells`` [C] of ``rows`` cells, as if all counted.

    Where all do, the factor is exactly 1. A column of which nothing counts adds nothing.
    """
    return np.asarray(nats * (np.asarray(rows)[..., None] / np.maximum(cells, 1)))


def mean_per_note(parts: Sequence[PieceLikelihood]) -> float:
    """Nats per note over pieces, weighted by their notes; cells that do not count cost what the others do."""
    if not parts:
        return 0.0
    cells, rows = np.sum([part.cells for part in parts], 0), sum(part.rows for part in parts)
    return float(sum(scaled(part.nats, cells, rows).sum() for part in parts) / max(sum(p.notes for p in parts), 1))
