"""The likelihood of chorales by one model in every key: each cell's probability is the mean of those in all keys.

A network that was trained on transpositions is still not the same in every key, so that the twelve or fewer that
the voices' ranges allow are as many opinions. Their mean is a distribution over the next cell given those before it,
so that the product is a likelihood. Shapes: K keys, N cells, V voices.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from .. import edit
from ..batch import Batch
from ..checkpoint import Checkpoint
from ..codecs import Codec
from ..data.transposing import transpositions
from ..models.grid import GridFamily
from ..nn.precision import precision as number_format
from ..score import Score
from .cells import LIKELIHOOD, CellRow, Chorales, Progress, Spent, cell_row, grid_model
from .likelihood import Conditions
from .units import Floats

OCTAVE = range(-6, 6)  # semitones: every key once


def key_rows(
    name: str,
    checkpoint: Checkpoint,
    chorales: Chorales,
    conditions: Conditions,
    progress: Progress = lambda share, remark: None,
) -> Iterator[CellRow]:
    """A model on whole chorales in all keys; none of one whose figures are no likelihood."""
    model, material = grid_model(checkpoint), chorales.material
    if model.pseudo:
        return
    nats, cells = [], []
    with number_format(conditions.precision, next(model.parameters()).device):
        for number, piece in enumerate(material.pieces, 1):
            each = in_all_keys(model, material.codec, material.corpus.score(piece))
            nats.append(each.sum(0))
            cells.append(np.full(each.shape[1], len(each), float))
            progress(number / len(material.pieces), f"{number} of {len(material.pieces)} pieces in all keys")
    spent = Spent(np.array(cells), np.array(nats))
    yield cell_row(f"{name}, mean of all keys", "model", chorales, spent, LIKELIHOOD, conditions.precision)


def in_all_keys(model: GridFamily, codec: Codec, score: Score) -> Floats:
    """float[T, V]: nats of each cell by the mean of its probabilities in the keys that the voices' ranges allow."""
    allowed = [semitones for semitones in OCTAVE if semitones in transpositions(score)]
    nats = np.stack([cell_nats(model, codec.encode(edit.transpose(score, key)).ids) for key in allowed])
    found: Floats = np.log(len(nats)) - torch.from_numpy(-nats).logsumexp(0).numpy()
    return found


@torch.no_grad()
def cell_nats(model: GridFamily, ids: NDArray[np.int16]) -> Floats:
    """float[T, V]: nats of each cell of a piece, begin and end left out."""
    rows = torch.from_numpy(ids.astype(np.int64))[None]
    mask, told = torch.ones_like(rows[:, 1:], dtype=torch.bool), torch.zeros(1, len(model.control_sizes)).long()
    batch = Batch(rows, mask, told).to(next(model.parameters()).device)
    nats, counts = model.cell_nll(batch)[0], model.counts(batch)[0].all(-1)
    return nats[counts].double().cpu().numpy()
