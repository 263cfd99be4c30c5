"""A note is predicted from its window alone; heads of numbers draw varied notes, or say the number itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fakes import random_score
from hypothesis import given, settings
from hypothesis import strategies as st
from music import any_table

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.compose import Settings, compose
from partimento.errors import UsageError
from partimento.models.next_note import NextNote, NextNoteConfig
from partimento.nn.filters import Sampling
from partimento.nn.layers import halved
from partimento.prompt import Length, continuation, from_nothing

CONTROLS = (3, 13, 11)
TIMED = codec_of("timed")
SMALL = NextNoteConfig(window=4, embedding=8, units=12)
VARIANTS = {
    "both directions, maximum": SMALL,
    "last of both": replace(SMALL, pool="last"),
    "forward, maximum": replace(SMALL, bidirectional=False),
    "the tutorial": replace(SMALL, bidirectional=False, pool="last", embedding=0, pressure=10.0),
    "two layers": replace(SMALL, layers=2, dropout=0.3),
    "two layers forward": replace(SMALL, layers=2, bidirectional=False),
    "conditional mixtures": replace(SMALL, conditional=True, step_loss="mixture", duration_loss="mixture"),
    "classes and l1": replace(SMALL, step_loss="ids", duration_loss="mean_absolute_error"),
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)


def lively(config=SMALL, codec=TIMED, controls=CONTROLS):
    torch.manual_seed(0)
    model = NextNote(config, codec.columns, controls).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    return model


def batch_of(codec=TIMED, pieces=2, rows=9, seed=0):
    generator = np.random.default_rng(seed)
    ids = np.stack([any_table(codec, generator, rows).ids for _ in range(pieces)]).astype(np.int64)
    told = torch.tensor([[1, 5, 0], [2, 0, 3]]).repeat(pieces, 1)[:pieces]
    return Batch(torch.from_numpy(ids), torch.ones(pieces, rows - 1, ids.shape[2], dtype=torch.bool), told)


@torch.inference_mode()
def decoded(model, batch, prefix=1):
    """Nats of the rows after ``prefix``, asked as the decoders ask: [B, T, C]."""
    state, found = model.start(batch.ids[:, :prefix], batch.controls), []
    for row in batch.ids[:, prefix:].unbind(1):
        logits = [model.column_logits(state, row[:, :c]) for c in range(row.shape[1])]
        found.append(torch.cat([each.nll(row[:, c : c + 1]) for c, each in enumerate(logits)], -1))
        state = model.advance(state, row)
    return torch.stack(found, 1)


@every_variant
@pytest.mark.parametrize("name", ["timed", "events"])
def test_composing_row_by_row_says_what_a_window_of_the_data_says(variant, name):
    codec = codec_of(name)
    model, batch = lively(VARIANTS[variant], codec), batch_of(codec)
    with torch.no_grad():
        nats = model.row_nll(batch)
        scores = [each.nll(batch.ids[:, 1:, c]) for c, each in enumerate(model.column_scores(batch))]
    assert torch.allclose(decoded(model, batch), nats, rtol=2e-3, atol=1e-3)
    assert torch.allclose(torch.stack(scores, -1), nats, rtol=2e-3, atol=1e-3)
    assert torch.allclose(decoded(model, batch, prefix=6), nats[:, 5:], rtol=2e-3, atol=1e-3)


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), changed=st.integers(0, 8))
def test_a_row_is_predicted_from_the_window_before_it_and_nothing_else(seed, changed):
    model, batch = lively(), batch_of(seed=seed)
    ids = batch.ids.clone()
    ids[:, changed, 1] = 1 + (ids[:, changed, 1] + 5) % 120
    with torch.no_grad():
        moved = (model.row_nll(replace(batch, ids=ids)) != model.row_nll(batch)).any(-1)
    seen = [changed - 1 <= row < changed + SMALL.window for row in range(8)]  # row 0 is ids[1]
    assert not moved[:, [row for row in range(8) if not seen[row]]].any()
    assert changed == 8 or moved[:, changed].all()


@every_variant
@pytest.mark.parametrize("weights", [lambda model: model, halved], ids=["single", "bfloat16"])
@torch.inference_mode()
def test_a_row_has_the_same_bits_alone_and_in_company(variant, weights, as_composing):
    model, batch = weights(lively(VARIANTS[variant])), batch_of(pieces=5, rows=5)
    together = decoded(model, batch)
    for piece in (0, 4):
        alone = Batch(*(x[piece : piece + 1] for x in (batch.ids, batch.loss_mask, batch.controls)))
        assert torch.equal(decoded(model, alone)[0], together[piece])


@torch.inference_mode()
def test_selecting_leaves_the_pieces_that_go_on():
    model, batch = lively(), batch_of(pieces=3)
    state = model.select(model.start(batch.ids[:, :3], batch.controls), [2, 0])
    alone = model.start(batch.ids[[2, 0], :3], batch.controls[[2, 0]])
    none = batch.ids[:2, 0, :0]
    assert torch.equal(model.column_logits(state, none).softmax, model.column_logits(alone, none).softmax)


@torch.no_grad()
def test_rows_of_which_nothing_counts_cost_nothing_and_change_nothing():
    model, batch = lively(), batch_of()
    mask = batch.loss_mask.clone()
    mask[0, :5] = False
    nats = model.row_nll(replace(batch, loss_mask=mask))
    assert not nats[0, :5].any() and torch.allclose(nats[mask], model.row_nll(batch)[mask], rtol=1e-5)


def test_weights_say_what_a_column_adds_and_figures_are_nats():
    batch, generator = batch_of(), torch.Generator()
    config = replace(SMALL, per_window=0, step_loss="ids", duration_loss="mixture", step_weight=0.0)
    model = lively(replace(config, pitch_weight=0.05, duration_weight=2.0))
    nats = model.row_nll(batch).mean((0, 1))
    found = model.losses(batch, ["all"], generator)
    assert found.by_phase["all"].item() == pytest.approx((nats * torch.tensor([0.0, 0.05, 2.0])).sum().item(), rel=1e-4)
    assert [found.figures[name].item() for name in ("step", "pitch", "duration")] == pytest.approx(
        nats.tolist(), rel=1e-4
    )


def test_a_step_learns_some_rows_of_each_window_drawn_anew():
    model, batch = lively(replace(SMALL, per_window=3, step_loss="ids", duration_loss="ids")), batch_of(rows=30)
    generator = torch.Generator().manual_seed(0)
    first, second = (model.losses(batch, ["all"], generator).by_phase["all"].item() for _ in range(2))
    again = model.losses(batch, ["all"], torch.Generator().manual_seed(0)).by_phase["all"].item()
    assert first == again != second


def test_a_mixture_has_as_many_components_as_asked_for():
    one, three = (lively(replace(SMALL, step_loss="mixture", components=count)) for count in (1, 3))
    assert three.heads[0].out.out_features - one.heads[0].out.out_features == 6


@pytest.mark.parametrize("name", ["performance", "notedur"])
def test_rows_that_are_no_notes_are_refused(name):
    with pytest.raises(UsageError, match="family next-note refuses: its rows are notes"):
        NextNote(SMALL, codec_of(name).columns)


def at_rest(seconds):
    """A model whose heads say the same whatever came before: steps of 0.2 s, notes of ``seconds``."""
    model = NextNote(SMALL, TIMED.columns).eval()
    with torch.no_grad():
        for head, number in zip(model.heads, (0.2, None, seconds), strict=True):
            head.out.weight.zero_()
            head.out.bias.zero_()
            if number is not None:
                head.out.bias[-1], head.error[...] = number, 0.01
    return model


def durations(temperature, seconds=0.5):
    sampling = Settings(Sampling(temperature=temperature, columns="duration"))
    (made,) = compose(at_rest(seconds), TIMED, from_nothing(Length(notes=40)), seed=1, settings=sampling)
    return made.score.notes["duration"]


def test_drawing_from_a_squared_error_gives_varied_durations_around_the_number():
    drawn = durations(1.0)
    assert len(set(drawn.tolist())) > 20 and abs(np.median(drawn) - 500) < 60


def test_temperature_zero_gives_the_number_itself():
    drawn, counts = np.unique(durations(0.0), return_counts=True)
    assert drawn[counts.argmax()] == 500 and counts.max() > 30  # a few are cut where their pitch sounds again


def test_a_primer_shorter_than_the_window_is_gone_on_with():
    prompt = continuation(random_score(np.random.default_rng(0), notes=2), Length(notes=6), 10.0)
    (made,) = compose(lively(replace(SMALL, window=30), controls=()), TIMED, prompt)
    assert len(made.written) == 6
