"""Likelihood by the command line."""

import json
from dataclasses import replace

import pytest

from partimento import zoo
from partimento.cli.evaluate import _with_time_left
from partimento.data.corpus import corpus


def rows_of(said):
    return {row["name"]: row for row in said.json["rows"]}


def test_models_and_anchors_are_compared_under_the_same_conditions(partimento, best):
    rows = rows_of(partimento("evaluate", "mine", best, "--context", 32, "--stride", 16, "--json"))
    assert [*rows] == ["mine", str(best), "bigram", "unigram", "repeat"]
    assert rows["mine"]["nats_per_note"] == rows[str(best)]["nats_per_note"]
    assert {row["compare"] for row in rows.values()} == {"a"}
    assert (rows["mine"]["split"], rows["mine"]["context"], rows["mine"]["stride"]) == ("validation", 32, 16)


def test_the_windows_are_those_of_training_unless_others_are_asked_for(partimento):
    said = partimento("evaluate", "mine", "--pieces", 1, "--no-anchors")
    assert "context 16 rows, stride 8, float32" in said.out and "1 pieces of tiny validation" in said.out
    assert "unigram" not in said.out


def test_a_corpus_of_the_same_name_that_is_another_is_said(partimento, monkeypatch):
    assert "is not the one" not in partimento("evaluate", "mine", "--pieces", 1, "--no-anchors").err
    monkeypatch.setattr("partimento.data.corpus.Corpus.fingerprint", "of another division")
    said = partimento("evaluate", "mine", "--data", "tiny", "--pieces", 1, "--no-anchors")
    assert "corpus tiny is not the one that it was trained on: its test pieces may be among" in said.err


def test_the_same_command_gives_the_same_bytes(partimento):
    first, second = (partimento("evaluate", "mine", "--json").out for _ in range(2))
    assert first == second


def test_models_on_several_corpora_stand_in_one_table(partimento):
    rows = partimento("evaluate", "mine", "--data", "tiny,tiny", "--json").json["rows"]
    assert [row["name"] for row in rows] == ["mine", "bigram", "unigram", "repeat"]


def test_results_are_written_as_json_and_as_a_page(partimento, tmp_path):
    said = partimento("evaluate", "mine", "--out", "new/report", "--json")
    written = tmp_path / "new" / "report"
    assert json.loads((written / "evaluation.json").read_text()) == said.json
    assert (written / "evaluation.md").read_text().startswith("# Likelihood\n\n|  | corpus |")
    assert sorted(path.name for path in written.iterdir()) == ["evaluation.json", "evaluation.md"]


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--split", "test"], "corpus tiny has no piece in it; choose another split"),
        (["--split", "tset"], "did you mean test"),
        (["--data", "tny"], "did you mean tiny"),
        (["--data", "maestro"], "corpus 'maestro' is not prepared"),
        (["--data", "tiny,"], "corpus name ''"),
        (["--stride", 300], "--stride 300 is out of range: 1 to the context, 16"),
        (["--stride", 0], "--stride 0 is out of range"),
        (["--context", 1], "--context 1 is out of range: 2 to 65536"),
        (["--context", 1.5], "no whole number"),
        (["--pieces", -1], "--pieces -1 is out of range"),
        (["--precision", "half"], "--precision half: not one of float32, bfloat16, auto"),
    ],
)
def test_conditions_that_cannot_be_are_refused_in_one_line(flags, advice, partimento):
    said = partimento("evaluate", "mine", *flags)
    assert said.status == 2 and advice in said.complaint


def test_a_place_that_is_no_folder_is_refused_before_the_work(partimento, tmp_path):
    (tmp_path / "file").write_text("")
    said = partimento("evaluate", "mine", "--out", "file")
    assert said.status == 2 and "--out file" in said.complaint


def test_an_interrupted_evaluation_says_that_it_left_nothing(partimento, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("partimento.evaluate.likelihood.model_row", interrupted)
    said = partimento("evaluate", "mine", "--out", "report")
    assert said.status == 130 and "partial results are dropped" in said.complaint
    assert not (tmp_path / "report").exists()


def test_the_time_left_is_what_the_rest_will_take_at_the_rate_so_far(monkeypatch):
    seconds, said = iter([0.0, 30.0, 60.0]), []
    monkeypatch.setattr("partimento.cli.evaluate.time.monotonic", lambda: next(seconds))
    told = _with_time_left(lambda *line: said.append(line))
    told(0.25, "1 of 4"), told(1.0, "4 of 4")
    assert said == [(0.25, "1 of 4, 1:30 left"), (1.0, "4 of 4, 0:00 left")]


@pytest.mark.parametrize("named", [False, True])
def test_a_models_own_filter_holds_unless_the_data_are_named(named, partimento, best, monkeypatch):
    whole, found = zoo.load(str(best)), corpus("tiny")
    titles = [found.pieces[i].title for i in found.split("validation")]
    recipe = replace(whole.recipe, data=replace(whole.recipe.data, filter=f"title={titles[0]}"))
    monkeypatch.setattr(zoo, "load", lambda *_: replace(whole, recipe=recipe))
    said = partimento("evaluate", "mine", *(("--data", "tiny") if named else ()))
    assert f"{len(titles) if named else 1} pieces of tiny validation" in said.out
    assert ("mine: on the pieces that its recipe chose" in said.err) is not named
    assert ("corpus tiny has no training piece here: no anchors" in said.err) is not named
