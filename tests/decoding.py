"""Transformers whose every weight says something; and what any family says of a few rows, asked as the decoders ask."""

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


def any_batch(codec, pieces, rows, seed=0):
    """Rows without rhyme or reason, with controls."""
    generator = np.random.default_rng(seed)
    ids = np.stack([any_table(codec, generator, rows).ids for _ in range(pieces)]).astype(np.int64)
    told = torch.tensor([[1, 5, 0], [2, 0, 3]]).repeat(pieces, 1)[:pieces]
    ids = torch.from_numpy(ids)
    return Batch(ids, torch.ones_like(ids[:, 1:], dtype=torch.bool), told)


@torch.no_grad()
def decoded(model, batch, prefix=1):
    """The scores of every column of the rows after ``prefix``, asked as the decoders ask: [B, T, V] by column."""
    state, found = model.start(batch.ids[:, :prefix], batch.controls), []
    for row in batch.ids[:, prefix:].unbind(1):
        found.append([model.column_logits(state, row[:, :c]).softmax[:, 0] for c in range(row.shape[1])])
        state = model.advance(state, row)
    return [torch.stack(column, 1) for column in zip(*found, strict=True)]
