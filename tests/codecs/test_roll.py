"""The piano roll: what a cell says, and what the grid loses."""

import numpy as np
import pytest
from hypothesis import given, settings
from music import any_table, generators, legal_table, scores

from partimento.codecs import codec_of
from partimento.codecs.roll import HOLD, ON, REST, cells_of
from partimento.errors import UsageError
from partimento.score import from_notes

ROLL = codec_of("roll")
OTHERS = [codec_of("roll", rate=4, velocities=1), codec_of("roll", rate=20, velocities=32)]
every_other = pytest.mark.parametrize("codec", OTHERS, ids=str)
A0, C8 = 21, 108


def column_of(score, pitch=60, codec=ROLL):
    """The cells of one key."""
    return cells_of(codec.encode(score).ids, codec.columns)[:, pitch - A0].tolist()


def test_a_note_is_struck_in_one_row_and_held_in_the_next():
    assert column_of(from_notes([(100, 300, 60, 70)])) == [REST, ON + 70 // 16, HOLD, HOLD]


def test_a_key_that_is_struck_again_without_a_rest_is_heard_twice():
    again = from_notes([(0, 200, 60, 70), (200, 200, 60, 70)])
    held = from_notes([(0, 400, 60, 70)])
    assert column_of(again) != column_of(held)
    assert len(ROLL.decode(ROLL.encode(again))) == 2 and len(ROLL.decode(ROLL.encode(held))) == 1


def test_two_strokes_within_one_row_are_one():
    assert column_of(from_notes([(0, 30, 60, 70), (40, 200, 60, 90)])) == [ON + 90 // 16, HOLD]


def test_the_keys_at_both_ends_are_kept_and_those_beyond_are_not():
    score = from_notes([(0, 100, pitch, 64) for pitch in (A0 - 1, A0, C8, C8 + 1)])
    assert ROLL.canonical(score).notes["pitch"].tolist() == [A0, C8]


def test_a_hold_of_nothing_is_silent():
    table = ROLL.encode(from_notes([(0, 300, 60, 64)]))
    table.ids[1, 60 - A0] = REST
    assert len(ROLL.decode(table)) == 0


def test_what_stands_after_an_end_is_silent():
    table = ROLL.encode(from_notes([(0, 100, 60, 64)]))
    twice = type(table)(np.concatenate([table.ids, table.ids]), table.columns)
    assert ROLL.decode(twice) == ROLL.decode(table)


def test_rows_from_the_middle_need_no_begin():
    table = ROLL.encode(from_notes([(0, 300, 60, 64)]))
    middle = type(table)(table.ids[1:-1], table.columns)
    assert ROLL.decode(middle) == ROLL.decode(table) and ROLL.times(middle.ids).tolist() == [0, 1, 2]


def test_a_row_says_as_many_notes_as_keys_are_struck():
    row = ROLL.encode(from_notes([(0, 300, 60, 64), (0, 300, 64, 64)])).ids[1].tolist()
    assert ROLL.says_note(row, []) == sum(ROLL.strikes(c)[token] for c, token in enumerate(row)) == 2


@pytest.mark.parametrize(("option", "value"), [("rate", 3), ("rate", 100), ("velocities", 5)])
def test_an_option_out_of_range_is_refused_with_what_is_allowed(option, value):
    with pytest.raises(UsageError, match=rf"{option} {value} of codec roll is out of range: of .*4, .*8"):
        codec_of("roll", **{option: value})


@every_other
@given(score=scores)
@settings(max_examples=15)
def test_every_grid_gives_its_canonical_score_back(codec, score):
    assert codec.decode(codec.encode(score)) == codec.canonical(score)


@every_other
@given(generator=generators)
@settings(max_examples=5)
def test_every_grid_gives_a_legal_table_back_and_takes_any(codec, generator):
    legal = legal_table(codec, generator, 4)
    assert codec.encode(codec.decode(legal)) == legal
    codec.encode(codec.decode(any_table(codec, generator)))
