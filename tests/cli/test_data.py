"""Corpora by the command line."""

import pytest


def test_sources_and_corpora_are_listed(partimento):
    rows = {row["name"]: row for row in partimento("data", "list", "--json").json["sources"]}
    assert rows["tiny"]["prepared"] and not rows["maestro"]["prepared"]
    assert rows["maestro"]["licence"] == "CC BY-NC-SA 4.0"
    assert "tiny: prepared" in partimento("data", "list").out


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


REFUSED = {
    "a corpus that is not prepared": (["show", "maestro"], "run `partimento data prepare maestro --from PATH`"),
    "an unknown corpus": (["show", "tny"], "did you mean tiny"),
    "a filter that matches nothing": (["show", "tiny", "--filter", "title=Nothing"], "chooses none of 8 pieces"),
    "a year that is none": (["show", "tiny", "--filter", "year=x"], "a year or a range of years"),
    "an unknown source": (["prepare", "foldr", "--from", "."], "did you mean folder"),
    "no origin": (["prepare", "folder"], "--from PATH"),
    "an origin that is not there": (["prepare", "folder", "--from", "nowhere"], "neither a folder nor"),
    "an origin without music": (["prepare", "folder", "--from", "."], "holds no file that ends in .mid"),
    "a name that is a path": (["prepare", "folder", "--from", ".", "--name", "../x"], "not a path"),
    "a name of another source": (["prepare", "folder", "--from", ".", "--name", "maestro"], "name of another source"),
    "two shares": (["prepare", "folder", "--from", ".", "--split", "1,2"], "three shares are needed"),
    "shares beyond the whole": (["prepare", "folder", "--from", ".", "--split", "0.5,0.6,0.7"], "sum to 1"),
    "no workers": (["prepare", "folder", "--from", ".", "--workers", 0], "--workers 0 is out of range"),
    "half a worker": (["prepare", "folder", "--from", ".", "--workers", 1.5], "no whole number"),
    "an unknown verb": (["frobnicate"], "Available commands: list, prepare, show"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_done_is_refused_in_one_line(kind, partimento, tmp_path, monkeypatch):
    arguments, advice = REFUSED[kind]
    if arguments[0] == "prepare":
        monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    said = partimento("data", *arguments)
    assert said.status == 2 and advice in said.complaint and not list(tmp_path.rglob("*.*"))
