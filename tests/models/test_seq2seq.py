"""Composing row by row says what training said of whole windows, through every encoding. 3 rows encoded, 4 decoded."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from decoding import any_batch, decoded

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.compose.model import one_thread
from partimento.errors import UsageError
from partimento.models.likelihood import piece_nats
from partimento.models.next_note import NextNote
from partimento.models.seq2seq import Seq2Seq, Seq2SeqConfig
from partimento.models.seq2seq_decoder import segments
from partimento.models.three_head import ThreeHead
from partimento.nn.layers import halved
from partimento.nn.precision import has_bfloat16, precision

CONTROLS = (3, 13, 11)
TIMED, NOTES = codec_of("timed"), codec_of("notes")
SMALL = Seq2SeqConfig(embedding=8, encoder_units=16, decoder_units=24, encoder_rows=3, decoder_rows=4)
VARIANTS = {
    "squared error": SMALL,
    "absolute error": replace(SMALL, loss="l1"),
    "mixture": replace(SMALL, loss="mixture", components=2),
    "ids": replace(SMALL, loss="ids"),
    "short segments": replace(SMALL, decoder_rows=1),
    "one row encoded": replace(SMALL, encoder_rows=1),
}
PHASES = ("all", "notes", "times", "velocities", "durations")
every_variant = pytest.mark.parametrize("variant", VARIANTS)


def lively(config=SMALL, codec=NOTES, controls=CONTROLS):
    """A model whose every weight says something."""
    torch.manual_seed(0)
    model = Seq2Seq(config, codec.columns, controls).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    return model


def batch_of(codec=NOTES, pieces=2, rows=13, seed=0):
    return any_batch(codec, pieces, rows, seed)


def nll(scores, batch, prefix=1):
    asked = [torch.distributions.Categorical(logits=each) for each in scores]
    return torch.stack([-each.log_prob(batch.ids[:, prefix:, c]) for c, each in enumerate(asked)], -1)


def test_a_window_of_sixty_rows_is_nine_from_one_and_fifty_from_ten():
    assert list(segments(60, 10, 50)) == [(1, 9, 1), (10, 50, 10)]
    assert list(segments(70, 10, 50)) == [(1, 9, 1), (10, 50, 10), (60, 10, 10)]
    assert list(segments(8, 10, 5)) == [(1, 5, 1), (6, 2, 6)]


@every_variant
@pytest.mark.parametrize("codec", [NOTES, TIMED], ids=str)
def test_row_by_row_is_what_the_window_says(variant, codec):
    model, batch = lively(VARIANTS[variant], codec), batch_of(codec)
    found, expected = nll(decoded(model, batch), batch), model.row_nll(batch).detach()
    assert torch.allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_a_primer_is_heard_as_far_as_it_is_encoded():
    model, batch = lively(), batch_of()
    found = [each[:, 0] for each in decoded(model, batch, prefix=6)]
    earlier, latest = batch.ids.clone(), batch.ids.clone()
    earlier[:, :3], latest[:, 3:6] = 4, 4
    unheard, heard = (decoded(model, replace(batch, ids=ids), prefix=6) for ids in (earlier, latest))
    assert all(torch.equal(one, other[:, 0]) for one, other in zip(found, unheard, strict=True))
    assert not torch.allclose(found[1], heard[1][:, 0])


def test_without_encoding_anew_the_decoder_goes_on_and_on():
    whole = lively(replace(SMALL, decoder_rows=99))
    whole.load_state_dict(lively().state_dict())
    batch = batch_of()
    on, anew = (decoded(lively(replace(SMALL, reencode=again)), batch, prefix=3) for again in (False, True))
    assert all(torch.equal(a, b) for a, b in zip(on, decoded(whole, batch, prefix=3), strict=True))
    assert torch.equal(on[0][:, :4], anew[0][:, :4]) and not torch.allclose(on[1][:, 4:], anew[1][:, 4:])


@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
def test_a_piece_is_the_same_alone_and_in_company(half):
    model, batch = lively(), batch_of(pieces=5, rows=9)
    model = halved(model) if half else model
    with one_thread():
        together = decoded(model, batch)
        for i in (0, 4):
            alone = decoded(model, Batch(batch.ids[i : i + 1], batch.loss_mask, batch.controls[i : i + 1]))
            assert all(torch.equal(one[0], all_[i]) for one, all_ in zip(alone, together, strict=True))


def test_the_pieces_that_go_on_are_what_they_were():
    model, batch = lively(), batch_of(pieces=4)
    with torch.no_grad():
        state = model.start(batch.ids[:, :5], batch.controls)
        whole = model.advance(state, batch.ids[:, 5])
        part = model.advance(model.select(state, [3, 0, 3]), batch.ids[[3, 0, 3], 5])
    assert np.array_equal(whole.memory[[3, 0, 3]], part.memory) and np.array_equal(whole.latest[[3, 0, 3]], part.latest)


@pytest.mark.parametrize("row", [2, 3, 7])
def test_a_later_row_never_changes_an_earlier_nll(row):
    model, batch = lively(), batch_of()
    changed = batch.ids.clone()
    changed[:, row:] = batch_of(seed=1).ids[:, row:]
    before, after = (model.row_nll(replace(batch, ids=ids)).detach() for ids in (batch.ids, changed))
    assert torch.allclose(before[:, : row - 1], after[:, : row - 1], atol=1e-4)


def test_controls_are_heard_and_dropout_is_for_training_alone():
    model, batch = lively(), batch_of()
    told = model.row_nll(batch).detach()
    assert not torch.allclose(told, model.row_nll(replace(batch, controls=torch.zeros_like(batch.controls))).detach())
    assert torch.equal(told, model.row_nll(batch).detach())
    assert not torch.equal(model.train().row_nll(batch).detach(), model.row_nll(batch).detach())


@pytest.mark.parametrize("kind", ["bfloat16", "float32"])
def test_an_error_is_learnt_and_nats_are_told(kind):
    if kind == "bfloat16" and not has_bfloat16():
        pytest.skip("this processor multiplies no bfloat16")
    model, batch = lively(codec=TIMED).train(), batch_of(TIMED)
    with precision(kind, torch.device("cpu")):
        found = model.losses(batch, ["all"], torch.Generator())
    found.by_phase["all"].backward()
    assert list(found.figures) == ["step", "pitch", "duration"]
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in model.parameters())


def test_columns_without_a_pitch_are_refused_in_words():
    with pytest.raises(UsageError, match="seq2seq refuses: it reads a column pitch, and the table has column event"):
        Seq2Seq(SMALL, codec_of("performance").columns)


@pytest.mark.parametrize("variant", ["squared error", "short segments", "one row encoded"])
@pytest.mark.parametrize("sequence", [2, 6, 11])
def test_windows_of_likelihood_say_what_one_window_over_the_piece_says(variant, sequence):
    config = VARIANTS[variant]
    model, ids = lively(config), batch_of(pieces=1, rows=40).ids[0].numpy()
    context, stride = Seq2Seq.windows_of_likelihood(config, sequence)
    whole = piece_nats(model, ids, 39, 39)
    assert context < 39 and np.allclose(piece_nats(model, ids, context, stride), whole, rtol=1e-4)
    if variant == "squared error":  # half a window on, rows are nearer to an encoding than they are in the piece
        assert not np.allclose(piece_nats(model, ids, 6, 3), whole, rtol=1e-4)


def test_the_original_is_judged_by_windows_of_nine_rows_and_whole_fifties():
    config = Seq2SeqConfig()
    assert [Seq2Seq.windows_of_likelihood(config, rows) for rows in (59, 20, 160)] == [(59, 50), (59, 50), (159, 150)]


def test_encoding_anew_or_not_changes_no_training_and_no_likelihood():
    on, anew = (lively(replace(SMALL, reencode=again)) for again in (False, True))
    assert torch.equal(on.row_nll(batch_of()), anew.row_nll(batch_of()))


@pytest.mark.parametrize("family", [Seq2Seq, NextNote, ThreeHead])
def test_velocities_that_do_not_count_say_nothing_of_errors(family):
    codec = codec_of("events")
    model, batch = family(SMALL if family is Seq2Seq else family.Config(units=8), codec.columns), batch_of(codec)
    mask = batch.loss_mask.clone()
    mask[..., [column.name for column in codec.columns].index("velocity")] = False
    model.train().losses(replace(batch, loss_mask=mask, controls=batch.controls[:, :0]), PHASES, torch.Generator())
    seen = {name: buffer.item() for name, buffer in model.named_buffers() if name.endswith(".seen")}
    assert sorted(seen.values()) == [0.0, 1.0, 1.0]
