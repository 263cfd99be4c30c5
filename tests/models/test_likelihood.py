"""A model whose nats are the ids themselves tells which rows were counted, and how often."""

import numpy as np
import pytest
import torch
from fakes import SMALL, ReadOut, corpus_of
from hypothesis import given
from hypothesis import strategies as st

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.errors import InputError, UsageError
from partimento.models.likelihood import PieceLikelihood, likelihoods, mean_per_note, piece_nats, piece_rows, scaled
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
            asked.extend(batch.loss_mask.all(-1).tolist())
            return super().row_nll(batch)

    piece_nats(Watching(NOTES), powers(20), context=6, stride=2)
    counted = [mask.index(True) for mask in asked]
    assert counted == [0] + [4] * (len(counted) - 1)


def test_the_likelihoods_of_a_corpus_say_rows_notes_and_seconds(tmp_path):
    corpus = corpus_of(tmp_path, [RISING])
    (found,) = likelihoods(READ_OUT, NOTES, corpus, [0])
    assert (found.rows, found.notes, found.seconds, found.cells.tolist()) == (31, 30, 8.9, [31] * 4)
    assert found.nats.tolist() == NOTES.encode(corpus.score(0)).ids[1:].sum(0).tolist()


def test_velocities_of_a_piece_that_has_one_alone_are_left_out(tmp_path):
    corpus = corpus_of(tmp_path, [from_notes([(0, 500, 60, 64)])])
    (found,) = likelihoods(READ_OUT, NOTES, corpus, [0])
    step, pitch, _, duration = NOTES.encode(corpus.score(0)).ids[1:].sum(0).tolist()
    assert (found.rows, found.notes, found.cells.tolist()) == (2, 1, [2, 2, 0, 2])
    assert found.nats.tolist() == [step, pitch, 0, duration]


def test_a_cell_that_does_not_count_is_left_out_alone():
    ids, counted = powers(6), np.ones((5, 4), bool)
    counted[2, 1] = False
    assert piece_nats(READ_OUT, ids, 4, 2, counted=counted)[1] == ids[1:, 1].sum() - ids[3, 1]


def test_a_uniform_model_costs_the_logarithm_of_the_vocabulary():
    class Uniform(ReadOut):
        def row_nll(self, batch):
            sizes = torch.tensor([column.size for column in self.columns])
            return sizes.log().expand(batch.ids[:, 1:].shape)

    nats = piece_nats(Uniform(NOTES), NOTES.encode(RISING).ids)
    assert nats == pytest.approx([31 * np.log(column.size) for column in NOTES.columns])


def test_a_note_that_the_codec_has_no_id_for_is_refused_by_name(tmp_path):
    corpus = corpus_of(tmp_path, [from_notes([(0, 500, 200, 64)])])
    with pytest.raises(InputError, match=r"^0.mid in corpus .*: codec notes has no pitch for what it holds"):
        piece_rows(NOTES, corpus, 0)


def part(nats, rows, notes, cells=None):
    return PieceLikelihood(np.array(nats), np.array(cells or [rows] * len(nats)), rows, notes, 1.0)


def test_nats_per_note_are_weighted_by_notes():
    assert mean_per_note([part([1.0, 2.0], 2, 1), part([0.0, 3.0], 4, 3)]) == 1.5
    assert mean_per_note([]) == 0.0


def test_a_column_that_does_not_count_in_a_piece_costs_there_what_it_costs_elsewhere():
    assert mean_per_note([part([4.0, 8.0], 4, 4), part([4.0, 0.0], 4, 4, cells=[4, 0])]) == 3.0


@given(st.lists(st.floats(0, 50), min_size=2, max_size=2))
def test_where_every_cell_counts_scaling_changes_no_bit(nats):
    assert scaled(np.array(nats), np.array([7, 7]), 7).tolist() == nats


def test_a_stride_beyond_the_context_is_refused():
    with pytest.raises(UsageError, match="stride 9 is out of range: 1 to 8"):
        piece_nats(READ_OUT, powers(30), context=8, stride=9)
