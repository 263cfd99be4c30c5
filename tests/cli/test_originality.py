"""How much of a file stands in a corpus, by the command line; and what compose says of it."""

import json
import shutil

import pytest

from partimento.originality import COMPACT, FOLDER


@pytest.fixture
def own_data(partimento, workshop, tmp_path, monkeypatch):
    """A copy of the corpus tiny without an index."""
    shutil.copytree(workshop / "data" / "tiny", tmp_path / "data" / "tiny", ignore=shutil.ignore_patterns(FOLDER))
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def learnt(workshop, own_data):
    """A file that is among the training pieces."""
    entries = json.loads((own_data / "tiny" / "manifest.json").read_text())["entries"]
    path = next(entry["piece"]["path"] for entry in entries if entry["piece"]["split"] == "train")
    return workshop / "midi" / path


def test_a_piece_of_the_corpus_is_a_copy_with_its_title(partimento, learnt, own_data):
    told = partimento("originality", learnt, "--against", "tiny", "--json").json
    texture = told["lines"]["texture"]
    assert told["copied"] and texture["longest"] == texture["notes"] and texture["share"] == 1.0
    assert texture["nearest"]["title"] == learnt.stem
    assert (own_data / "tiny" / FOLDER / COMPACT).exists()


def test_it_is_told_in_words_and_drawn(partimento, learnt, tmp_path):
    said = partimento("originality", learnt, "--against", "tiny", "--out", "new/roll.png")
    assert said.status == 0 and "longest exact match:" in said.out and said.out.endswith("new/roll.png\n")
    assert "a passage counts as copied from tiny" in said.out
    assert (tmp_path / "new" / "roll.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--against", "tinny"], "unknown corpus 'tinny': did you mean tiny"),
        (["--against", "maestro"], "corpus 'maestro' is not prepared: run `partimento data prepare maestro"),
        (["--out", "a.gif"], "unknown picture format '.gif'"),
        (["--against", "../tiny"], "not a path"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(flags, advice, partimento, learnt, tmp_path):
    said = partimento("originality", learnt, *flags)
    assert said.status == 2 and advice in said.complaint


def test_a_file_that_is_no_music_is_refused(partimento, tmp_path):
    (tmp_path / "a.mid").write_text("no")
    assert partimento("originality", "a.mid").status == 2


def test_compose_says_how_original_it_is_once_the_index_is_there(partimento, learnt, tmp_path):
    compose = ["compose", "mine", "--seconds", "3", "--seed", "1", "--format", "mid"]
    assert "originality" not in partimento(*compose).err
    partimento("originality", learnt, "--against", "tiny")
    assert "originality: longest exact match with tiny" in partimento(*compose).err
    told = json.loads((tmp_path / "compositions" / "mine-1.json").read_text())["originality"]
    assert told["corpus"] == "tiny" and told["notes"] > 0


def test_a_limit_on_copies_needs_to_know_what_was_learnt(partimento, learnt, tmp_path):
    compose = ["compose", "mine", "--seconds", "3", "--seed", "1", "--format", "mid", "--max-copy", "8"]
    assert "`partimento originality FILE --against tiny` builds it" in partimento(*compose).err
    partimento("originality", learnt, "--against", "tiny")
    assert partimento(*compose).status == 0
    told = json.loads((tmp_path / "compositions" / "mine-1.json").read_text())
    assert told["provenance"]["max_copy"] == 8 and told["originality"]["longest"] <= 8


@pytest.mark.parametrize("given", ["7", "1001", "1.5"])
def test_a_limit_out_of_range_is_refused(given, partimento):
    said = partimento("compose", "mine", "--max-copy", given)
    assert said.status == 2 and "partimento:" in said.err
