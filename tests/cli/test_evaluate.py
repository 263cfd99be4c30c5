"""Likelihood by the command line."""

import math

import pytest


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
