import numpy as np
import pytest

from partimento.compose.loops import LONGEST, SHORTEST, LoopGuard

SIZE = 300  # ids of the last column


def refused(rows, chosen=(), counted=(True,), period=SHORTEST):
    """The ids that may not come next after ``rows``."""
    guard = LoopGuard(counted)
    for row in rows:
        guard.push(row)
    mask = np.ones(SIZE, bool)
    guard.mask(mask, chosen)
    return np.flatnonzero(~mask).tolist()


def passage(length, first=0):
    return [[first + i] for i in range(length)]


@pytest.mark.parametrize("length", [SHORTEST, SHORTEST + 1, 50, LONGEST])
def test_a_passage_is_not_repeated_a_fourth_time(length):
    assert refused((passage(length) * 4)[:-1]) == [length - 1]


def test_its_last_row_alone_is_refused():
    rows = passage(SHORTEST) * 4
    assert [refused(rows[:end]) for end in range(len(rows) - 1)] == [[]] * (len(rows) - 1)


def test_a_passage_that_goes_round_on_is_refused_at_every_row():
    rows = (passage(SHORTEST) * 6)[:-1]
    assert refused(rows) == [SHORTEST - 1] and refused(rows[:-3]) == [SHORTEST - 4]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_three_times_are_free(times):
    assert refused(passage(SHORTEST) * times) == []


@pytest.mark.parametrize("length", [1, 2, 4, 7])
def test_a_shorter_passage_may_come_four_times(length):
    assert refused((passage(length) * 4)[:-1]) == []


def test_a_row_repeated_so_often_that_eight_rows_come_four_times_is_a_loop():
    assert refused([[5]] * 31) == [5]
    assert refused([[5]] * 30) == []


def test_a_passage_longer_than_the_guard_remembers_is_free():
    assert refused((passage(LONGEST + 1) * 4)[:-1]) == []


def test_a_passage_that_differs_in_one_row_is_free():
    rows = passage(SHORTEST) * 4
    rows[12] = [99]
    assert refused(rows[:-1]) == []


def test_what_came_before_the_passage_does_not_matter():
    assert refused([[77], [78], *passage(SHORTEST) * 4][:-1]) == [SHORTEST - 1]


ROWS = [[i, 7, 9] for i in range(SHORTEST)]


def test_only_the_counted_columns_make_a_repetition():
    louder = [[*row[:2], velocity] for velocity in range(4) for row in ROWS]
    assert refused(louder[:-1], [7], counted=(True, True, False)) == [7]
    assert refused(louder[:-1], [7], counted=(True, True, True)) == []


def test_the_last_counted_column_alone_is_masked_and_only_where_the_others_agree():
    rows = (ROWS * 4)[:-1]
    assert refused(rows, [], counted=(True, True, True)) == []
    assert refused(rows, [7], counted=(True, True, True)) == []
    assert refused(rows, [7, 7], counted=(True, True, True)) == [9]
    assert refused(rows, [6, 7], counted=(True, True, True)) == []
