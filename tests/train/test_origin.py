"""What a run goes on from, and what is refused in words."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import SMALL, corpus_of, random_score, tiny_checkpoint

from partimento.checkpoint import load_checkpoint, save_checkpoint
from partimento.codecs import codec_of
from partimento.data.windows import WindowConfig
from partimento.errors import UsageError
from partimento.nn.filters import Sampling
from partimento.recipe import DataConfig, Recipe, TrainConfig
from partimento.train.origin import best_so_far, refuse_change
from partimento.train.run import Run
from partimento.train.session import Session

RECIPE = Recipe(
    data=DataConfig("toy"),
    model=SMALL,
    windows=WindowConfig(sequence=16, batch_size=4),
    training=TrainConfig(steps=2, warmup=1),
)


def music(count, seed=0):
    return [random_score(np.random.default_rng(seed + i), notes=40, span_s=10.0) for i in range(count)]


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    return corpus_of(tmp_path / "data" / "toy", music(4))


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "run")


def test_a_run_is_not_resumed_on_a_corpus_that_holds_something_else(toy, run, tmp_path):
    Session(RECIPE, run, samples=False).train()
    corpus_of(tmp_path / "data" / "toy", music(5, seed=9))
    said = r"--resume: corpus toy is not the one .*4 pieces, fingerprint \w{8} then, 5 pieces, .* now.*--init"
    with pytest.raises(UsageError, match=said):
        Session(RECIPE, run, samples=False).train(resume=True)


def test_a_run_may_be_resumed_with_another_way_to_compose():
    refuse_change(RECIPE, replace(RECIPE, sampling=Sampling(temperature=0.5)))
    refuse_change(replace(RECIPE, sampling=Sampling(temperature=0.5)), RECIPE)


def test_a_run_is_resumed_on_its_own_corpus(toy, run):
    Session(RECIPE, run, samples=False).train()
    assert Session(RECIPE, run, samples=False).train(resume=True).step == 2


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ({"hidden": 24}, r"is 32 x 16 there and 48 x 16 here; it has hidden 16 and not 24; set --hidden 16"),
        ({"layers": 2}, r"is missing there and .* here; it has layers 1 and not 2; set --layers 1"),
        ({"width": 32, "hidden": 8}, r"set --width 16 --hidden 16"),
        ({"dropout": 0.5, "hidden": 24}, r"set --hidden 16$"),
    ],
)
def test_a_model_of_another_size_is_refused_with_both_sizes_and_the_field_to_set(toy, run, tmp_path, ours, said):
    tiny_checkpoint(tmp_path / "other")
    with pytest.raises(UsageError, match=said):
        Session(replace(RECIPE, model=replace(SMALL, **ours)), run).train(init=tmp_path / "other")


def test_more_layers_there_than_here_are_refused_too(toy, run, tmp_path):
    recipe = replace(RECIPE, model=replace(SMALL, layers=2))
    Session(recipe, Run(tmp_path / "deep"), samples=False).train()
    with pytest.raises(UsageError, match="missing here; it has layers 2 and not 1; set --layers 2"):
        Session(RECIPE, run).train(init=Run(tmp_path / "deep").best)


def test_a_model_of_another_codec_is_refused_by_the_name_of_the_codec(toy, run, tmp_path):
    tiny_checkpoint(tmp_path / "other")
    with pytest.raises(UsageError, match=r"its codec is Notes.*use --codec notes"):
        Session(replace(RECIPE, codec=codec_of("performance"), model=None), run).train(init=tmp_path / "other")


def test_the_best_model_says_itself_how_good_it_is(run):
    said = []
    assert best_so_far(run, said.append) is None
    tiny_checkpoint(run.best, validation_nats_per_note=2.5)
    assert best_so_far(run, said.append) == 2.5 and said == []
    (run.best / "card.json").write_text("{}")
    assert best_so_far(run, said.append) is None and "card.json: is damaged" in said[0]


def test_a_kill_between_the_best_model_and_the_state_that_knows_it_loses_no_best(toy, run):
    Session(RECIPE, run, samples=False).train()
    best = load_checkpoint(run.best)
    save_checkpoint(run.best, best.recipe, {**best.card, "validation_nats_per_note": 0.5}, best.weights)
    assert Session(RECIPE, run, samples=False).trainer().resume().best == 0.5


def test_another_end_and_other_pauses_are_no_other_recipe():
    refuse_change(RECIPE, replace(RECIPE, training=replace(RECIPE.training, steps=9, save_minutes=1.0)))
    with pytest.raises(UsageError, match=r"--resume cannot change warmup \(training\); use --init"):
        refuse_change(RECIPE, replace(RECIPE, training=replace(RECIPE.training, warmup=9)))
