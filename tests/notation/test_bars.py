from dataclasses import replace

import numpy as np
import pytest
from fakes import random_score
from sheets import melody

from partimento.errors import UsageError
from partimento.notation.bars import bars, place
from partimento.score import from_notes


def spans(score):
    return [(bar.number, bar.start, bar.stop) for bar in bars(score)]


def test_bars_are_counted_from_one_and_the_last_is_whole():
    assert spans(melody(*[60] * 5)) == [(1, 0, 64), (2, 64, 128)]


def test_what_stands_before_the_first_metre_is_bar_nought_and_the_last_bar_makes_up_for_it():
    assert spans(melody(*[60] * 4, metre=(4, 3, 4))) == [(0, 0, 16), (1, 16, 64)]
    assert spans(melody(*[60] * 6, metre=(4, 3, 4))) == [(0, 0, 16), (1, 16, 64), (2, 64, 96)]


def test_a_metre_in_the_middle_cuts_the_bar_before_it():
    assert spans(melody(*[60] * 9, metre=[(0, 4, 4), (24, 3, 4)])) == [(1, 0, 64), (2, 64, 96), (3, 96, 144)]


@pytest.mark.parametrize(
    ("tick", "words"), [(0, "bar 0, beat 3"), (4, "bar 1, beat 1"), (18, "bar 2, beat 1.5"), (40, "bar 4, beat 1")]
)
def test_a_place_is_said_as_it_is_printed(tick, words):
    assert place(melody(60, metre=(4, 3, 4)), tick) == words


def test_a_performance_has_no_bars():
    played = random_score(np.random.default_rng(1), notes=50, span_s=20.0)
    with pytest.raises(UsageError, match=r"has no bars: it is a performance, without a metre; write \.mid"):
        bars(played)


def test_a_metre_that_the_notes_do_not_keep_to_is_no_metre():
    with pytest.raises(UsageError, match=r"a performance, 100% of it off the grid"):
        bars(replace(melody(*[60] * 8), ticks_per_quarter=101))


def test_a_triplet_is_refused_with_its_place():
    score = replace(melody(*[60] * 8), ticks_per_quarter=48)
    notes = score.notes.copy()
    notes["onset"] *= 12
    notes["duration"] = [48] * 5 + [32] + [48] * 2
    with pytest.raises(UsageError, match="bar 2, beat 2: notes off the grid of 64ths"):
        bars(replace(score, notes=notes))


def test_nothing_is_nothing_to_notate():
    with pytest.raises(UsageError, match="no notes"):
        bars(from_notes([]))
