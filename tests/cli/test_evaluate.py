"""Likelihood by the command line."""

import json
from dataclasses import replace

import pytest

from partimento import zoo
from partimento.cli.listening import with_time_left
from partimento.data.corpus import corpus

OUT = ("--out", "new/report")


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
    said = partimento("evaluate", "mine", "--split", "train", "--samples", 2, "--seconds", 2, *OUT, "--json")
    written = tmp_path / "new" / "report"
    assert json.loads((written / "evaluation.json").read_text()) == said.json
    assert (written / "evaluation.md").read_text().startswith("# Likelihood\n\n|  | corpus |")
    assert (written / "evaluation.html").read_text().count("<audio") == 2
    names = ["evaluation.html", "evaluation.json", "evaluation.md"]
    assert sorted(path.name for path in written.iterdir()) == names
    assert [row["name"] for row in said.json["samples"]] == ["mine", "real music", "real music in notes pedal=folded"]


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
        (["--samples", 1], "--samples 1 is out of range: 0 (none), or 2 to 1000"),
        (["--samples", -1], "--samples -1 is out of range"),
        (["--samples", 4, "--seconds", 0], "--seconds 0 is out of range: 1 to 600"),
        (["--samples", 4], "4 are needed to compare with; choose another split"),
        (["--samples", 4, "--seed", -1, "--split", "train"], "--seed -1 is out of range"),
        (["--filter", "composer=Nobody"], "chooses none of 8 pieces"),
        (["--filter", "colour=red"], "unknown filter key 'colour'"),
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
    said = partimento("evaluate", "mine", "--samples", 0, "--out", "report")
    assert said.status == 130 and "partial results are dropped" in said.complaint
    assert not (tmp_path / "report").exists()


def test_the_time_left_is_what_the_rest_will_take_at_the_rate_so_far(monkeypatch):
    seconds, said = iter([0.0, 30.0, 60.0]), []
    monkeypatch.setattr("partimento.cli.listening.time.monotonic", lambda: next(seconds))
    told = with_time_left(lambda *line: said.append(line))
    told(0.25, "1 of 4"), told(1.0, "4 of 4")
    assert said == [(0.25, "1 of 4, 1:30 left"), (1.0, "4 of 4, 0:00 left")]


def test_an_evaluation_that_is_interrupted_at_its_page_leaves_no_file(partimento, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("partimento.evaluate.page.html", interrupted)
    said = partimento("evaluate", "mine", "--pieces", 1, "--samples", 0, "--out", "report")
    assert said.status == 130 and "partial results are dropped" in said.complaint and not [*tmp_path.iterdir()]


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


def test_accuracy_stands_beside_that_of_the_anchors_and_can_be_left_out(partimento):
    rows = rows_of(partimento("evaluate", "mine", "--pieces", 1, "--json"))
    assert all(0 <= row["accuracy"]["pitch"] <= 1 and row["absolute_error"]["step"] >= 0 for row in rows.values())
    said = partimento("evaluate", "mine", "--pieces", 1, "--no-accuracy")
    assert (
        "Accuracy" not in said.out
        and not rows_of(partimento("evaluate", "--no-accuracy", "--json", "mine"))["mine"]["accuracy"]
    )


def test_with_too_little_real_music_the_page_has_no_composed_pieces(partimento, tmp_path):
    said = partimento("evaluate", "mine", "--pieces", 1, "--no-anchors", "--no-accuracy", *OUT)
    assert said.status == 0 and "no composed pieces beside real ones: --samples: corpus tiny has" in said.err
    assert "<audio" not in (tmp_path / "new" / "report" / "evaluation.html").read_text()


def test_a_filter_chooses_the_pieces(partimento):
    title = next(piece.title for piece in corpus("tiny").pieces if piece.split == "validation")
    said = partimento("evaluate", "mine", "--filter", f"title={title}", "--no-anchors")
    assert "1 pieces of tiny validation" in said.out and "is not the one" not in said.err


def test_a_family_without_a_likelihood_is_measured_by_its_pieces_alone(partimento, monkeypatch):
    monkeypatch.setattr("partimento.evaluate.likelihood.has_likelihood", lambda _: False)
    said = partimento("evaluate", "mine")
    assert said.status == 2 and "has no likelihood; compare its pieces instead, with --samples 20" in said.complaint
    found = partimento("evaluate", "mine", "--split", "train", "--samples", 2, "--seconds", 1, "--json").json
    assert not found["rows"] and found["samples"][0]["name"] == "mine"
