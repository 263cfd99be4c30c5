import numpy as np
import pytest

from partimento.errors import UnknownName
from partimento.tokens import Column, Range, TokenTable

STEP = Column("step", (Range("begin"), Range("wait", 1, 4, advances=2), Range("time", 3, 0, advances=1)))
LENGTH = Column("length", (Range("none"), Range("length", 2, 5, lasts=3)))
TABLE = TokenTable(np.array([[0, 0], [3, 2]], np.int16), (STEP, LENGTH))


def test_ids_run_through_the_ranges_in_order():
    assert STEP.size == 5
    assert STEP.offsets == {"begin": 0, "wait": 1, "time": 2}
    assert STEP.span("time") == slice(2, 5)


def test_an_id_stands_for_a_value_of_its_range():
    assert [STEP.id("time", value) for value in range(3)] == [2, 3, 4]
    assert STEP.id("wait") == 1 and LENGTH.id("length", 6) == 2
    assert LENGTH.values.tolist() == [0, 5, 6]


def test_a_range_says_how_far_it_moves_time_on_and_how_long_it_sounds():
    assert STEP.advances.tolist() == [0, 8, 0, 1, 2]
    assert LENGTH.lasts.tolist() == [0, 15, 18]


def test_every_id_has_a_name_and_its_name_leads_back():
    for token in range(STEP.size):
        name, *value = STEP.describe(token).split()
        assert STEP.id(name, *map(int, value)) == token
    assert STEP.describe(5) == "?5"


def test_an_unknown_range_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="column step 'tine': did you mean time"):
        STEP.range("tine")


def test_a_table_is_described_row_by_row():
    assert TABLE.describe() == ["begin none", "time 1 length 6"]
    assert [row.tolist() for row in TABLE] == [[0, 0], [3, 2]] and len(TABLE) == 2


def test_tables_are_equal_with_the_same_ids_of_the_same_columns():
    assert TokenTable(TABLE.ids.copy(), (STEP, LENGTH)) == TABLE
    assert TokenTable(TABLE.ids, (STEP, STEP)) != TABLE
    assert TokenTable(TABLE.ids[:1], (STEP, LENGTH)) != TABLE
    assert TABLE.ids.tolist() != TABLE
