"""Voices on the grid of 16ths."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import melody

from partimento.compose.melody_grid import divisible, on_grid
from partimento.errors import InputError
from partimento.score import METRE, NOTE, Score, table
from partimento.voices import NAMES


def voice(*rows, quarter=480):
    """A soprano of (onset, duration, pitch) in ticks, in 4/4."""
    notes = table(NOTE, [(onset, duration, pitch, 80, 0) for onset, duration, pitch in rows])
    return Score(notes, quarter, metres=table(METRE, [(0, 4, 4)]), tracks=NAMES)


def times(score):
    return [(int(note["onset"]), int(note["duration"])) for note in score.notes]


def test_what_stands_on_the_grid_stays_as_it_is():
    score = voice((0, 480, 60), (480, 120, 62), (600, 360, 64))
    assert on_grid(score, "a.mid") == (score, [])


def test_triplets_are_moved_to_the_nearest_16th_and_told():
    placed, (moved,) = on_grid(voice((0, 160, 60), (160, 160, 62), (320, 160, 64), (480, 480, 65)), "a.mid")
    assert times(placed) == [(0, 120), (120, 240), (360, 120), (480, 480)]
    assert moved.startswith("2 notes between 16ths (triplets?) moved to the nearest: bar 1, beat 1.333; bar 1, beat 1.")


def test_more_than_half_off_the_grid_is_refused():
    with pytest.raises(
        InputError, match=r"a.mid: 2 of 3 notes begin between 16ths, the first at bar 1, beat 1.25.*quantise"
    ):
        on_grid(voice((0, 100, 60), (121, 100, 62), (245, 100, 64)), "a.mid")


def test_notes_that_are_let_go_a_little_early_reach_the_next():
    assert times(on_grid(voice((0, 1800, 60), (1920, 456, 62)), "a.mid")[0]) == [(0, 1920), (1920, 480)]
    assert times(on_grid(voice((0, 480, 60), (960, 480, 62)), "a.mid")[0]) == [(0, 480), (960, 480)]


def test_an_end_between_16ths_is_told():
    placed, remarks = on_grid(voice((0, 400, 60), (960, 480, 62)), "a.mid")
    assert times(placed) == [(0, 360), (960, 480)] and remarks == ["1 note given an end on a 16th: bar 1, beat 1"]


def test_of_two_notes_within_a_16th_the_later_stays():
    placed, remarks = on_grid(voice((0, 40, 62), (40, 440, 60), (480, 480, 60), (960, 480, 60)), "a.mid")
    assert placed.notes["pitch"].tolist() == [60, 60, 60] and any(
        "1 note dropped, where the next" in line for line in remarks
    )


def test_notes_held_a_little_into_the_next_are_cut_there():
    assert times(on_grid(voice((0, 500, 60), (480, 480, 62)), "a.mid")[0]) == [(0, 480), (480, 480)]


@pytest.mark.parametrize("second", [(0, 480, 64), (240, 480, 64)])
def test_two_notes_at_once_are_refused_with_their_place(second):
    where = f"bar 1, beat {1 + second[0] / 480:g}"
    with pytest.raises(InputError, match=f"two notes at once in the soprano, {where}; give one voice to a part"):
        on_grid(voice((0, 480, 60), second), "a.mid")


def test_ticks_that_make_no_16ths_are_made_finer():
    assert times(divisible(voice((0, 6, 60), quarter=6), "a.mid")) == [(0, 12)]
    with pytest.raises(InputError, match="32767 ticks to the quarter make no 16ths"):
        divisible(voice((0, 6, 60), quarter=32767), "a.mid")


def test_metres_and_fermatas_come_along():
    score = replace(melody(60, 62), metres=table(METRE, [(0, 1, 4), (4, 3, 4)]))
    assert on_grid(score, "a.mid")[0].metres.tolist() == [(0, 1, 4), (4, 3, 4)]


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 300)), min_size=1, max_size=12))
def test_whatever_is_taken_stands_on_the_grid_one_note_at_a_time(steps):
    rows, onset = [], 0
    for duration, gap in steps:
        rows.append((onset, duration, 60))
        onset += duration + gap
    try:
        placed, _ = on_grid(voice(*rows), "a.mid")
    except InputError as error:
        assert "between 16ths" in str(error)
        return
    onsets, releases = placed.notes["onset"], placed.releases
    assert not (onsets % 120).any() and not (releases % 120).any() and (placed.notes["duration"] > 0).all()
    assert (onsets[1:] >= releases[:-1]).all()
