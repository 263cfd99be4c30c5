"""Rows that are known ahead: read in training as in composing, told to those before them, and to nobody else."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from decoding import any_batch, batch_of, lively, two_pieces
from fakes import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st
from music import NARROW_CODECS

from partimento.codecs import codec_of
from partimento.errors import UsageError
from partimento.models.transformer import Transformer
from partimento.nn.frozen_ahead import Known

SEES = replace(SMALL, context=64, ahead=1)
NOTES = codec_of("notes")
every_codec = pytest.mark.parametrize("codec", [c for c in NARROW_CODECS if c.one_row_per_note], ids=str)


def sorted_pieces(codec, rows=24):
    """Legal walks alone, since what is known ahead is found by its time and pitch."""
    ids = two_pieces(codec, rows)[:1]
    return np.concatenate([ids, two_pieces(codec, rows, seed=3)[:1]])


def ahead_of(model, ids, known):
    """Those rows of one piece, as composing is told of them."""
    onsets = model.times.onsets(torch.as_tensor(ids)[None])[0].numpy()
    return Known(ids[known], onsets[known])


@torch.no_grad()
def decoded_towards(model, batch, known):
    """float[T, C]: nats of one piece's rows, asked as the decoders ask."""
    state, found = model.start_towards(batch.ids[:, :1], batch.controls, known), []
    for row in batch.ids[:, 1:].unbind(1):
        columns = [model.column_logits(state, row[:, :c]).nll(row[:, c : c + 1]) for c in range(row.shape[1])]
        found.append(torch.cat(columns, 1))
        state = model.advance(state, row)
    return torch.stack(found, 1)[0]


@every_codec
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_composing_sees_ahead_what_training_sees(codec, share):
    model, ids = lively(SEES, codec), sorted_pieces(codec)
    known = np.random.default_rng(1).random(ids.shape[:2]) < share
    known &= codec.columns[0].advances[ids[..., 0]] < codec.columns[0].advances.max()  # a wait is known by nobody
    batch = replace(batch_of(ids), known=torch.from_numpy(known))
    whole = model.row_nll(batch).detach()
    for piece in range(2):
        one = batch_of(ids[piece : piece + 1])
        one = replace(one, controls=batch.controls[piece : piece + 1])
        found = decoded_towards(model, one, ahead_of(model, ids[piece], known[piece]))
        assert torch.allclose(found, whole[piece], atol=5e-4)


def test_what_is_known_changes_rows_before_it_and_none_behind():
    model, ids = lively(SEES, NOTES), sorted_pieces(NOTES)
    known = torch.zeros(ids.shape[:2], dtype=torch.bool)
    plain = model.row_nll(batch_of(ids)).detach()
    known[:, 12] = True
    told = model.row_nll(replace(batch_of(ids), known=known)).detach()
    assert not torch.isclose(plain[:, :12], told[:, :12], atol=1e-3).all(-1).any()
    assert torch.equal(plain[:, 12:], model.row_nll(batch_of(ids)).detach()[:, 12:])


@given(row=st.integers(2, 23))
@settings(max_examples=8)
def test_a_row_that_is_not_known_is_seen_by_none_before_it(row):
    model, ids = lively(SEES, NOTES), sorted_pieces(NOTES)
    known = torch.zeros(ids.shape[:2], dtype=torch.bool)
    known[:, -1] = True
    changed = ids.copy()
    changed[:, row - 1, 1:] = two_pieces(NOTES, seed=9)[:, row - 1, 1:]  # its step stays, so the end stays where it is
    before, after = (model.row_nll(replace(batch_of(x), known=known)).detach()[:, : row - 2] for x in (ids, changed))
    assert torch.allclose(before, after, atol=1e-5)


def test_a_fresh_model_is_the_one_without_eyes():
    torch.manual_seed(0)
    model = Transformer(SEES, NOTES.columns, (3, 13, 11)).eval()
    blind = Transformer(replace(SEES, ahead=0), NOTES.columns, (3, 13, 11)).eval()
    blind.load_state_dict({k: v for k, v in model.state_dict().items() if not k.startswith("ahead.")})
    batch = batch_of(sorted_pieces(NOTES))
    assert torch.equal(model.row_nll(batch), blind.row_nll(batch))


def test_all_parts_learn_what_is_known():
    model, batch = lively(SEES, NOTES).train(), any_batch(NOTES, 8, 24)
    model.losses(batch, ["all"], torch.Generator().manual_seed(0)).by_phase["all"].backward()
    missing = [name for name, p in model.named_parameters() if name.startswith("ahead.") and p.grad is None]
    assert not missing


def test_one_token_columns_know_nothing_ahead():
    with pytest.raises(UsageError, match="row per note"):
        Transformer(SEES, codec_of("performance").columns)
