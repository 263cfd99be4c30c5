"""Likelihood by the command line."""

import math
from dataclasses import replace

import pytest

from partimento import zoo
from partimento.data.corpus import corpus


def test_models_are_compared_under_the_same_conditions(partimento, best):
    rows = partimento("evaluate", "mine", best, "--context", 32, "--stride", 16, "--json").json
    assert rows["mine"] == rows[str(best)]
    assert rows["mine"]["nats_per_note"] == pytest.approx(sum(rows["mine"]["by_column"].values()))
    assert rows["mine"]["bits_per_note"] == pytest.approx(rows["mine"]["nats_per_note"] / math.log(2))
    assert (rows["mine"]["split"], rows["mine"]["context"], rows["mine"]["stride"]) == ("validation", 32, 16)


def test_figures_come_with_their_conditions_in_words(partimento):
    lines = partimento("evaluate", "mine", "--pieces", 1).out.splitlines()
    assert "nats per note" in lines[0] and lines[1].startswith("  1 pieces of validation")
    assert lines[2] == "  context 256 rows, stride 128"


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--split", "test"], "corpus tiny has no piece in it; choose another split"),
        (["--split", "tset"], "did you mean test"),
        (["--data", "tny"], "did you mean tiny"),
        (["--stride", 300], "--stride 300 is out of range"),
        (["--stride", 0], "--stride 0 is out of range"),
        (["--pieces", -1], "--pieces -1 is out of range"),
        (["--context", 1.5], "no whole number"),
    ],
)
def test_conditions_that_cannot_be_are_refused_in_one_line(flags, advice, partimento):
    said = partimento("evaluate", "mine", *flags)
    assert said.status == 2 and advice in said.complaint


@pytest.mark.parametrize("named", [False, True])
def test_a_models_own_filter_holds_unless_the_data_are_named(named, partimento, best, monkeypatch):
    whole, found = zoo.load(str(best)), corpus("tiny")
    titles = [found.pieces[i].title for i in found.split("validation")]
    recipe = replace(whole.recipe, data=replace(whole.recipe.data, filter=f"title={titles[0]}"))
    monkeypatch.setattr(zoo, "load", lambda *_: replace(whole, recipe=recipe))
    said = partimento("evaluate", "mine", *(("--data", "tiny") if named else ()))
    assert f"  {len(titles) if named else 1} pieces of validation" in said.out
    assert ("mine: on the pieces that its recipe chose" in said.err) is not named
