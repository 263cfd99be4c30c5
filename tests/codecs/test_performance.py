"""The 388 events, beside tiny literal scores."""

import numpy as np
import pytest

from partimento.codecs import codec_of
from partimento.score import from_notes
from partimento.tokens import TokenTable

CODEC = codec_of("performance")
(EVENT,) = CODEC.columns


def music(score):
    return CODEC.encode(score).describe()[1:-1]


def decoded(*events):
    ids = [EVENT.id(*event) if isinstance(event, tuple) else EVENT.id(event) for event in events]
    return CODEC.decode(TokenTable(np.array(ids, np.int16)[:, None], CODEC.columns))


def test_there_are_388_events_beside_begin_and_end():
    assert EVENT.size == 388 + 2


def test_a_note_is_a_velocity_an_on_a_shift_and_an_off():
    assert music(from_notes([(0, 500, 60, 64)])) == ["velocity 16", "on 60", "shift 50", "off 60"]


def test_a_velocity_is_said_where_it_changes():
    rows = music(from_notes([(0, 10, 60, 64), (0, 10, 62, 66), (0, 10, 64, 80)]))
    assert rows[:5] == ["velocity 16", "on 60", "on 62", "velocity 20", "on 64"]


def test_offs_stand_before_ons_each_in_rising_pitch():
    rows = music(from_notes([(0, 10, 62, 4), (0, 10, 60, 4), (10, 10, 60, 4), (10, 10, 59, 4)]))
    assert rows[4:8] == ["off 60", "off 62", "on 59", "on 60"]


@pytest.mark.parametrize(("gap_ms", "shifts"), [(1000, [100]), (1010, [100, 1]), (2000, [100, 100]), (10, [1])])
def test_gaps_are_said_in_as_few_shifts_as_possible(gap_ms, shifts):
    rows = music(from_notes([(0, gap_ms, 60, 64)]))
    assert [row for row in rows if "shift" in row] == [f"shift {n}" for n in shifts]


def test_an_off_without_an_on_says_nothing_and_an_open_note_ends_with_the_music():
    score = decoded("begin", ("off", 50), ("velocity", 16), ("on", 60), ("shift", 50), ("off", 61), ("shift", 50))
    assert score == from_notes([(0, 1000, 60, 66)])


def test_an_on_of_a_sounding_pitch_cuts_it():
    score = decoded(("velocity", 1), ("on", 60), ("shift", 2), ("on", 60), ("shift", 3), ("off", 60))
    assert score == from_notes([(0, 20, 60, 6), (20, 30, 60, 6)])


def test_events_after_an_end_say_nothing():
    assert len(decoded("end", ("velocity", 1), ("on", 60), ("shift", 2))) == 0


@pytest.mark.parametrize(
    ("before", "forbidden"),
    [
        (["begin"], ("on", 60)),  # without a velocity
        (["begin", ("velocity", 9), ("on", 60)], ("on", 60)),
        (["begin", ("velocity", 9), ("on", 60)], ("on", 59)),
        (["begin", ("velocity", 9), ("on", 60)], ("off", 60)),  # a note lasts at least a step
        (["begin", ("velocity", 9), ("on", 60)], ("velocity", 9)),
        (["begin", ("velocity", 9), ("on", 60)], ("end",)),
        (["begin", ("shift", 5)], ("shift", 5)),
        (["begin", ("shift", 5)], ("end",)),
        (["begin", ("velocity", 9)], ("velocity", 8)),
    ],
)
def test_the_grammar_forbids_what_is_never_written(before, forbidden):
    grammar = CODEC.grammar()
    for event in before:
        grammar.push([EVENT.id(*event) if isinstance(event, tuple) else EVENT.id(event)])
    assert not grammar.allowed([])[EVENT.id(*forbidden)]
