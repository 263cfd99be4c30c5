"""One loop carries a GAN, isolated optimizers, four voices and the real families, and resumes to the bit."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from families import TINY

import partimento.checkpoint
import partimento.recipe
from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.errors import UsageError, WorkFailed
from partimento.models import MODELS
from partimento.models import family_of as real_family
from partimento.recipe import Recipe, TrainConfig
from partimento.train.run import Run
from partimento.train.trainer import Hooks, Trainer

TINY_DECODER = {"layers": 1, "width": 16, "heads": 2, "time_heads": 1, "hidden": 16, "dropout": 0.1, "reach": 4}
SMALL = {"transformer": TINY_DECODER}
EPOCHS, EPOCH_STEPS = 3, 7


class ToyBatches:
    """Rows of a fixed vocabulary, a pure function of the epoch."""

    def __init__(self, columns):
        self.columns = columns

    def epoch(self, epoch, skip=0):
        generator = np.random.default_rng(epoch)
        for step in range(EPOCH_STEPS):
            ids = np.stack([generator.integers(0, min(c.size, 6), (4, 9)) for c in self.columns], axis=-1)
            if step >= skip:
                mask = torch.ones(4, 8, dtype=torch.bool)
                yield Batch(torch.from_numpy(ids), mask, torch.zeros(4, 3, dtype=torch.int64))


@pytest.fixture(autouse=True)
def tiny_families(monkeypatch):
    def find(name):
        return TINY[name] if name in TINY else real_family(name)

    monkeypatch.setattr(partimento.checkpoint, "family_of", find)
    monkeypatch.setattr(partimento.recipe, "family_of", find)
    return find


def recipe_of(name, find, **training):
    config = find(name).Config(**SMALL.get(name, {}))
    plan = TrainConfig(**{"epochs": float(EPOCHS), "warmup": 2, "ema": 0.9, "save_minutes": 60.0, **training})
    return Recipe(codec=codec_of("notes"), family=name, model=config, training=plan)


def trainer_of(recipe, folder, stop_after=None):
    count = iter(range(10_000))
    hooks = Hooks(stopped=lambda: stop_after is not None and next(count) >= stop_after)
    return Trainer(recipe, Run(folder), ToyBatches(recipe.codec.columns), epoch_steps=EPOCH_STEPS, hooks=hooks)


def same(left, right):
    return all(torch.equal(left[name], right[name]) for name in left) and left.keys() == right.keys()


@pytest.mark.parametrize("name", [*TINY, *MODELS])
@pytest.mark.parametrize("optimizer", ["muon", "adam", "sgd"])
def test_a_stopped_run_ends_bitwise_as_the_run_that_was_never_stopped(name, optimizer, tiny_families, tmp_path):
    recipe = recipe_of(name, tiny_families, optimizer=optimizer)
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


@pytest.mark.parametrize("name", [*TINY, *MODELS])
def test_toy_training_lowers_the_loss(name, tiny_families, tmp_path):
    recipe = recipe_of(name, tiny_families, optimizer="adam", learning_rate=0.01)
    trainer = trainer_of(replace(recipe, training=replace(recipe.training, epochs=12.0)), tmp_path)
    batch = next(trainer.batches.epoch(0))
    state = trainer.start()
    due = [phase.name for phase in state.phases]
    state.model.eval()
    before = sum(state.model.losses(batch, due, torch.Generator().manual_seed(0)).by_phase.values())
    trainer.train(state).model.eval()
    after = sum(state.model.losses(batch, due, torch.Generator().manual_seed(0)).by_phase.values())
    assert name == "tiny-gan" or after < before


def test_a_phase_moves_its_own_parameters_alone(tiny_families, tmp_path):
    recipe = recipe_of("tiny-heads", tiny_families, optimizer="sgd", epochs=1.0)
    trainer = trainer_of(recipe, tmp_path)
    state = trainer.start()
    parts = state.phases
    body_only = [p.detach().clone() for p in state.model.body.parameters()]
    for optimizer in state.optimizers["pitch"]:
        optimizer.step = lambda *a: None
    trainer.train(state)
    assert all(torch.equal(a, b) for a, b in zip(body_only, state.model.body.parameters(), strict=True))
    assert len(parts) == 3


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
    with pytest.raises(WorkFailed, match="not a number at step 4"):
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


def test_a_run_without_gain_ends_early(tiny_families, tmp_path, monkeypatch):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam", epochs=50.0, patience=3)
    clock = iter(range(0, 10**9, 600))
    monkeypatch.setattr("partimento.train.trainer.time.monotonic", lambda: next(clock))
    trainer = trainer_of(recipe, tmp_path)
    trainer.hooks = replace(trainer.hooks, validate=lambda state: 1.0)
    state = trainer.train(trainer.start())
    assert state.stale >= 3 and state.step < 50 * EPOCH_STEPS
    assert trainer.run.best.exists()


def test_minutes_become_steps_after_the_first_hundred_and_stay(tiny_families, tmp_path, monkeypatch):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer="adam", minutes=1.0)
    clock = (0.25 * i for i in range(10**9))
    monkeypatch.setattr("partimento.train.trainer.time.monotonic", lambda: next(clock))
    trainer = trainer_of(recipe, tmp_path)
    state = trainer.train(trainer.start())
    assert state.step == state.steps == 240  # a minute of steps that take a quarter of a second each
