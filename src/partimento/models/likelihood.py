"""Negative log-likelihood of whole pieces: every row once, in windows that say their context and stride.

Shapes: T rows, C columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..batch import Batch
from ..codecs import Codec
from ..data.corpus import Corpus
from ..errors import UsageError
from .family import RowFamily


@dataclass(frozen=True)
class PieceLikelihood:
    """Nats of one piece by column, and what they were spent on."""

    nats: NDArray[np.float64]
    rows: int
    notes: int
    seconds: float


def likelihoods(
    model: RowFamily,
    codec: Codec,
    corpus: Corpus,
    pieces: Sequence[int],
    context: int = 256,
    stride: int = 128,
    batch: int = 8,
) -> Iterator[PieceLikelihood]:
    """Each piece whole; all but a window's first rows have at least ``context - stride`` rows before them."""
    for piece in pieces:
        score = codec.canonical(corpus.score(piece))
        ids = codec.encode(score).ids
        nats = piece_nats(model, ids, context, stride, batch)
        yield PieceLikelihood(nats, len(ids) - 1, len(score), score.duration_s)


@torch.no_grad()
def piece_nats(
    model: RowFamily, ids: NDArray[np.int16], context: int = 256, stride: int = 128, batch: int = 8
) -> NDArray[np.float64]:
    """float[C]: the summed nats of rows 1..T-1 given those before them; no control is said. Raises UsageError."""
    if not 0 < stride <= context:
        raise UsageError(f"stride {stride} is out of range: 1 to {context}, the rows of context")
    rows = torch.from_numpy(ids.astype(np.int64))
    starts = list(range(0, max(len(ids) - 1 - context + stride, 1), stride))
    device = next(model.parameters()).device
    total = np.zeros(len(model.columns))
    for first in range(0, len(starts), batch):
        some = starts[first : first + batch]
        windows = [rows[start : start + context + 1] for start in some]
        padded = torch.nn.utils.rnn.pad_sequence(windows, batch_first=True)
        mask = torch.zeros(len(some), padded.shape[1] - 1, dtype=torch.bool)
        for i, start in enumerate(some):
            seen = context - stride if start else 0
            mask[i, seen : len(windows[i]) - 1] = True
        controls = torch.zeros(len(some), len(model.control_sizes), dtype=torch.int64)
        nll = model.row_nll(Batch(padded, mask, controls).to(device)).float().cpu()
        total += nll[mask].double().sum(0).numpy()
    return total


def mean_per_note(parts: Sequence[PieceLikelihood]) -> float:
    """Nats per note over pieces, weighted by their notes."""
    return float(sum(part.nats.sum() for part in parts) / max(sum(part.notes for part in parts), 1))
