"""The licence of what is kept travels, and a part is gone on from as the whole would be."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from music import scores

from partimento.compose.primers import Place, terms
from partimento.edit import opening
from partimento.errors import UsageError
from partimento.prompt import Length, continuation
from partimento.recipe import DataConfig
from partimento.score import from_notes

SCORE = from_notes([(0, 900, 60, 64), (1000, 900, 62, 64), (2000, 900, 64, 64), (3000, 500, 65, 64)])  # 3.5 s


def taken(seconds=None, seed=0, **place):
    return Place(**place).taken(SCORE, seconds, DataConfig(), seed)


@pytest.mark.parametrize(
    ("place", "pitches"), [(1.5, [64, 65]), ("2", [64, 65]), ("50%", [64, 65]), (".5s", [62, 64, 65])]
)
def test_a_position_is_seconds_or_a_share(place, pitches):
    assert taken(primer_from=place).score.notes["pitch"].tolist() == pitches


def test_a_part_begins_at_its_position():
    assert taken(primer_from=1.5).score.notes["onset"].tolist() == [500, 1500]


def test_no_place_is_the_whole():
    assert taken().score is SCORE and not taken().origin


def test_a_random_position_is_a_note_with_enough_behind_it():
    starts = {taken(1.4, seed, primer_from="random").origin["from_s"] for seed in range(20)}
    assert starts == {0.0, 1.0, 2.0}
    assert taken(99.0, primer_from="random").origin["from_s"] == 0.0


@given(score=scores, seconds=st.floats(0.001, 20))
def test_an_opening_is_gone_on_from_as_the_whole_is(score, seconds):
    assume(len(score) and score.ticks(seconds) > score.notes["onset"][0])
    part = continuation(opening(score, seconds), Length(), seconds)
    whole = continuation(score, Length(), seconds)
    assert (part.score, part.free) == (whole.score, whole.free)


@pytest.mark.parametrize(("primer", "told"), [(None, "A"), ("", "A"), ("A", "A"), ("B", "A; primer: B")])
def test_the_terms_of_a_primer_are_told_beside_those_of_the_model(primer, told):
    assert terms("A", primer) == told


def test_what_is_no_place_is_refused_before_anything_is_read():
    for wrong in ({"primer_from": -1.0}, {"primer_split": "x"}, {"primer_piece": "x"}):
        with pytest.raises(UsageError):
            Place(**wrong)
