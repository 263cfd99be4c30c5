"""Accuracy of models whose every word is known."""

import numpy as np
import pytest
import torch
from fakes import corpus_of, random_score
from torch import nn

from partimento.codecs import codec_of
from partimento.evaluate.accuracy import Accuracy, anchor_guesses, anchor_hits, model_hits, numbers_of
from partimento.evaluate.anchors import count
from partimento.models.likelihood import piece_cells, piece_rows
from partimento.nn.logits import Logits, Pointer

CODEC = codec_of("notes")


class Knowing(nn.Module):
    """Says every id ``shift`` beside the true one, by its softmax or by a pointer alone."""

    control_sizes = ()

    def __init__(self, shift=0, pointer=False):
        super().__init__()
        self.anchor = nn.Parameter(torch.zeros(1))
        self.columns, self.shift, self.pointer = CODEC.columns, shift, pointer

    def column_scores(self, batch):
        for c, column in enumerate(self.columns):
            said = (batch.ids[:, 1:, c] + self.shift).clamp(max=column.size - 1)
            scores = 50.0 * nn.functional.one_hot(said, column.size)
            points = Pointer(torch.full(said.shape, 9.0), torch.zeros(*said.shape, 1), said.unsqueeze(-1))
            yield Logits(torch.zeros_like(scores), points) if self.pointer else Logits(scores)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    scores = [random_score(np.random.default_rng(i), notes=40) for i in range(5)]
    return corpus_of(tmp_path_factory.mktemp("made") / "made", scores)


def accuracy_of(model, corpus):
    return Accuracy.of(CODEC, [model_hits(model, CODEC, *piece_cells(CODEC, corpus, i), 16, 8) for i in range(5)])


@pytest.mark.parametrize("pointer", [False, True])
def test_who_knows_the_truth_is_always_right(corpus, pointer):
    found = accuracy_of(Knowing(pointer=pointer), corpus)
    assert [each.value for each in found.share.values()] == [1.0] * 4
    assert [each.value for each in found.error.values()] == [0.0] * 3


def test_who_is_one_step_beside_it_is_wrong_by_one_step(corpus):
    found = accuracy_of(Knowing(shift=1), corpus)
    assert found.share["pitch"].value < 0.05
    assert found.error["step"].value == pytest.approx(0.01, rel=0.05)
    assert dict(found.units) == {"step": "s", "velocity": "of 127", "duration": "s"}


def test_every_cell_that_counts_is_counted_once_whatever_the_window(corpus):
    ids, counted = piece_cells(CODEC, corpus, 0)
    for context, stride in ((4, 1), (7, 5), (512, 256)):
        assert model_hits(Knowing(), CODEC, ids, counted, context, stride).cells.tolist() == counted.sum(0).tolist()


def test_a_family_that_scores_no_columns_has_no_accuracy(corpus):
    model = Knowing()
    model.column_scores = lambda batch: iter(())
    assert model_hits(model, CODEC, *piece_cells(CODEC, corpus, 0), 16, 8) is None
    assert not Accuracy.of(CODEC, []).share


def test_an_anchor_that_repeats_is_right_where_the_row_before_is_the_same(corpus):
    counts = count([piece_cells(CODEC, corpus, i) for i in range(5)], CODEC.columns)
    rows = piece_rows(CODEC, corpus, 0)
    hits = anchor_hits(anchor_guesses("repeat", counts, CODEC), CODEC, rows)
    assert hits.right.tolist() == (rows.ids[1:] == rows.ids[:-1]).sum(0, where=rows.counted).tolist()


def test_numbers_are_times_and_velocities_in_natural_units():
    step, pitch, velocity, duration = numbers_of(CODEC)
    assert (step.unit, pitch, velocity.unit, duration.unit) == ("s", None, "of 127", "s")
    assert step.values[:3] == pytest.approx([0.0, 0.01, 0.02]) and duration.values[0] == pytest.approx(0.01)
    assert numbers_of(codec_of("performance")) == [None]
    assert [each and each.unit for each in numbers_of(codec_of("timed"))] == ["s", None, "s"]
