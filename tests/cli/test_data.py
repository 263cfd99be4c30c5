"""Corpora by the command line."""

import json
import re

import pytest

from partimento.cli.data import _pace
from partimento.data import SOURCES


def test_sources_are_listed_apart_from_the_corpora_made_of_them(partimento):
    told = partimento("data", "list", "--json").json
    sources = {row["name"]: (row["get"], row["licence"]) for row in told["sources"]}
    assert sources["maestro"] == ("partimento data fetch maestro", "CC BY-NC-SA 4.0")
    assert sources["folder"][0] == "partimento data prepare folder --from PATH" and "tiny" not in sources
    assert told["corpora"] == [
        {"name": "tiny", "pieces": 8, "source": "folder", "licence": "unknown, yours to know"}
    ]  # fmt: skip
    first, second = partimento("data", "list").out.split("\n\n")
    assert first.startswith("Sources\nsource ") and second.splitlines()[2].split()[:3] == ["tiny", "8", "folder"]


def test_where_nothing_is_prepared_the_list_says_so(partimento, tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "none"))
    assert partimento("data", "list").out.splitlines()[-1] == f"Prepared in {tmp_path / 'none'}: nothing"


def test_a_damaged_corpus_does_not_end_the_list(partimento, tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{}")
    (row,) = partimento("data", "list", "--json").json["corpora"]
    assert (row["name"], row["source"]) == ("broken", "damaged") and "prepare it again" in row["licence"]


def test_a_corpus_is_shown_whole_and_in_part(partimento):
    told = partimento("data", "show", "tiny", "--json").json
    assert (
        told["total"]["pieces"] == 8 and told["splits"]["train"]["pieces"] > 0 < told["splits"]["validation"]["pieces"]
    )
    part = partimento("data", "show", "tiny", "--filter", "title=piece-3", "--json").json
    assert part["total"]["pieces"] == 1
    lines = partimento("data", "show", "tiny").out.splitlines()
    assert "licence      unknown, yours to know" in lines and not any("{" in line or "(" in line for line in lines)
    assert "import       8 files, 0 of them twice, 0 refused" in lines


def test_a_folder_is_prepared_once(partimento, workshop, tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    asked = ("data", "prepare", "folder", "--from", workshop / "midi", "--name", "ours", "--seed", 3)
    first, second = partimento(*asked, "--json").json, partimento(*asked, "--json").json
    assert (first["unchanged"], second["unchanged"]) == (False, True)
    assert first["fingerprint"] == second["fingerprint"] and first["report"]["files"] == 8


@pytest.fixture
def mixed(workshop, tmp_path, monkeypatch):
    """A folder with one good file and two bad ones, and an empty home of corpora."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.mid").write_bytes((workshop / "midi" / "piece-0.mid").read_bytes())
    (tmp_path / "in" / "bad.mid").write_bytes(b"no music")
    (tmp_path / "in" / "worse.mid").symlink_to("nowhere")
    return tmp_path


def test_a_report_has_a_row_for_each_reason_and_a_file_for_all(partimento, mixed):
    said = partimento("data", "prepare", "folder", "--from", mixed / "in", "--report", mixed / "out" / "report.json")
    assert "import       3 files, 0 of them twice, 2 refused" in said.out
    assert "1 unreadable could not be read from disk or archive; first: worse.mid" in said.out
    told = json.loads((mixed / "out" / "report.json").read_text())
    assert [row["path"] for row in told["refused"]] == ["bad.mid", "worse.mid"] and told["read"] == 1
    assert partimento("data", "show", "folder", "--json").json["report"] == told


def test_files_that_are_no_midi_by_name_are_counted_once(partimento, mixed):
    asked = ("data", "prepare", "folder", "--from", mixed / "in")
    before = partimento(*asked)
    assert "passed over" not in before.out
    for name in ("notes.txt", "cover.png"):
        (mixed / "in" / name).write_bytes(b"")
    after = partimento(*asked)
    assert after.out.count("2 other files were passed over, the first: cover.png") == 1
    assert partimento("data", "show", "folder", "--json").json["report"]["passed_over"]["count"] == 2
    (mixed / "in" / "notes.txt").unlink()
    assert "1 other file was passed over, the first: cover.png" in partimento(*asked).out


def test_strict_makes_no_corpus_but_the_report(partimento, mixed):
    asked = ("--from", mixed / "in", "--strict", "--report", mixed / "report.json")
    said = partimento("data", "prepare", "folder", *asked)
    assert said.status == 2 and "2 of 3 files refused, the first: " in said.complaint
    assert not (mixed / "data" / "folder").exists()
    assert len(json.loads((mixed / "report.json").read_text())["refused"]) == 2


def test_an_older_report_does_not_outlive_a_prepare_that_fails(partimento, mixed):
    asked = ("data", "prepare", "folder", "--report", mixed / "report.json", "--from")
    assert partimento(*asked, mixed / "in").status == 0 and (mixed / "report.json").exists()
    assert partimento(*asked, mixed / "nowhere").status == 2 and not (mixed / "report.json").exists()


def test_a_file_that_is_no_report_is_not_replaced_by_one(partimento, mixed):
    said = partimento("data", "prepare", "folder", "--from", mixed / "in", "--report", mixed / "in" / "good.mid")
    assert said.status == 2 and "holds something else than a report; name another file" in said.complaint
    assert (mixed / "in" / "good.mid").read_bytes().startswith(b"MThd")


def test_the_help_names_every_source(partimento):
    said = " ".join(partimento("data", "prepare", "--help").out.replace("│", " ").split())
    assert f"one of: {', '.join(SOURCES)}" in said


def test_progress_tells_of_files_rate_and_time_left():
    told = []
    tell = _pace(lambda share, remark: told.append((share, remark)))
    tell(3, 4, None)
    tell(5, 0, None)
    assert told[0][0] == 0.75 and re.fullmatch(r"3 of 4 files, [\d,]+ a second, 0:00 left", told[0][1])
    assert told[1][0] == 0.0 and re.fullmatch(r"5 files, [\d,]+ a second", told[1][1])


REFUSED = {
    "a corpus that is not prepared": (["show", "maestro"], "run `partimento data prepare maestro --from PATH`"),
    "an unknown corpus": (["show", "tny"], "did you mean tiny"),
    "a filter that matches nothing": (["show", "tiny", "--filter", "title=Nothing"], "chooses none of 8 pieces"),
    "a year that is none": (["show", "tiny", "--filter", "year=x"], "a year or a range of years"),
    "a share that is no number": (["prepare", "folder", "--from", ".", "--split", "nan,0.5,0.5"], "--split nan,0.5"),
    "shares of official splits": (["prepare", "maestro", "--split", "1,0,0"], "leave out --split and --seed"),
    "a seed of official splits": (["prepare", "maestro", "--seed", 0], "leave out --split and --seed"),
    "a corpus in its origin": (["prepare", "folder", "--from", "/"], "not apart from it"),
    "an unknown source": (["prepare", "foldr", "--from", "."], "did you mean folder"),
    "no origin": (["prepare", "folder"], "--from PATH"),
    "an origin that is not there": (["prepare", "folder", "--from", "nowhere"], "neither a folder nor"),
    "an origin without music": (["prepare", "folder", "--from", "."], "holds no file that ends in .mid"),
    "a name that is a path": (["prepare", "folder", "--from", ".", "--name", "../x"], "not a path"),
    "a name of another source": (["prepare", "folder", "--from", ".", "--name", "maestro"], "name of another source"),
    "two shares": (["prepare", "folder", "--from", ".", "--split", "1,2"], "three shares are needed"),
    "shares beyond the whole": (["prepare", "folder", "--from", ".", "--split", "0.5,0.6,0.7"], "sum to 1"),
    "no workers": (["prepare", "folder", "--from", ".", "--workers", 0], "--workers 0 is out of range"),
    "too many workers": (["prepare", "folder", "--from", ".", "--workers", 257], "out of range: 1 to 256"),
    "a report that is a folder": (["prepare", "folder", "--from", ".", "--report", "."], "is a folder; name a file"),
    "half a worker": (["prepare", "folder", "--from", ".", "--workers", 1.5], "no whole number"),
    "an unknown verb": (["frobnicate"], "Available commands: fetch, export, list, windows, prepare, show"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_done_is_refused_in_one_line(kind, partimento, tmp_path, monkeypatch, tmp_path_factory):
    arguments, advice = REFUSED[kind]
    if arguments[0] == "prepare":
        monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path_factory.mktemp("apart") / "data"))
    said = partimento("data", *arguments)
    assert said.status == 2 and advice in said.complaint and not list(tmp_path.rglob("*.*"))
