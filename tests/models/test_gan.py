"""The GAN: what it refuses, what its losses reach, and that a piece is as long and as dense as asked for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.compose import Settings, compose, stream
from partimento.errors import UsageError
from partimento.models.gan import Gan, GanConfig
from partimento.nn.filters import Sampling
from partimento.nn.verdicts import VERDICTS, flatness
from partimento.prompt import Length, continuation, from_nothing
from partimento.score import from_notes

ROLL = codec_of("roll")
SMALL = GanConfig(steps=16, latent=4, dense_hidden=8, starting_channels=4, hidden_conv_channels=4)
COLUMN = Sampling(temperature=2.0, columns="A4")
CHORDS = from_notes([(300 * i, 250, pitch, 64) for i in range(30) for pitch in (48, 55, 64)])


def model_of(config=SMALL):
    torch.manual_seed(0)
    return Gan(config, ROLL.columns)


def batch_of(score=CHORDS, rows=33):
    ids = torch.from_numpy(ROLL.encode(score).ids[:rows].astype(np.int64))[None].repeat(2, 1, 1)
    return Batch(ids, torch.ones_like(ids[:, 1:], dtype=torch.bool), torch.zeros(2, 3, dtype=torch.int64))


def losses_of(model, due=("critic", "generator")):
    return model.losses(batch_of(), due, torch.Generator().manual_seed(0)).by_phase


@pytest.mark.parametrize(
    ("config", "codec", "reason"),
    [
        (SMALL, "notes", "it draws piano rolls"),
        (replace(SMALL, steps=20), "roll", "steps 20 is no multiple of 8"),
        (replace(SMALL, loss="sparse_categorical_crossentropy"), "roll", "choose one of binary_crossentropy, hinge"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(config, codec, reason):
    with pytest.raises(UsageError, match=f"family gan refuses: .*{reason}"):
        Gan(config, codec_of(codec).columns)


def test_a_sequence_shorter_than_its_windows_is_refused_with_what_to_say():
    with pytest.raises(UsageError, match="a sequence of 8 rows is shorter than its windows of 16; say --sequence 16"):
        model_of().windows(batch_of(rows=9))


def test_a_longer_sequence_is_several_windows():
    assert model_of().windows(batch_of(rows=33 + 5)).shape == (4, 3, 16, 88)


@pytest.mark.parametrize("loss", VERDICTS)
def test_each_loss_reaches_every_parameter_of_its_phase(loss):
    model = model_of(replace(SMALL, loss=loss))
    found = losses_of(model.eval())
    for phase in model.phases():
        gradients = torch.autograd.grad(found[phase.name], phase.parameters, retain_graph=True, allow_unused=True)
        reached = sum(each is not None and bool(each.abs().sum()) for each in gradients)
        assert found[phase.name].isfinite() and reached >= len(phase.parameters) - 1  # a score's mean decides nothing


def test_the_generator_rests_where_it_is_not_due():
    found = losses_of(model_of(), due=("critic",))
    assert set(found) == {"critic"}


def test_the_penalty_holds_the_critic_of_wasserstein_to_a_slope_of_one():
    steep, free = (losses_of(model_of(replace(SMALL, loss="wasserstein", penalty=p)).eval()) for p in (10.0, 0.0))
    assert steep["critic"] > free["critic"] and steep["generator"] == free["generator"]


def test_it_hears_how_dense_its_training_music_is():
    model = model_of().train()
    losses_of(model)
    cells = ROLL.encode(CHORDS).ids[1:33] - np.array([2] + [0] * 87)
    assert model.density.tolist() == pytest.approx([(cells >= 2).sum() / 32, (cells == 1).sum() / 32])


def test_it_hears_how_loud_its_training_music_is():
    model = model_of().train()
    losses_of(model)
    assert model.loudness.tolist() == pytest.approx([(64 // 16 + 0.5) / 8, 0.0])


def test_flatness_is_weighed_every_so_many_steps_and_then_as_much_heavier():
    model, plain = (model_of(replace(SMALL, flatness=weight, flatness_every=3)).eval() for weight in (2.0, 0.0))
    for batches in range(4):
        model.batches.fill_(batches)
        paid = losses_of(model)["critic"] - losses_of(plain)["critic"]
        slope = flatness(model.critic, model.windows(batch_of()))
        assert paid.item() == pytest.approx(2.0 * 3 * slope.item() * (batches % 3 == 0), rel=1e-3, abs=1e-6)


def test_a_critic_that_pays_for_its_slope_ends_flatter():
    slopes = []
    for weight in (0.0, 100.0):
        model = model_of(replace(SMALL, flatness=weight, flatness_every=1)).train()
        mover = torch.optim.SGD(model.critic.parameters(), lr=0.1)
        for _ in range(8):
            losses_of(model, due=("critic",))["critic"].backward(inputs=list(model.critic.parameters()))
            mover.step()
            mover.zero_grad()
        slopes.append(flatness(model.eval().critic, model.windows(batch_of())).item())
    assert slopes[1] < 0.5 * slopes[0]


def test_a_piece_is_as_dense_as_the_training_music():
    model = model_of().eval()
    model.density.copy_(torch.tensor([0.8, 2.0]))
    (made,) = compose(model, ROLL, from_nothing(Length(seconds=60.0)))
    assert 4.0 < len(made.score) / 60 < 12.0 and made.score.notes["duration"].mean() > 150


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        (continuation(CHORDS), "cannot go on from a primer; leave --primer out"),
        (from_nothing(controls={"density": 3.0}), "leave --density out"),
    ],
)
def test_a_prompt_that_it_cannot_serve_is_refused_in_words(prompt, reason):
    with pytest.raises(UsageError, match=f"gan cannot serve this prompt: .*{reason}"):
        next(compose(model_of(), ROLL, prompt))


@pytest.mark.parametrize(
    "sampling", [Sampling(top_k=3), Sampling(top_p=0.9), Sampling(min_p=0.1), Sampling(beam=2), COLUMN]
)
def test_a_sampler_of_ids_is_refused_in_words(sampling):
    with pytest.raises(UsageError, match="gan draws whole pieces and no ids one by one; leave --top-k"):
        next(compose(model_of(), ROLL, from_nothing(), settings=Settings(sampling)))


def test_what_is_drawn_whole_is_not_streamed():
    with pytest.raises(UsageError, match="leave --stream out"):
        next(stream(model_of(), ROLL, from_nothing()))


def test_temperature_zero_is_one_piece_for_every_seed():
    cold, prompt = Settings(Sampling(temperature=0.0)), from_nothing(Length(seconds=5.0))
    first, other = (next(compose(model_of().eval(), ROLL, prompt, seed=seed, settings=cold)) for seed in (1, 2))
    assert first.score == other.score


def test_progress_rises_to_the_whole():
    shares = []
    list(compose(model_of().eval(), ROLL, from_nothing(Length(notes=30)), count=2, progress=shares.append))
    assert shares == sorted(shares) and shares[-1] == 1.0
