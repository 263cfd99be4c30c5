"""Sections that come back are the same notes again, and what stands between is written around them."""

import pytest
from fakes import tiny_model

from partimento.compose.forms import Form
from partimento.compose.model import load
from partimento.errors import UsageError
from partimento.prompt import Length


@pytest.fixture(scope="module")
def seer(tmp_path_factory):
    return load(str(tiny_model(tmp_path_factory.mktemp("models") / "seer", ahead=1)))


def within(piece, start_s, stop_s):
    """Onset in the section in ms, pitch and velocity of its notes."""
    onsets = piece.score.seconds(piece.score.notes["onset"])
    inside = piece.score.notes[(onsets >= start_s) & (onsets < stop_s)]
    return [(int(n["onset"]) - round(1000 * start_s), int(n["pitch"]), int(n["velocity"])) for n in inside]


@pytest.mark.parametrize("letters", ["AAB", "ABA", "ABAC", "AABA"])
def test_a_letter_that_comes_back_brings_its_notes_back_but_at_the_close(seer, letters):
    section_s = 5.0
    piece = seer.compose(seconds=section_s * len(letters), form=letters, seed=3)
    first = within(piece, 0, section_s)
    for place, letter in enumerate(letters[:-1]):
        here = within(piece, place * section_s, (place + 1) * section_s)
        assert here and (here == first) == (letter == "A")
    assert piece.score.duration_s <= section_s * len(letters) + 0.02


def test_a_form_is_in_the_provenance_and_each_piece_is_its_own(seer):
    first, second = (p.score for p in seer.pieces(twice(seer)))
    assert first.notes.tolist() != second.notes.tolist()
    (alone,) = seer.pieces(twice(seer, first=1, count=1))
    assert alone.score == second and alone.provenance["form"] == "AB"


def twice(seer, **changes):
    from dataclasses import replace

    return replace(seer.request(None, 10.0, None, 1, form="AB"), **{"count": 2, **changes})


@pytest.mark.parametrize(
    ("letters", "length", "words"),
    [
        ("aaba", Length(60), "letters A to Z"),
        ("A", Length(60), "2 to 16 of them"),
        ("AABA", Length(notes=40), "say --seconds"),
        ("AABA", Length(10), "at least 16"),
    ],
)
def test_a_form_that_cannot_be_is_refused_in_words(letters, length, words):
    with pytest.raises(UsageError, match=words):
        Form.of(letters, length)
