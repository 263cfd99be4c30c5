from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.data import SOURCES
from partimento.data.source import SPLITS, Split
from partimento.errors import UsageError


def test_shares_are_kept_over_many_files():
    found = Counter(Split((0.7, 0.2, 0.1)).of(str(i)) for i in range(5000))
    assert found["train"] / 5000 == pytest.approx(0.7, abs=0.03)
    assert found["validation"] / 5000 == pytest.approx(0.2, abs=0.03)


def test_seed_moves_files():
    assert [Split(seed=0).of(str(i)) for i in range(50)] != [Split(seed=1).of(str(i)) for i in range(50)]


def test_split_is_the_same_on_every_machine():
    assert "".join(Split().of(text)[1] for text in "abcdefghijkl") == "rarrarrrrrar"


@given(st.text(), st.sampled_from(SPLITS))
def test_a_share_of_one_takes_everything(sha256, name):
    assert Split(tuple(float(name == each) for each in SPLITS)).of(sha256) == name


@pytest.mark.parametrize("shares", [(0.5, 0.1, 0.1), (1.2, -0.1, -0.1)])
def test_shares_that_do_not_sum_to_one_are_refused(shares):
    with pytest.raises(UsageError, match="sum to 1"):
        Split(shares)


@pytest.mark.parametrize(
    ("name", "archive"), [("maestro", "maestro-v3.0.0-midi.zip"), ("free-piano", "free-piano.zip"), ("folder", "")]
)
def test_an_archive_has_the_name_of_its_address_or_else_of_its_source(name, archive):
    assert SOURCES[name].archive_name == archive
