"""Models that write chorales by the command line, alone and beside others."""

import shutil

import pytest
from hymns import checkpoint, hymns


@pytest.fixture
def models(workshop, tmp_path, monkeypatch):
    """Three models, and the corpus hymns beside tiny, in a place of their own."""
    shutil.copytree(workshop / "data" / "tiny", tmp_path / "data" / "tiny")
    hymns(tmp_path / "data" / "hymns")
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    wanted = {"mine": {}, "bach": {"family": "deepbach"}, "plain": {"hold": False}}
    for name, given in wanted.items():
        checkpoint(tmp_path / name, **given)
    return [str(tmp_path / name) for name in wanted]


def test_each_measure_stands_apart_beside_what_it_must_beat(partimento, models):
    said = partimento("evaluate", *models, "--split", "test", "--json")
    rows = [(row["measure"], row["compare"], row["kind"]) for row in said.json["cells"]]
    anchors = [("likelihood", "a", "anchor")] * 2
    held = [("likelihood", "a", "model"), ("pseudo-likelihood", "b", "model"), *anchors]
    assert rows[:6] == [*held, ("likelihood", "a", "floor"), ("pseudo-likelihood", "b", "floor")]
    assert rows[6:] == [("likelihood", "c", kind) for kind in ("model", "anchor", "anchor", "floor")]


def test_models_of_all_kinds_stand_in_one_evaluation(partimento, models, best):
    said = partimento("evaluate", models[0], best, "--data", "hymns", "--split", "test", "--no-anchors", "--json")
    assert [row["name"] for row in said.json["rows"]] == [str(best)]
    assert [(row["name"], row["compare"]) for row in said.json["cells"]] == [(models[0], "b")]


def test_random_orders_are_measured_on_request(partimento, models):
    flags = ("--split", "test", "--no-anchors", "--orders", 1, "--crop", 2)
    said = partimento("evaluate", *models[:2], *flags, "--json")
    assert [row["measure"] for row in said.json["cells"]] == [
        "likelihood", "likelihood", "any order", "Coconet's frames", "pseudo-likelihood"
    ]  # fmt: skip
    assert "family deepbach needs all other cells of a piece" in said.err


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--orders", -1], "--orders -1 is out of range: 0 to 1000"),
        (["--orders", 1, "--crop", -1], "--crop -1 is out of range"),
        (["--split", "validation"], "corpus hymns has no piece in it"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(flags, advice, partimento, models):
    said = partimento("evaluate", models[0], *flags)
    assert said.status == 2 and advice in said.complaint


@pytest.mark.parametrize("flags", [("--context", 8), ("--stride", 4), ("--no-accuracy",)])
def test_windows_are_refused_where_every_piece_is_judged_whole(flags, partimento, models):
    said = partimento("evaluate", models[0], "--split", "test", *flags)
    assert said.status == 2 and f"{flags[0]} is not for model {models[0]}: chorales are judged whole" in said.complaint


def test_the_letters_of_what_may_be_compared_are_explained(partimento, models):
    said = partimento("evaluate", models[2], "--split", "test", "--no-anchors")
    assert "within a letter (compare a, b, ...) alone" in said.out + said.err


def test_orders_are_refused_where_no_model_knows_them(partimento, models):
    said = partimento("evaluate", models[1], "--split", "test", "--orders", 1)
    assert said.status == 2 and "none of these models writes cells in any order" in said.complaint


def test_the_page_holds_the_tables_and_no_pieces(partimento, models, tmp_path):
    said = partimento("evaluate", models[0], "--split", "test", "--samples", 2, "--out", "report")
    page = (tmp_path / "report" / "evaluation.html").read_text()
    assert said.status == 0 and "Likelihood of cells in order of time" in page and "<audio" not in page
    assert "writes chorales, of which --samples composes none" in said.err
