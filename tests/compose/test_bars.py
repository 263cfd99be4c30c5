"""Bars by their numbers, and where they stand."""

import pytest
from sheets import melody, sheet

from partimento.compose.bars import bar_list, bar_range, middle_notes, region
from partimento.errors import UsageError

FOUR_BARS = melody(*[60] * 16)  # 16 ticks to a bar
PICKUP = melody(*[60] * 8, metre=(4, 4, 4))


@pytest.mark.parametrize(
    ("text", "bars"), [("3-6", range(3, 7)), ("3", range(3, 4)), (3, range(3, 4)), ("3 – 4", range(3, 5))]
)
def test_bars_are_named_by_number_or_range(text, bars):
    assert bar_range("--bars", text) == bars


@pytest.mark.parametrize(
    ("text", "advice"), [("6-3", "backwards; say 3-6"), ("", "names no bars"), ("3-", "names no bars")]
)
def test_what_names_no_bars_is_refused(text, advice):
    with pytest.raises(UsageError, match=f"--bars.*{advice}"):
        bar_range("--bars", text)


def test_a_list_of_bars_is_sorted_and_each_once():
    assert bar_list("--fermata", "8, 4,8") == bar_list("--fermata", (4, 8)) == (4, 8)


@pytest.mark.parametrize("text", ["4,x", "", ",", "-4"])
def test_what_is_no_list_of_bars_is_refused(text):
    with pytest.raises(UsageError, match=r"--fermata.* is no number of a bar"):
        bar_list("--fermata", text)


def test_a_region_is_the_ticks_of_its_bars_and_ends_with_the_music():
    assert region("--bars", FOUR_BARS, range(2, 4)) == (16, 48)
    assert region("--bars", sheet([(60, 24)]), range(2, 3)) == (16, 24)


def test_a_pickup_is_bar_0():
    assert region("--bars", PICKUP, range(0, 2)) == (0, 20)
    with pytest.raises(UsageError, match=r"--bars 9: .*bars 0 to 2 \(0 is the pickup\)"):
        region("--bars", PICKUP, range(1, 10))


def test_a_fermata_stands_on_the_note_in_the_middle_of_the_bar():
    halves = sheet([(60, 4), (62, 8), (64, 4), (65, 16)])
    assert middle_notes("--fermata", FOUR_BARS, (1, 4), 0) == [8, 56]
    assert middle_notes("--fermata", halves, (1, 2), 0) == [4, 16]
    assert middle_notes("--fermata", PICKUP, (0,), 0) == [0]


def test_a_fermata_needs_a_note():
    with pytest.raises(UsageError, match="--fermata 2: no note sounds there"):
        middle_notes("--fermata", sheet([(60, 16), (None, 16), (60, 16)]), (2,), 0)
