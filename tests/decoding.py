"""Transformers whose every weight says something, and what they say of a few rows, asked as the decoders ask."""

import numpy as np
import torch
from music import any_table, legal_table

from partimento.batch import Batch
from partimento.models.transformer import Transformer

CONTROLS = (3, 13, 11)


def lively(config, codec, controls=CONTROLS):
    """A model whose every weight says something: fresh ones have layers that add nothing."""
    torch.manual_seed(0)
    model = Transformer(config, codec.columns, controls).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(mean=float("norm" in name), std=2 * parameter.shape[-1] ** -0.5)
    return model


def batch_of(ids):
    ids = torch.as_tensor(np.asarray(ids), dtype=torch.int64)
    known = torch.tensor([[1, 5, 0], [2, 0, 3]])[: len(ids)]
    return Batch(ids, torch.ones_like(ids[:, 1:], dtype=torch.bool), known)


def two_pieces(codec, rows=24, seed=0):
    """int64[2, rows, C]: the beginning of a legal walk, and rows without rhyme or reason."""
    generator = np.random.default_rng(seed)
    tables = (legal_table(codec, generator, rows), any_table(codec, generator, rows))
    return np.stack([table.ids[:rows] for table in tables]).astype(np.int64)


@torch.no_grad()
def decoded_nll(model, batch, prefix=1):
    """float[B, T - prefix + 1, C]: nats of the rows after ``prefix``, asked as the decoders ask."""
    state, found = model.start(batch.ids[:, :prefix], batch.controls), []
    for row in batch.ids[:, prefix:].unbind(1):
        columns = [model.column_logits(state, row[:, :c]).nll(row[:, c : c + 1]) for c in range(row.shape[1])]
        found.append(torch.cat(columns, 1))
        state = model.advance(state, row)
    return torch.stack(found, 1)
