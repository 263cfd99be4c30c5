"""Composing row by row says what training said of whole windows, with every option and every codec."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from decoding import any_batch, decoded
from hypothesis import given, settings
from hypothesis import strategies as st
from music import NARROW_CODECS

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.compose.model import one_thread
from partimento.errors import UsageError
from partimento.models.recurrent import Gru, Lstm, RecurrentConfig
from partimento.nn.activations import ACTIVATIONS
from partimento.nn.layers import halved

CONTROLS = (3, 13, 11)
NOTES = codec_of("notes")
SMALL = RecurrentConfig(layers=2, units=16, embedding=12, hidden_dense=1, hidden_dense_size=24)
VARIANTS = {
    "embedded": SMALL,
    "one-hot": replace(SMALL, input="onehot"),
    "numbers": replace(SMALL, input="numeric"),
    "normalised": replace(SMALL, layer_norm=True),
    "numbers, normalised": replace(SMALL, layer_norm=True, input="numeric"),
    "no dense layer": replace(SMALL, hidden_dense=0, layer_norm=True),
    "three of each": replace(SMALL, layers=3, hidden_dense=3, dropout=0.3),
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)
every_family = pytest.mark.parametrize("family", [Lstm, Gru])


def lively(family=Lstm, config=SMALL, codec=NOTES, controls=CONTROLS):
    """A model whose every weight says something: fresh ones have scores that do not."""
    torch.manual_seed(0)
    model = family(config, codec.columns, controls).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=2 * parameter.shape[-1] ** -0.5)
    return model


def batch_of(codec=NOTES, pieces=2, rows=10, seed=0):
    return any_batch(codec, pieces, rows, seed)


def nll(scores, batch, prefix=1):
    asked = [torch.distributions.Categorical(logits=each) for each in scores]
    return torch.stack([-each.log_prob(batch.ids[:, prefix:, c]) for c, each in enumerate(asked)], -1)


@every_family
@every_variant
def test_row_by_row_is_what_the_window_says(family, variant):
    model, batch = lively(family, VARIANTS[variant]), batch_of()
    assert torch.allclose(nll(decoded(model, batch), batch), model.row_nll(batch).detach(), atol=3e-4)


@every_family
@pytest.mark.parametrize("codec", NARROW_CODECS, ids=str)
def test_any_codec_is_served_and_a_prefix_is_heard(family, codec):
    model, batch = lively(family, codec=codec), batch_of(codec)
    found = nll(decoded(model, batch, prefix=5), batch, prefix=5)
    assert torch.allclose(found, model.row_nll(batch).detach()[:, 4:], atol=3e-4)


def same_alone(model, batch):
    with one_thread():
        together = decoded(model, batch)
    for i in (0, len(batch.ids) - 1):
        with one_thread():
            alone = decoded(model, Batch(batch.ids[i : i + 1], batch.loss_mask, batch.controls[i : i + 1]))
        assert all(torch.equal(one[0], all_[i]) for one, all_ in zip(alone, together, strict=True))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_piece_is_the_same_alone_and_in_company(activation):
    same_alone(lively(Lstm, replace(SMALL, activation=activation, layer_norm=True)), batch_of(pieces=5, rows=4))


@every_family
@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
def test_every_cell_is_the_same_alone_and_in_company(family, half):
    model = lively(family)
    same_alone(halved(model) if half else model, batch_of(pieces=3, rows=6))


@every_family
def test_the_pieces_that_go_on_are_what_they_were(family):
    model, batch = lively(family), batch_of(pieces=4)
    with torch.no_grad():
        state = model.start(batch.ids[:, :5], batch.controls)
        chosen = model.select(state, [0, 3])
        row = batch.ids[:, 5]
        whole, part = model.advance(state, row), model.advance(chosen, row[[0, 3]])
    assert np.array_equal(whole.hidden[[0, 3]], part.hidden)


@every_family
@given(row=st.integers(1, 9), seed=st.integers(1, 99))
@settings(max_examples=5)
def test_a_later_row_never_changes_an_earlier_nll(family, row, seed):
    model, batch = lively(family), batch_of()
    changed = batch.ids.clone()
    changed[:, row:] = batch_of(seed=seed).ids[:, row:]
    before, after = (model.row_nll(replace(batch, ids=ids)).detach() for ids in (batch.ids, changed))
    assert torch.allclose(before[:, : row - 1], after[:, : row - 1], atol=1e-5)


def test_a_later_column_never_changes_an_earlier_one_of_its_row():
    model, batch = lively(), batch_of()
    for c, column in enumerate(NOTES.columns):
        changed = batch.ids.clone()
        changed[:, -1, c] = (changed[:, -1, c] + 1) % column.size
        before, after = (model.row_nll(replace(batch, ids=ids)).detach()[:, -1] for ids in (batch.ids, changed))
        assert torch.allclose(before[:, :c], after[:, :c], atol=1e-5)
        assert not torch.allclose(before[:, c:], after[:, c:], atol=1e-4)


@every_variant
def test_rows_and_controls_are_heard(variant):
    model, batch = lively(config=VARIANTS[variant]), batch_of()
    before = model.row_nll(batch).detach()[:, -1]
    first = batch.ids.clone()
    first[:, -3] = (first[:, -3] + 7) % 30
    for other in (replace(batch, ids=first), replace(batch, controls=torch.zeros_like(batch.controls))):
        assert not torch.allclose(before, model.row_nll(other).detach()[:, -1], atol=1e-5)


@every_family
def test_a_fresh_model_knows_nothing(family):
    sizes = torch.tensor([column.size for column in NOTES.columns])
    found = family(SMALL, NOTES.columns, CONTROLS).row_nll(batch_of()).detach()
    assert torch.allclose(found, sizes.log().expand_as(found), atol=1e-4)


@every_family
def test_every_map_is_a_matrix_and_each_once(family):
    (phase,) = family(SMALL, NOTES.columns, CONTROLS).phases()
    stacked = [parts for _, parts in phase.matrices]
    assert stacked.count(family(SMALL, NOTES.columns).cell.maps) == 2 * SMALL.layers
    assert len({id(weight) for weight, _ in phase.matrices}) == len(phase.matrices)
    assert all(weight.dim() == 2 and weight.shape[0] % parts == 0 for weight, parts in phase.matrices)


def test_a_loss_that_does_not_judge_ids_is_refused_in_words():
    with pytest.raises(UsageError, match="lstm refuses: loss mse judges numbers, and it predicts ids; choose one of"):
        Lstm(replace(SMALL, loss="mse"), NOTES.columns)
    assert not Gru.misfit(replace(SMALL, loss="sparse_categorical_crossentropy"), NOTES.columns)
