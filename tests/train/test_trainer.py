"""What the one loop saves before it validates and samples, and how it ends."""

import json
from dataclasses import replace

import pytest
from toy import EPOCH_STEPS, EPOCHS, recipe_of, trainer_of

from partimento.checkpoint import load_checkpoint
from partimento.recipe import read
from partimento.train.run import Run

END = EPOCHS * EPOCH_STEPS


@pytest.fixture
def recipe(tiny_families):
    return recipe_of("tiny-voices", tiny_families, optimizer="adam")


def hooked(recipe, folder, **hooks):
    """A trainer with these hooks, and the list of what it says."""
    trainer, said = trainer_of(recipe, folder), []
    trainer.hooks = replace(trainer.hooks, say=said.append, **hooks)
    return trainer, said


def ten_minutes_a_look(monkeypatch):
    """Each look at the clock is ten minutes later, so that every step is validated."""
    clock = iter(range(0, 10**9, 600))
    monkeypatch.setattr("partimento.train.trainer.time.monotonic", lambda: next(clock))


def failing(*of):
    raise RuntimeError("no memory\nat all")


def test_a_failing_validation_loses_no_step(recipe, tmp_path):
    trainer, _ = hooked(recipe, tmp_path, validate=failing)
    with pytest.raises(RuntimeError, match="no memory"):
        trainer.train(trainer.start())
    assert trainer_of(recipe, tmp_path).resume().step == END


def test_a_failing_sample_is_said_in_a_line_and_training_goes_on(recipe, tmp_path, monkeypatch):
    ten_minutes_a_look(monkeypatch)
    short = replace(recipe, training=replace(recipe.training, steps=3))
    trainer, said = hooked(short, tmp_path, sample=failing)
    assert trainer.train(trainer.start()).step == 3
    assert said[0] == "step 1: no sample could be made (RuntimeError: no memory); training goes on"
    assert trainer_of(short, tmp_path).resume().step == 3


def test_a_run_without_gain_ends_early_and_is_not_validated_again(recipe, tmp_path, monkeypatch):
    ten_minutes_a_look(monkeypatch)
    asked = []
    patient = replace(recipe, training=replace(recipe.training, epochs=50.0, patience=3))
    trainer, said = hooked(patient, tmp_path, validate=lambda state, stopped: asked.append(state.step) or 1.0)
    state = trainer.train(trainer.start())
    assert asked == [1, 2, 3, 4] and (state.step, state.stale) == (4, 3)
    assert said[-1] == "no gain in 3 validations: ended" and trainer.run.best.exists()
    assert trainer_of(patient, tmp_path).resume().stale == 3


def test_a_stop_ends_a_validation_and_what_was_not_validated_is_not_the_best(recipe, tmp_path):
    signals = []

    def validate(state, stopped):
        signals.append("Ctrl-C")
        return None if stopped() else 1.0

    trainer, said = hooked(recipe, tmp_path, validate=validate, sample=failing, stopped=lambda: bool(signals))
    trainer.train(trainer.start())
    assert said == [f"stopped at step {END}; go on with --resume"]
    assert Run(tmp_path).saved()[0].name == f"step-{END:08d}" and not trainer.run.best.exists()


@pytest.mark.parametrize(("values", "best"), [([3.0, 2.0, 4.0], 2.0), ([float("nan"), 5.0, 6.0], 5.0)])
def test_the_best_is_the_lowest_number(recipe, tmp_path, monkeypatch, values, best):
    ten_minutes_a_look(monkeypatch)
    left = iter(values)
    short = replace(recipe, training=replace(recipe.training, steps=2))
    trainer, _ = hooked(short, tmp_path, validate=lambda state, stopped: next(left))
    state = trainer.train(trainer.start())
    assert state.best == best and load_checkpoint(trainer.run.best).card["validation_nats_per_note"] == best
    assert all("NaN" not in path.read_text() for path in (tmp_path / "log.jsonl", trainer.run.best / "card.json"))


def test_the_recipe_stands_in_the_folder_of_the_run_from_the_first_step(recipe, tmp_path):
    trainer = trainer_of(recipe, tmp_path, stop_after=0)
    trainer.train(trainer.start())
    assert read(tmp_path / "recipe.toml") == recipe


def logged(folder):
    rows = map(json.loads, (folder / "log.jsonl").read_text().splitlines())
    return [row["step"] for row in rows if "loss" in row]


@pytest.mark.parametrize(("steps", "expected"), [(3, [3]), (23, [20, 23]), (20, [20])])
def test_a_run_logs_its_last_steps_too(recipe, tmp_path, steps, expected):
    trainer, _ = hooked(replace(recipe, training=replace(recipe.training, steps=steps)), tmp_path)
    trainer.train(trainer.start())
    assert logged(tmp_path) == expected


def test_a_run_that_is_stopped_logs_what_it_did(recipe, tmp_path):
    trainer = trainer_of(recipe, tmp_path, stop_after=2)
    state = trainer.train(trainer.start())
    assert state.stopped and logged(tmp_path) == [state.step]
