"""One loop carries a GAN, isolated optimizers, four voices and the real families, and resumes to the bit."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from families import TINY, TinyGan
from toy import EPOCH_STEPS, EPOCHS, other_codecs, recipe_of, trainer_of

from partimento.errors import UsageError, WorkFailed
from partimento.models import MODELS
from partimento.train.run import Run
from partimento.train.step import take_step

FAMILIES = [*TINY, *MODELS]
OTHERS = [(name, codec) for name in MODELS for codec in other_codecs(name)]
RUNS = [(name, "", optimizer) for name in FAMILIES for optimizer in ("muon", "adam", "sgd")]
RUNS += [(*pair, "adam") for pair in OTHERS]
GANS = (TinyGan.name, "gan")  # what one side gains, the other loses


def same(left, right):
    return all(torch.equal(left[name], right[name]) for name in left) and left.keys() == right.keys()


@pytest.mark.parametrize(("name", "codec", "optimizer"), RUNS)
def test_a_stopped_run_ends_bitwise_as_the_run_that_was_never_stopped(name, codec, optimizer, tiny_families, tmp_path):
    recipe = recipe_of(name, tiny_families, codec, optimizer=optimizer)
    whole = trainer_of(recipe, tmp_path / "whole")
    expected = whole.train(whole.start())
    generator = np.random.default_rng(5)
    trainer = trainer_of(recipe, tmp_path / "parts", stop_after=int(generator.integers(1, 6)))
    state = trainer.train(trainer.start())
    while state.step < state.steps:
        trainer = trainer_of(recipe, tmp_path / "parts", stop_after=int(generator.integers(0, 6)))
        state = trainer.train(trainer.resume())
    assert state.step == expected.step == EPOCHS * EPOCH_STEPS
    assert same(state.model.state_dict(), expected.model.state_dict())
    assert same(state.tensors(), expected.tensors())


def losses_of(state, batch):
    """Every phase's loss on ``batch``, without dropout and with the same noise each time."""
    state.model.eval()
    found = state.model.losses(batch, [phase.name for phase in state.phases], torch.Generator().manual_seed(0))
    state.model.train()
    return {name: loss.item() for name, loss in found.by_phase.items()}


@pytest.mark.parametrize(
    ("name", "codec"), [pair for pair in (*((name, "") for name in FAMILIES), *OTHERS) if pair[0] not in GANS]
)
def test_toy_training_lowers_the_loss(name, codec, tiny_families, tmp_path):
    recipe = recipe_of(name, tiny_families, codec, optimizer="adam", learning_rate=0.01, epochs=12.0)
    trainer = trainer_of(recipe, tmp_path)
    batch, state = next(trainer.batches.epoch(0)), trainer.start()
    before = losses_of(state, batch)
    after = losses_of(trainer.train(state), batch)
    assert sum(after.values()) < sum(before.values())


@pytest.mark.parametrize("name", GANS)
@pytest.mark.parametrize(("trained", "idle"), [("critic", "generator"), ("generator", "critic")])
def test_each_side_of_a_gan_gains_on_the_other_while_that_stands_still(name, trained, idle, tiny_families, tmp_path):
    recipe = recipe_of(name, tiny_families, optimizer="adam", learning_rate=0.002, epochs=12.0)
    trainer = trainer_of(recipe, tmp_path)
    batch, state = next(trainer.batches.epoch(0)), trainer.start()
    before, state.optimizers[idle] = losses_of(state, batch), []
    after = losses_of(trainer.train(state), batch)
    assert after[trained] < before[trained] and np.isfinite(after[idle])


def test_a_phase_moves_its_own_parameters_alone(tiny_families, tmp_path):
    """The body is of the first phase, though the losses of all three reach it."""
    recipe = recipe_of("tiny-heads", tiny_families, optimizer="sgd", clip=0.0, warmup=0, decay=0.0, precision="float32")
    trainer = trainer_of(recipe, tmp_path)
    batch, state = next(trainer.batches.epoch(0)), trainer.start()
    body = list(state.model.body.parameters())
    before = [parameter.detach().clone() for parameter in body]
    losses = state.model.losses(batch, ["pitch", "time", "velocity"], state.generator).by_phase
    own, other = (torch.autograd.grad(losses[name], body, retain_graph=True) for name in ("pitch", "time"))
    take_step(state, batch)
    for parameter, was, gradient, foreign in zip(body, before, own, other, strict=True):
        assert foreign.any() and torch.allclose(was - parameter, recipe.training.learning_rate * gradient, atol=1e-7)


def test_a_changed_recipe_is_not_resumed_except_with_a_longer_end(tiny_families, tmp_path):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam")
    trainer = trainer_of(recipe, tmp_path, stop_after=3)
    trainer.train(trainer.start())
    longer = replace(recipe, training=replace(recipe.training, epochs=4.0))
    resumed = trainer_of(longer, tmp_path)
    assert resumed.train(resumed.resume()).step == 4 * EPOCH_STEPS
    with pytest.raises(UsageError, match="--resume cannot change clip"):
        trainer_of(replace(recipe, training=replace(recipe.training, clip=2.0)), tmp_path).resume()


def test_nan_stops_without_touching_the_last_good_checkpoint(tiny_families, tmp_path):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam")
    trainer = trainer_of(recipe, tmp_path, stop_after=3)
    trainer.train(trainer.start())
    before = [(path, path.read_bytes()) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    resumed = trainer_of(recipe, tmp_path)
    state = resumed.resume()
    with torch.no_grad():
        next(state.model.parameters()).fill_(float("nan"))
    with pytest.raises(WorkFailed, match=r"not a number at step 4; begin a new run .*--init RUN --name NEW"):
        resumed.train(state)
    assert all(path.read_bytes() == content for path, content in before if "log" not in path.name)


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(tiny_families, tmp_path):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam")
    for stop in (2, 2):
        trainer = trainer_of(recipe, tmp_path, stop_after=stop)
        trainer.train(trainer.resume() if Run(tmp_path).exists() else trainer.start())
    newest, older = Run(tmp_path).saved()
    weights = newest / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-3] + b"abc")
    said = []
    trainer = trainer_of(recipe, tmp_path)
    trainer.hooks = replace(trainer.hooks, say=said.append)
    assert trainer.resume().step == int(older.name.split("-")[1])
    assert str(weights) in said[0] and "the one before is used" in said[0]


@pytest.mark.parametrize(("budget", "clock"), [("minutes", "monotonic"), ("core_minutes", "process_time")])
def test_minutes_become_steps_after_the_first_hundred_and_stay(budget, clock, tiny_families, tmp_path, monkeypatch):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam", **{budget: 1.0})
    ticks = (0.25 * i for i in range(10**9))
    monkeypatch.setattr(f"partimento.train.trainer.time.{clock}", lambda: next(ticks))
    trainer = trainer_of(recipe, tmp_path)
    state = trainer.train(trainer.start())
    assert state.step == state.steps == 240  # a minute of steps that take a quarter of a second each


def test_steps_that_are_long_do_not_pass_the_minutes_by(tiny_families, tmp_path, monkeypatch):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam", minutes=1.0)
    ticks = (2.0 * i for i in range(10**9))
    monkeypatch.setattr("partimento.train.trainer.time.monotonic", lambda: next(ticks))
    trainer = trainer_of(recipe, tmp_path)
    assert trainer.train(trainer.start()).steps == 30
