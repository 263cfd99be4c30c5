"""A file composed again by the command line: the same bytes, or which part differs, or a refusal in one line."""

import json
from pathlib import Path

import pytest

from partimento.cli.app import run


@pytest.fixture(scope="module")
def made(workshop, tmp_path_factory):
    """Files of a piece by the run mine, made by the command line."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIMENTO_HOME", str(workshop))
        asked = ["--notes", "6", "--seed", "4", "--out", str(folder), "--name", "a", "--format", "mid,svg"]
        assert run(["compose", "mine", *asked]) == 0
    return folder


@pytest.mark.parametrize("suffix", ["mid", "json", "svg"])
def test_every_file_of_a_piece_has_the_same_bytes_again(suffix, made, partimento):
    said = partimento("reproduce", made / f"a.{suffix}")
    assert said.status == 0 and said.out == f"{made / f'a.{suffix}'}: same bytes\n" and "seed 4" in said.err


def test_what_was_made_again_can_be_written(made, partimento):
    told = partimento("reproduce", made / "a.mid", "--out", "new/b.mid", "--json").json
    assert told["same"] and Path("new/b.mid").read_bytes() == (made / "a.mid").read_bytes()


def test_a_file_that_was_changed_fails_and_says_where(made, partimento):
    told = json.loads((made / "a.json").read_text())
    told["statistics"]["notes"] += 1
    Path("a.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
    said = partimento("reproduce", "a.json", "--quiet")
    assert (said.status, said.out) == (1, "differs: statistics of its JSON\n")
    assert said.err == "partimento: a.json: not the same bytes\n"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--out", "b.wav"], "what is made again is a .mid as"),
        (["--out", "."], "what is made again is a .mid"),
        (["--out", "a.mid"], "is the file that is reproduced"),
        (["--model", "nobody"], "unknown model 'nobody'"),
        (["--model", "chorales"], "was made by weights"),
        (["--commercial"], "--commercial refuses its licence"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(flags, words, made, partimento):
    Path("a.mid").write_bytes((made / "a.mid").read_bytes())
    said = partimento("reproduce", "a.mid", *flags)
    assert said.status == 2 and words in said.complaint


def test_a_file_of_somebody_else_is_refused(partimento, primer):
    assert "says nothing of how it was made" in partimento("reproduce", primer).complaint
