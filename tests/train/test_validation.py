"""What a model that draws whole pieces is judged by."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fakes import corpus_of, random_score
from hymns import checkpoint, hymns
from tiny import TINY

from partimento.checkpoint import build, load_checkpoint
from partimento.codecs import codec_of
from partimento.data.windows import WindowConfig
from partimento.models.cell_likelihood import cell_likelihoods
from partimento.models.gan import GanConfig
from partimento.recipe import DataConfig, Recipe, TrainConfig
from partimento.train import validation
from partimento.train.run import Run
from partimento.train.session import Session

RECIPE = Recipe(
    data=DataConfig("toy"),
    codec=codec_of("roll"),
    family="gan",
    model=GanConfig(**TINY["gan"]),
    windows=WindowConfig(sequence=16, batch_size=4),
    training=TrainConfig(steps=20, warmup=1),
)

VOICES = ["soprano", "alto", "tenor", "bass"]


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Six pieces, every other one to validate on; two short pieces are drawn."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(validation, "DRAWN", 2)
    monkeypatch.setattr(validation, "DRAWN_S", 4.0)
    made = corpus_of(tmp_path / "data" / "toy", [random_score(np.random.default_rng(i), notes=30) for i in range(6)])
    entries = [
        replace(entry, piece=replace(entry.piece, split=("train", "validation")[i % 2]))
        for i, entry in enumerate(made.manifest.entries)
    ]
    replace(made.manifest, entries=tuple(entries)).write(made.folder)
    return type(made).open(made.folder)


def test_a_distance_from_real_music_is_the_same_each_time_and_is_broken_off_by_a_stop(toy):
    torch.manual_seed(0)
    model = build(RECIPE, Session(RECIPE, Run(toy.folder / "run")).controls).eval()
    found = [validation.validated(model, RECIPE, toy, lambda: False) for _ in range(2)]
    assert found[0] == found[1] and found[0].value > 0 and not found[0].accuracy
    assert validation.validated(model, RECIPE, toy, lambda: True) is None


def test_its_figures_are_called_what_they_are(toy, tmp_path):
    said, told = [], []
    run = Run(tmp_path / "run")
    state = Session(RECIPE, run, report=told.append, say=said.append, samples=False).train()
    assert said == [f"step 20: validation {state.best:.4f} standard deviations from real music (best)"]
    card = load_checkpoint(run.best).card
    assert card["validation_distance"] == state.best and "validation_nats_per_note" not in card
    assert told[0].unit == "" and set(told[0].loss) == {"critic", "generator"}


def test_a_grid_family_is_judged_by_nats_per_cell_and_by_voice(tmp_path, monkeypatch):
    monkeypatch.setattr(validation, "VALIDATION_CHORALES", 1)
    corpus, made = hymns(tmp_path / "hymns", "validation"), checkpoint(tmp_path / "model")
    piece = corpus.split("validation")[0]
    (wanted,) = cell_likelihoods(made.model(), made.recipe.codec, corpus, [piece])
    found = validation.validated(made.model(), made.recipe, corpus, lambda: False)
    assert (
        found.value == pytest.approx(wanted.per_cell, rel=1e-2) and list(found.accuracy) == list(found.nats) == VOICES
    )
    assert np.mean(list(found.nats.values())) == pytest.approx(found.value)
    assert validation.validated(made.model(), made.recipe, corpus, lambda: True) is None


def test_validation_may_be_once_an_epoch(tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path))
    hymns(tmp_path / "hymns", "validation")
    recipe = checkpoint(tmp_path / "model").recipe
    plan = TrainConfig(epochs=4, validate_epochs=2, warmup=1)
    recipe = replace(recipe, windows=WindowConfig(sequence=16, batch_size=4), training=plan)
    run = Run(tmp_path / "run")
    Session(recipe, run, samples=False).train()
    rows = [row for row in run.history() if "nats" in row]
    assert [row["epoch"] for row in rows] == [2, 3] and set(rows[0]["nats"]) == set(VOICES)
