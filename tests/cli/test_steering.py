"""fill, vary, accompany and lead by the command line: what a file holds stays, and all else is said in a line."""

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import tiny_model

from partimento import midi

VERBS = {
    "fill": ("fill", "--from", 4, "--to", 7.5),
    "vary": ("vary", "--amount", 0.4),
    "accompany": ("accompany",),
    "lead": ("lead", "--seconds", 3),
}


@pytest.fixture(scope="module")
def seer(tmp_path_factory):
    """A model that reads what is known ahead."""
    return tiny_model(tmp_path_factory.mktemp("models") / "seer", ahead=1)


@pytest.fixture
def steer(partimento, seer, primer):
    def call(verb, *flags, model=seer):
        own = flags or VERBS[verb][1:]
        return partimento(verb, primer, *own, "--model", model, "--seed", 5, "--format", "mid", "--name", "made")

    return call


def rows(path):
    return set(map(tuple, midi.read(Path(path))[0].notes.tolist()))


@pytest.mark.parametrize("verb", ["fill", "vary", "accompany"])
def test_what_is_not_asked_for_stays(steer, primer, verb):
    assert steer(verb).status == 0
    given, made = midi.read(primer)[0], midi.read(Path("compositions/made.mid"))[0]
    kept = given.notes
    if verb == "fill":
        seconds = given.seconds(given.notes["onset"])
        kept = kept[(seconds < 3.99) | (seconds > 7.51)]
    same = sum(tuple(note) in rows("compositions/made.mid") for note in kept.tolist())
    assert same == len(kept) if verb != "vary" else same >= 0.4 * len(kept)
    assert np.array_equal(made.tempi, given.tempi)


def test_a_lead_stands_before_the_piece(steer, primer):
    assert steer("lead").status == 0
    given, made = midi.read(primer)[0], midi.read(Path("compositions/made.mid"))[0]
    start = int(given.ticks(3.0))
    moved = {(onset + start, *rest) for onset, *rest in given.notes.tolist()}
    assert moved <= set(map(tuple, made.notes.tolist()))


@pytest.mark.parametrize("verb", VERBS)
def test_a_steered_piece_is_reproduced_to_the_byte(steer, partimento, seer, verb):
    assert steer(verb).status == 0
    assert json.loads(Path("compositions/made.json").read_text())["provenance"]["task"]["verb"] == verb
    assert partimento("reproduce", "compositions/made.json", "--model", seer).status == 0


@pytest.mark.parametrize(
    ("verb", "flags", "words"),
    [
        ("fill", ("--from", 1, "--bars", "3-4"), "--bars excludes --from and --to"),
        ("fill", ("--to", 900), "--to 900 is out of range"),
        ("vary", ("--amount", 2), "--amount 2 is out of range"),
        ("lead", ("--seconds", 0), "--seconds 0 is out of range"),
        ("vary", ("--composer", "Nobody"), "unknown composer 'Nobody'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(steer, verb, flags, words):
    result = steer(verb, *flags)
    assert result.status == 2 and words in result.complaint
    assert not Path("compositions").exists()


def test_a_model_that_writes_forward_alone_says_so(steer):
    result = steer("accompany", model="mine")
    assert result.status == 2 and "does not see what stands after the free part" in result.err


def test_fill_without_a_place_says_what_it_needs(partimento, primer):
    result = partimento("fill", primer)
    assert result.status == 2 and "--bars 3-6 of a score, or --from 10 --to 14 in seconds" in result.err


@pytest.mark.parametrize("verb", VERBS)
def test_where_no_model_is_named_the_piano_model_is_meant(partimento, primer, seer, verb, monkeypatch):
    monkeypatch.setattr("partimento.cli.steering.PIANO", str(seer))
    assert partimento(verb, primer, *VERBS[verb][1:], "--seed", 5, "--format", "mid", "--name", "a").status == 0


def test_options_of_scores_are_none_of_performances(steer):
    said = steer("fill", "--from", 1, "--to", 3, "--voices", "alto")
    assert said.status == 2 and "--voices is of scores" in said.complaint


def test_a_form_is_not_streamed(partimento, seer):
    said = partimento("compose", seer, "--form", "AABA", "--stream", "--seconds", 20)
    assert said.status == 2 and "--stream and --form exclude each other" in said.complaint
