"""What is guessed right is counted in the pass that reads likelihoods, over the same cells."""

import numpy as np
import pytest
import torch
from fakes import SMALL, corpus_of, random_score

from partimento.codecs import codec_of
from partimento.evaluate.accuracy import model_hits
from partimento.models import guessed
from partimento.models.guessed import Guessed
from partimento.models.likelihood import likelihoods, piece_cells
from partimento.models.three_head import ThreeHead
from partimento.models.transformer import Transformer

NOTES = codec_of("notes")


@pytest.fixture
def corpus(tmp_path):
    return corpus_of(tmp_path, [random_score(np.random.default_rng(i), notes=30) for i in range(2)])


def judged(model, codec, corpus, found=None):
    """The summed nats of both pieces, their cells counted in ``found``."""
    return sum(part.nats for part in likelihoods(model.eval(), codec, corpus, [0, 1], 16, 8, 3, found))


def shaken(model):
    """Weights that say something, which pointers do not at first."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        parameter.data.add_(torch.randn_like(parameter) * 0.3)
    return model


def test_cells_are_those_of_an_evaluation_and_nats_stay_the_same(corpus):
    model, found = shaken(Transformer(SMALL, NOTES.columns)), Guessed.none(4)
    assert judged(model, NOTES, corpus, found).tolist() == judged(model, NOTES, corpus).tolist()
    hits = [model_hits(model, NOTES, *piece_cells(NOTES, corpus, i), 16, 8) for i in range(2)]
    assert found.cells.tolist() == sum(each.cells for each in hits).tolist()
    assert found.right.tolist() == sum(each.right for each in hits).tolist() and found.right.any()


def test_a_family_whose_nats_are_read_off_its_scores_is_run_once(corpus, monkeypatch):
    runs = []
    model = Transformer(SMALL, NOTES.columns)
    monkeypatch.setattr(model, "encode", lambda *given: runs.append(1) or Transformer.encode(model, *given))
    judged(model, NOTES, corpus)
    plain = len(runs)
    judged(model, NOTES, corpus, Guessed.none(4))
    assert len(runs) == 2 * plain


@pytest.mark.parametrize(("every", "share"), [(1, 1.0), (2, 0.5)])
def test_a_family_whose_scores_cost_a_pass_of_their_own_is_asked_for_them_now_and_then(
    corpus, monkeypatch, every, share
):
    monkeypatch.setattr(guessed, "EVERY", every)
    events, found = codec_of("events"), Guessed.none(4)
    model = ThreeHead(ThreeHead.Config(units=4), events.columns)
    judged(model, events, corpus, found)
    cells = sum(piece_cells(events, corpus, i)[1].sum(0) for i in range(2))
    assert ThreeHead.scores_apart() and not Transformer.scores_apart()
    assert found.cells / cells == pytest.approx([share] * 4, abs=0.3)


def test_a_family_that_scores_no_columns_has_no_shares(corpus, monkeypatch):
    monkeypatch.setattr(ThreeHead, "column_scores", lambda self, batch: iter(()))
    events, found = codec_of("events"), Guessed.none(4)
    model = ThreeHead(ThreeHead.Config(units=4), events.columns)
    assert judged(model, events, corpus, found).tolist() == judged(model, events, corpus).tolist()
    assert found.shares(events.columns) == {}


def test_a_share_is_said_of_each_column_with_cells():
    found = Guessed(np.array([1, 0, 3, 0]), np.array([4, 2, 3, 0]))
    assert found.shares(NOTES.columns) == {"step": 0.25, "pitch": 0.0, "velocity": 1.0}
