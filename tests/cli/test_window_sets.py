"""Window sets by the command line: named once, trained on by several models."""

import tomllib

import pytest
from fakes import corpus_of
from sheets import sheet

CHORALE = sheet([(67, 16)] * 3, [(64, 16)] * 3, [(60, 16)] * 3, [(48, 16)] * 3)
MODEL = "--embedding 4 --lstm1 8 --middle 8 --sequence 24 --batch-size 2 --steps 2 --no-samples"


@pytest.fixture
def call(partimento, tmp_path, monkeypatch):
    """The command line beside a prepared corpus of one chorale and a set of it."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path))
    corpus_of(tmp_path / "mine", [CHORALE])
    assert partimento("data", "windows", "close", "--data", "mine", "--dt", 4, "--gap", 3).status == 0
    return partimento


def test_a_model_is_trained_on_a_named_set(call, tmp_path):
    flags = ("--window-set", "close", "--name", "a", "--runs", tmp_path / "r", *MODEL.split())
    assert call("train", "keras-deepbach", *flags).status == 0
    recipe = tomllib.loads((tmp_path / "r" / "a" / "recipe.toml").read_text())
    assert (recipe["data"]["corpus"], recipe["model"]["dt"], recipe["model"]["gap"]) == ("mine", 4, 3)


def test_sets_are_listed(call):
    assert call("data", "windows", "--json").json["close"]["centres"] == {"train": 16, "validation": 0, "test": 0}
    assert "close: corpus mine, dt 4, gap 3" in call("data", "windows").out


@pytest.mark.parametrize(
    ("kind", "flags", "words"),
    [
        ("deepbach", ("--window-set", "cloze"), "did you mean close"),
        ("deepbach", ("--window-set", "close", "--dt=8"), "--window-set close says that already"),
        ("lstm", ("--window-set", "close"), "family lstm has no dt and gap"),
    ],
)
def test_what_does_not_fit_is_refused(kind, flags, words, call):
    said = call("train", kind, "--name", "a", *flags)
    assert said.status == 2 and words in said.complaint
