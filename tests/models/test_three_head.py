"""Three pipelines: what moves what, what row by row says, and pieces that sound from nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from decoding import any_batch, decoded
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.batch import Batch
from partimento.codecs import CODECS, codec_of
from partimento.compose import compose
from partimento.compose.model import one_thread
from partimento.errors import UsageError
from partimento.models.three_head import ThreeHead, ThreeHeadConfig
from partimento.nn.layers import halved
from partimento.prompt import Length, from_nothing
from partimento.recipe import Recipe, TrainConfig, called
from partimento.train.progress import State
from partimento.train.step import take_step

EVENTS = codec_of("events")
CONTROLS = (3, 13, 11)
SMALL = ThreeHeadConfig(units=12, hidden=16, narrow=12, embedding=4)
BLOCKS = replace(SMALL, bidirectional=True, window=6, ahead=4, activation="leaky_relu", velocity_loss="l1")
VARIANTS = {
    "readme": SMALL,
    "code": BLOCKS,
    "four ahead": replace(SMALL, ahead=4),
    "two directions": replace(BLOCKS, ahead=1, layers=1),
    "everything fed": replace(SMALL, feed="everything"),
    "everything fed in blocks": replace(BLOCKS, feed="everything"),
    "distributions": replace(SMALL, step_loss="mixture", velocity_loss="mixture", duration_loss="ids"),
}
every_variant = pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)


def lively(config=SMALL, codec=EVENTS, controls=CONTROLS):
    torch.manual_seed(0)
    model = ThreeHead(config, codec.columns, controls).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    return model


def batch_of(codec=EVENTS, pieces=2, rows=9, seed=0):
    return any_batch(codec, pieces, rows, seed)


def nats(scores, batch, prefix=1):
    asked = [each.log_softmax(-1).gather(-1, batch.ids[:, prefix:, c, None]) for c, each in enumerate(scores)]
    return -torch.cat(asked, -1)


def state_of(config, **training):
    plan = TrainConfig(**{"optimizer": "adam", "warmup": 0, "precision": "float32", **training})
    torch.manual_seed(0)
    return State(ThreeHead(config, EVENTS.columns, CONTROLS), Recipe(family="three-head", model=config, training=plan))


def weights_of(part):
    return [parameter.detach().clone() for parameter in part.parameters()]


def moved(part, before):
    return [not torch.equal(was, now) for was, now in zip(before, part.parameters(), strict=True)]


@every_variant
@pytest.mark.parametrize("prefix", [1, 5])
def test_row_by_row_is_what_the_window_says(config, prefix):
    model, batch = lively(config), batch_of()
    found = nats(decoded(model, batch, prefix), batch, prefix)
    assert torch.allclose(found, model.row_nll(batch).detach()[:, prefix - 1 :], atol=1e-3)


@every_variant
def test_the_nats_of_a_row_are_those_of_a_distribution_over_all_ids(config):
    model, batch = lively(config), batch_of()
    with torch.no_grad():
        found = nats([each.softmax for each in model.column_scores(batch)], batch)
        assert torch.allclose(found, model.row_nll(batch), atol=1e-3)


@every_variant
@given(row=st.integers(1, 8), seed=st.integers(1, 99))
@settings(max_examples=3)
def test_a_row_changes_nothing_before_the_end_of_its_block(config, row, seed):
    model, batch = lively(config), batch_of()
    changed = batch.ids.clone()
    changed[:, row, 1] = (changed[:, row, 1] + seed) % EVENTS.columns[1].size
    before, after = (model.row_nll(replace(batch, ids=ids)).detach() for ids in (batch.ids, changed))
    before[:, row - 1, 1] = after[:, row - 1, 1] = 0
    known = -(-row // config.ahead) * config.ahead
    assert torch.allclose(before[:, :known], after[:, :known], atol=1e-5)
    assert known >= 8 or not torch.allclose(before[:, known:], after[:, known:], atol=1e-6)


def test_only_what_is_fed_back_is_heard():
    batch = batch_of()
    louder = batch.ids.clone()
    louder[:, 4, 2] = louder[:, 4, 2] % 100 + 3
    for feed, same in (("notes", True), ("everything", False)):
        model = lively(replace(SMALL, feed=feed))
        after = [model.row_nll(replace(batch, ids=ids)).detach()[:, 4:] for ids in (batch.ids, louder)]
        assert torch.allclose(*after) == same


@pytest.mark.parametrize("config", [SMALL, BLOCKS], ids=["forward", "both ways"])
def test_the_losses_of_numbers_move_nothing_but_their_pipelines(config):
    state = state_of(config)
    state.phases = [phase for phase in state.phases if phase.name in ("times", "velocities")]
    model = state.model
    parts = (model.inputs, model.told, model.lstm, model.pipelines[1])
    before = [weights_of(part) for part in parts]
    pipeline = weights_of(model.pipelines[0])
    take_step(state, batch_of())
    assert not any(any(moved(part, was)) for part, was in zip(parts, before, strict=True))
    assert all(moved(model.pipelines[0], pipeline))


def test_what_numbers_lose_is_not_even_carried_back_to_the_lstm():
    model = state_of(SMALL).model
    found = model.losses(batch_of(), ["notes", "times", "velocities", "durations"], torch.Generator()).by_phase
    (found["times"] + found["velocities"] + found["durations"]).backward()
    assert all(parameter.grad is None for parameter in model.lstm.parameters())
    found["notes"].backward()
    assert all(parameter.grad is not None for parameter in model.lstm.parameters())


def test_a_joint_loss_moves_the_lstm_for_velocities_too():
    batch = batch_of()
    only = replace(batch, loss_mask=batch.loss_mask & torch.tensor([False, False, True, False]))
    state = state_of(replace(SMALL, joint=True))
    before = weights_of(state.model.lstm)
    assert [phase.name for phase in state.phases] == ["all"]
    assert set(take_step(state, only)) == {"velocity"} and all(moved(state.model.lstm, before))


def test_every_parameter_belongs_to_one_phase():
    for config in VARIANTS.values():
        model = ThreeHead(config, EVENTS.columns, CONTROLS)
        listed = [id(parameter) for phase in model.phases() for parameter in phase.parameters]
        assert sorted(listed) == sorted(id(parameter) for parameter in model.parameters())


@pytest.mark.parametrize("loss", ["l1", "mse", "mixture", "ids"])
def test_a_fit_to_one_row_is_found_by_every_loss(loss):
    config = replace(SMALL, dropout=0.0, step_loss=loss, velocity_loss=loss, duration_loss=loss)
    state, ids = state_of(config, learning_rate=0.02), torch.tensor([[0, 0, 0, 0], [20, 61, 80, 50]])
    batch = Batch(ids.expand(2, -1, -1), torch.ones(2, 1, 4, dtype=torch.bool), torch.zeros(2, 3, dtype=torch.int64))
    for _ in range(80):
        take_step(state, batch)
    state.model.eval()
    likeliest = [each.softmax[0, 0].argmax().item() for each in state.model.column_scores(batch)]
    assert likeliest[1] == 61 and np.abs(np.subtract(likeliest, [20, 61, 80, 50])).max() <= 9


@pytest.mark.parametrize("config", [SMALL, BLOCKS], ids=["forward", "both ways"])
@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
def test_a_piece_is_the_same_alone_and_in_company(config, half):
    model, batch = lively(replace(config, feed="everything")), batch_of(pieces=3, rows=6)
    model = halved(model) if half else model
    with one_thread():
        together = decoded(model, batch)
        for i in range(3):
            alone = decoded(model, Batch(batch.ids[i : i + 1], batch.loss_mask, batch.controls[i : i + 1]))
            assert all(torch.equal(one[0], all_[i]) for one, all_ in zip(alone, together, strict=True))


@every_variant
def test_the_pieces_that_go_on_are_what_they_were(config):
    model, batch = lively(config), batch_of(pieces=4)
    with torch.no_grad():
        state = model.start(batch.ids[:, :4], batch.controls)
        part = model.advance(model.select(state, [0, 3]), batch.ids[[0, 3], 4])
    whole = model.advance(state, batch.ids[:, 4])
    assert np.array_equal(whole.coming[[0, 3]], part.coming)


@every_variant
def test_from_nothing_comes_music_that_sounds_varies_and_ends(config):
    model = lively(config, controls=())
    steps, velocities = model.pipelines[0].head, model.pipelines[2].head
    with torch.no_grad():
        steps.out.bias[EVENTS.columns[0].id("end")] += 5.0  # else a piece is as long as real ones
        velocities.out.bias[-1] += 0.5
    (made,) = compose(model, EVENTS, from_nothing(Length()), seed=1)
    loudness, pitches = made.score.notes["velocity"], made.score.notes["pitch"]
    assert 3 < len(loudness) < 500
    assert loudness.min() > 0 and len(set(loudness.tolist())) > 1 and len(set(pitches.tolist())) > 2


def test_the_readmes_sizes_are_the_defaults_and_the_recipe():
    readme, code = called("three-head-lstm"), called("three-head-lstm-code")
    assert readme.model == ThreeHeadConfig() and readme.codec == code.codec == EVENTS
    changed = {"bidirectional": True, "ahead": 4, "activation": "leaky_relu", "velocity_loss": "l1", "joint": True}
    assert replace(code.model, window=256) == replace(ThreeHeadConfig(), **changed)


def test_what_has_no_pipeline_is_refused_in_words():
    served = {name for name, codec in CODECS.items() if not ThreeHead.misfit(SMALL, codec().columns)}
    assert {"events", "notes", "timed"} <= served and not served & {"performance", "notedur"}
    with pytest.raises(UsageError, match="each for pitch, step, velocity, duration, and the table has column event"):
        ThreeHead(SMALL, codec_of("performance").columns)
    with pytest.raises(UsageError, match="window 2 holds fewer rows than the 4 ahead"):
        ThreeHead(replace(BLOCKS, window=2), EVENTS.columns)
