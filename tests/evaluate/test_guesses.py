"""What anchors would name, on tables that one can count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.evaluate.anchors import bigram, count
from partimento.evaluate.guesses import LIKELIEST, MIDDLE, commonest, commonest_follower, middle, middle_follower
from partimento.tokens import Column, Range

NUMBERS = Column("numbers", (Range("none"), Range("number", 5)))
SPAN = NUMBERS.span("number")


def counts_of(*ids):
    table = np.array(ids, np.int16)[:, None]
    return count([(table, np.ones((len(table) - 1, 1), bool))], (NUMBERS,))[0]


COUNTS = counts_of(0, 1, 2, 1, 2, 1, 5, 5)  # after 1: 2 twice and 5 once; after 2: 1 twice


def test_the_commonest_id_is_named_whatever_stands_before():
    assert commonest(COUNTS).tolist() == [1] * 6


def test_the_commonest_follower_is_named_and_where_none_is_known_the_commonest():
    assert commonest_follower(COUNTS).tolist() == [1, 2, 1, 1, 1, 5]


@given(ids=st.lists(st.integers(0, 5), min_size=2, max_size=30))
def test_the_follower_is_the_best_of_the_bigram(ids):
    counts = counts_of(*ids)
    for before, guess in enumerate(commonest_follower(counts).tolist()):
        shares = bigram(counts, np.full(6, before), np.arange(6))
        assert shares[guess] == pytest.approx(shares.max())


def test_the_middle_leaves_out_what_is_no_number():
    assert middle(counts_of(0, 0, 0, 0, 1, 3, 3, 5), SPAN).tolist() == [3] * 6


def test_the_middle_follower_is_of_the_id_before():
    followers = middle_follower(counts_of(1, 2, 1, 3, 1, 5, 1, 0, 5), SPAN).tolist()
    assert followers[1] == 3 and followers[2] == 1 and followers[0] == 5


@pytest.mark.parametrize("anchor", MIDDLE)
@given(ids=st.lists(st.integers(0, 5), min_size=2, max_size=30))
def test_every_guess_is_an_id_and_every_middle_a_number(anchor, ids):
    counts = counts_of(*ids)
    likeliest, number = LIKELIEST[anchor](counts), MIDDLE[anchor](counts, SPAN)
    assert likeliest.min() >= 0 and likeliest.max() < 6 and number.min() >= 1 and number.max() < 6
