"""What decoding says row by row is what training said of all rows at once, on both clocks and with every codec."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from decoding import CONTROLS, batch_of, decoded_nll, lively, two_pieces
from fakes import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st
from music import NARROW_CODECS

from partimento.codecs import codec_of
from partimento.errors import UsageError
from partimento.models.transformer import Transformer
from partimento.nn.rows import POINTER_WIDTH

WIDE = replace(SMALL, context=64)
VARIANTS = {
    "both clocks": WIDE,
    "rows alone": replace(WIDE, time_heads=0),
    "time alone": replace(WIDE, time_heads=2),
    "no pointers": replace(WIDE, pointers=""),
    "no octaves": replace(WIDE, octaves=False),
    "two layers, far reach": replace(WIDE, layers=2, reach=40),
}
every_codec = pytest.mark.parametrize("codec", NARROW_CODECS, ids=str)
every_variant = pytest.mark.parametrize("variant", VARIANTS)


@every_codec
@every_variant
def test_decoding_row_by_row_says_what_training_says(codec, variant):
    model, batch = lively(VARIANTS[variant], codec), batch_of(two_pieces(codec))
    whole = model.row_nll(batch).detach()
    assert torch.allclose(decoded_nll(model, batch), whole, atol=3e-4)


@every_codec
@pytest.mark.parametrize("prefix", [2, 9, 23])
def test_a_prefix_of_any_length_leads_to_the_same_state(codec, prefix):
    model, batch = lively(WIDE, codec), batch_of(two_pieces(codec, seed=1))
    assert torch.allclose(decoded_nll(model, batch, prefix), model.row_nll(batch).detach()[:, prefix - 1 :], atol=3e-4)


@every_variant
@given(row=st.integers(1, 23), seed=st.integers(0, 99))
@settings(max_examples=8)
def test_a_later_row_never_changes_an_earlier_nll(variant, row, seed):
    codec = codec_of("notes")
    model, ids = lively(VARIANTS[variant], codec), two_pieces(codec)
    changed = ids.copy()
    changed[:, row:] = two_pieces(codec, seed=seed + 1)[:, row:]
    before, after = (model.row_nll(batch_of(each)).detach()[:, : row - 1] for each in (ids, changed))
    assert torch.allclose(before, after, atol=1e-5)


@every_codec
def test_a_later_column_never_changes_an_earlier_one_of_its_row(codec):
    model, ids = lively(WIDE, codec), two_pieces(codec)
    for c, column in enumerate(codec.columns):
        changed = ids.copy()
        changed[:, -1, c] = (changed[:, -1, c] + 1) % column.size
        before, after = (model.row_nll(batch_of(each)).detach() for each in (ids, changed))
        assert torch.allclose(before[:, -1, :c], after[:, -1, :c], atol=1e-5)
        assert not torch.allclose(before[:, -1, c], after[:, -1, c], atol=1e-5)


def test_what_comes_before_does_change_what_comes_next():
    codec = codec_of("notes")
    model, ids = lively(WIDE, codec), two_pieces(codec)
    changed = ids.copy()
    changed[:, 3, 1] = (changed[:, 3, 1] + 1) % 100
    before, after = (model.row_nll(batch_of(each)).detach()[:, 6:] for each in (ids, changed))
    assert not torch.allclose(before, after, atol=1e-3)


def test_each_column_points_with_keys_of_its_own():
    codec = codec_of("notes")
    model, batch = lively(WIDE, codec), batch_of(two_pieces(codec))
    before = model.row_nll(batch).detach()
    with torch.no_grad():
        model.keys.weight[POINTER_WIDTH : 2 * POINTER_WIDTH].neg_()
    changed = ~torch.isclose(before, model.row_nll(batch).detach(), atol=1e-5).all(0).all(0)
    assert changed.tolist() == [False, True, False, False]


def test_controls_are_heard():
    codec = codec_of("notes")
    model, batch = lively(WIDE, codec), batch_of(two_pieces(codec))
    unsaid = replace(batch, controls=torch.zeros_like(batch.controls))
    assert not torch.allclose(model.row_nll(batch), model.row_nll(unsaid), atol=1e-3)


def test_beyond_its_context_decoding_goes_on_from_the_later_half():
    codec = codec_of("notes")
    model, batch = lively(replace(WIDE, context=8), codec), batch_of(two_pieces(codec))
    found = decoded_nll(model, batch)
    assert found.shape == (2, 23, 4) and found.isfinite().all()
    assert torch.allclose(found[:, :7], model.row_nll(batch).detach()[:, :7], atol=3e-4)
    latest = batch_of(batch.ids[:, 4:9].numpy())
    assert torch.allclose(found[:, 7], model.row_nll(latest).detach()[:, -1], atol=3e-4)


def test_a_prefix_beyond_the_context_is_heard_from_its_end():
    codec = codec_of("notes")
    model, batch = lively(replace(WIDE, context=8), codec), batch_of(two_pieces(codec))
    state = model.start(batch.ids, batch.controls)
    assert np.array_equal(state.ids[:, : state.length], batch.ids[:, -4:])


def test_losses_are_the_mean_nats_of_the_rows_that_count():
    codec = codec_of("notes")
    model, batch = lively(WIDE, codec), batch_of(two_pieces(codec))
    batch.loss_mask[1, 4:] = False
    losses = model.losses(batch, ["all"], torch.Generator())
    counted = model.row_nll(batch)[batch.loss_mask.all(-1)]
    assert len(counted) == 23 + 4 and losses.by_phase["all"].item() == pytest.approx(
        counted.sum(1).mean().item(), rel=1e-4
    )
    assert {name: round(value.item(), 3) for name, value in losses.figures.items()} == {
        column.name: round(counted[:, c].mean().item(), 3) for c, column in enumerate(codec.columns)
    }


def test_a_column_of_which_no_cell_counts_loses_and_learns_nothing():
    codec = codec_of("notes")
    model, batch = lively(WIDE, codec), batch_of(two_pieces(codec))
    batch.loss_mask[..., 2] = False
    losses = model.losses(batch, ["all"], torch.Generator())
    losses.by_phase["all"].backward()
    assert set(losses.figures) == {"step", "pitch", "duration"}
    assert all(p.grad is None or not p.grad.any() for p in model.heads[2].parameters())
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)


def test_a_column_is_the_mean_of_its_own_cells():
    codec = codec_of("notes")
    model, batch = lively(WIDE, codec), batch_of(two_pieces(codec))
    before = model.losses(batch, ["all"], torch.Generator()).figures
    batch.loss_mask[0, :, 2] = False
    after = model.losses(batch, ["all"], torch.Generator()).figures
    assert after["velocity"].item() == pytest.approx(model.row_nll(batch)[1, :, 2].mean().item(), rel=1e-5)
    assert all(after[name] == before[name] for name in ("step", "pitch", "duration"))


def test_a_fresh_model_with_closed_pointers_knows_nothing():
    codec = codec_of("notes")
    model = Transformer(replace(WIDE, pointers=""), codec.columns, CONTROLS)
    sizes = torch.tensor([column.size for column in codec.columns])
    assert torch.allclose(model.row_nll(batch_of(two_pieces(codec))), sizes.log().expand(2, 23, 4), atol=3e-4)


def test_a_released_pointer_offers_the_durations_that_end_with_earlier_notes():
    codec = codec_of("notes")
    model = lively(replace(WIDE, pointers="duration", reach=3), codec)
    ids = torch.tensor([[[0, 0, 0, 0], [3, 61, 8, 30], [8, 65, 8, 10]]])  # at 0 for 30 steps, at 5 for 10
    state = model.start(ids, torch.zeros(1, 3, dtype=torch.int64))
    pointer = model.column_logits(state, torch.tensor([[3 + 2, 68, 8]])).pointer  # now at 7
    assert sorted(pointer.values[0, 0].tolist()) == [-1, 8, 23]


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"width": 18, "heads": 4}, "width 18 is not a multiple of twice the 4 heads"),
        ({"time_heads": 3}, "3 time heads of 2"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_in_words(sizes, words):
    with pytest.raises(UsageError, match=words):
        Transformer(replace(WIDE, **sizes), codec_of("notes").columns)
