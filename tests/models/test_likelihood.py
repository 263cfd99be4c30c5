"""A model whose nats are the ids themselves tells which rows were counted, and how often."""

import numpy as np
import pytest
import torch
from fakes import SMALL, ReadOut, corpus_of
from hypothesis import given
from hypothesis import strategies as st

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.errors import UsageError
from partimento.models.likelihood import PieceLikelihood, likelihoods, mean_per_note, piece_nats
from partimento.models.transformer import Transformer
from partimento.score import from_notes

NOTES = codec_of("notes")
READ_OUT = ReadOut(NOTES)
RISING = from_notes([(i * 300, 200, 40 + i, 4 * i + 4) for i in range(30)])


def powers(rows):
    """Ids whose sum says which rows were added: a different power of two in each of 52 cells."""
    cells = np.zeros((rows, 4), np.int64)
    cells[:] = np.arange(1, rows + 1)[:, None] ** np.array([1, 2, 1, 2])
    return cells


@given(rows=st.integers(2, 60), context=st.integers(1, 20), data=st.data())
def test_every_row_is_counted_once_whatever_the_stride(rows, context, data):
    stride, batch = data.draw(st.integers(1, context)), data.draw(st.integers(1, 4))
    ids = powers(rows)
    nats = piece_nats(READ_OUT, ids, context, stride, batch)
    assert nats.tolist() == ids[1:].sum(0).tolist()


@pytest.mark.parametrize("seed", range(3))
def test_each_row_alone_is_counted_once(seed):
    for row in range(1, 25):
        ids = np.zeros((25, 4), np.int64)
        ids[row] = 1
        assert piece_nats(READ_OUT, ids, context=7, stride=1 + 2 * seed).tolist() == [1, 1, 1, 1]


def test_a_short_piece_is_a_plain_sum():
    model = Transformer(SMALL, NOTES.columns, (3, 13, 11)).eval()
    ids = NOTES.encode(RISING).ids
    batch = Batch(
        torch.from_numpy(ids.astype(np.int64))[None], torch.ones(1, len(ids) - 1) > 0, torch.zeros(1, 3).long()
    )
    with torch.no_grad():
        plain = model.row_nll(batch)[0].double().sum(0)
    assert piece_nats(model, ids, context=64, stride=32) == pytest.approx(plain.numpy(), rel=1e-5)


def test_a_batch_of_windows_says_what_each_says_alone():
    model = Transformer(SMALL, NOTES.columns).eval()
    ids = NOTES.encode(RISING).ids
    alone, together = (piece_nats(model, ids, 8, 4, batch) for batch in (1, 5))
    assert alone == pytest.approx(together, rel=1e-5)


def test_a_row_in_a_window_has_the_context_before_it_that_was_promised():
    asked = []

    class Watching(ReadOut):
        def row_nll(self, batch):
            asked.extend(zip(batch.ids[:, :, 0].tolist(), batch.loss_mask.tolist(), strict=True))
            return super().row_nll(batch)

    piece_nats(Watching(NOTES), powers(20), context=6, stride=2)
    counted = [mask.index(True) for _, mask in asked]
    assert counted == [0] + [4] * (len(counted) - 1)


def test_the_likelihoods_of_a_corpus_say_rows_notes_and_seconds(tmp_path):
    corpus = corpus_of(tmp_path, [RISING, from_notes([(0, 500, 60, 64)])])
    first, second = likelihoods(READ_OUT, NOTES, corpus, [0, 1])
    assert (first.rows, first.notes, first.seconds) == (31, 30, 8.9)
    assert (second.rows, second.notes, second.seconds) == (2, 1, 0.5)
    assert second.nats.tolist() == NOTES.encode(corpus.score(1)).ids[1:].sum(0).tolist()


def test_nats_per_note_are_weighted_by_notes():
    parts = [PieceLikelihood(np.array([1.0, 2.0]), 2, 1, 1.0), PieceLikelihood(np.array([0.0, 3.0]), 4, 3, 1.0)]
    assert mean_per_note(parts) == 1.5
    assert mean_per_note([]) == 0.0


def test_a_stride_beyond_the_context_is_refused():
    with pytest.raises(UsageError, match="stride 9 is out of range: 1 to 8"):
        piece_nats(READ_OUT, powers(30), context=8, stride=9)
