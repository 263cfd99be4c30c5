from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from music import scores

from partimento.errors import UsageError, WorkFailed
from partimento.prompt import (
    Length,
    Prompt,
    Span,
    accompaniment,
    check_kept,
    continuation,
    filling,
    from_nothing,
    leading,
    woven,
)
from partimento.score import FERMATA, NOTE, PEDAL, TEMPO, Score, from_notes, table

FOUR = from_notes([(0, 100, 60, 64), (100, 100, 62, 64), (200, 100, 64, 64), (300, 100, 65, 64)])


def onsets(score):
    return score.notes["onset"].tolist()


@pytest.mark.parametrize(
    ("span", "covered"),
    [
        (Span(), [0, 100, 200, 300]),
        (Span(100), [100, 200, 300]),
        (Span(100, 300), [100, 200]),
        (Span(0, None, range(62, 65)), [100, 200]),
        (Span(0, 400, track=1), []),
    ],
)
def test_a_span_covers_onsets_pitches_and_a_track(span, covered):
    assert FOUR.notes["onset"][span.covers(FOUR.notes)].tolist() == covered


def test_what_no_span_covers_is_kept():
    assert onsets(Prompt(FOUR, (Span(0, 100), Span(300, 400))).kept) == [100, 200]


@pytest.mark.parametrize("length", [{"seconds": 0}, {"seconds": 36_001}, {"notes": -1}, {"seconds": float("nan")}])
def test_a_length_out_of_range_is_refused(length):
    with pytest.raises(UsageError, match="out of range"):
        Length(**length)


def test_a_length_is_said_one_way():
    with pytest.raises(UsageError, match="--seconds and --notes both"):
        Length(5.0, 9)


def test_from_nothing_everything_is_free():
    prompt = from_nothing(Length(notes=3))
    assert prompt.is_continuation and not len(prompt.kept) and prompt.length.notes == 3


def test_a_whole_primer_is_kept_and_goes_on_after_its_last_onset():
    prompt = continuation(FOUR)
    assert onsets(prompt.kept) == onsets(FOUR) and prompt.free == (Span(301),) and prompt.is_continuation


def test_of_a_primer_as_much_is_kept_as_is_asked_for():
    prompt = continuation(replace(FOUR, pedals=table(PEDAL, [(50, 90, 0), (220, 290, 0)])), primer_s=0.2)
    assert onsets(prompt.kept) == [0, 100] and prompt.free == (Span(200),)
    assert prompt.score.pedals.tolist() == [(50, 90, 0)]


@pytest.mark.parametrize(("primer_s", "release"), [(0.2, 200), (0.9, 900), (None, 900)])
def test_a_pedal_is_lifted_where_a_primer_is_cut_and_only_there(primer_s, release):
    prompt = continuation(replace(FOUR, pedals=table(PEDAL, [(50, 900, 0)])), primer_s=primer_s)
    assert prompt.score.pedals.tolist() == prompt.kept.pedals.tolist() == [(50, release, 0)]


@pytest.mark.parametrize(("primer", "seconds"), [(from_notes([]), None), (from_notes([(500, 1, 60, 64)]), 0.1)])
def test_a_primer_without_notes_is_refused(primer, seconds):
    with pytest.raises(UsageError, match="no notes in the part asked for"):
        continuation(primer, primer_s=seconds)


def test_filling_and_accompaniment_say_what_is_free():
    gap = filling(FOUR, 100, 300)
    assert onsets(gap.kept) == [0, 300] and not gap.is_continuation
    beside = accompaniment(FOUR)
    assert beside.kept == FOUR and beside.free == (Span(0, 400, track=1),)
    assert beside.score.tracks == ("Piano", "Accompaniment") and not beside.is_continuation


def test_what_is_written_is_woven_into_the_grid_of_the_prompt():
    slow = Score(table(NOTE, [(0, 96, 60, 64, 0), (960, 96, 60, 64, 0)]), 96, tempi=table(TEMPO, [(0, 60.0)]))
    result = woven(filling(slow, 96, 960), from_notes([(2000, 500, 72, 50)]))
    assert [row[:3] for row in result.notes.tolist()] == [(0, 96, 60), (192, 48, 72), (960, 96, 60)]
    assert result.tempi.tolist() == [(0, 60.0)]


def test_a_written_note_is_cut_where_a_kept_one_sounds():
    prompt = filling(FOUR, 0, 300)
    result = woven(prompt, from_notes([(250, 200, 65, 9), (299, 1, 64, 9)]))
    assert [row[:3] for row in result.notes.tolist()] == [(250, 50, 65), (299, 1, 64), (300, 100, 65)]


def test_a_written_note_does_not_end_a_kept_one_that_still_sounds():
    prompt = continuation(from_notes([(0, 1000, 60, 64)]))
    result = woven(prompt, from_notes([(200, 300, 60, 9), (996, 54, 60, 9), (300, 50, 62, 9)]))
    assert [row[:3] for row in result.notes.tolist()] == [(0, 1000, 60), (300, 50, 62), (1000, 50, 60)]


def test_an_accompaniment_goes_to_its_own_track():
    result = woven(accompaniment(FOUR), from_notes([(0, 50, 40, 9)]))
    assert [(row[2], row[4]) for row in result.notes.tolist()[:2]] == [(40, 1), (60, 0)]


def test_a_written_note_gives_way_to_a_kept_one_on_its_pitch_and_tick():
    result = woven(accompaniment(FOUR), from_notes([(100, 50, 62, 9), (100, 50, 50, 9)]))
    assert [row[2] for row in result.notes.tolist() if row[4] == 1] == [50]


@given(score=scores, written=scores, start=st.integers(0, 9000), length=st.integers(1, 9000))
def test_weaving_keeps_what_was_to_be_kept(score, written, start, length):
    prompt = filling(score, start, start + length)
    check_kept(prompt, woven(prompt, written))


@pytest.mark.parametrize("change", [{"pitch": 61}, {"velocity": 63}, {"duration": 99}, {"onset": 1}])
def test_a_result_that_changes_a_kept_note_is_refused(change):
    notes = FOUR.notes.copy()
    for name, value in change.items():
        notes[name][0] = value
    with pytest.raises(WorkFailed, match="nothing was saved"):
        check_kept(filling(FOUR, 100, 200), FOUR.with_notes(notes))


def test_a_result_on_another_grid_is_refused():
    with pytest.raises(WorkFailed, match="nothing was saved"):
        check_kept(filling(FOUR, 100, 200), replace(FOUR, ticks_per_quarter=96))


@pytest.mark.parametrize(
    ("pedal", "kept"),
    [
        ((50, 90), [(50, 90, 0)]),
        ((50, 250), [(50, 250, 0)]),
        ((150, 250), []),
        ((150, 350), [(300, 350, 0)]),
        ((300, 350), [(300, 350, 0)]),
    ],
)
def test_a_pedal_that_goes_down_in_a_gap_is_free_up_to_its_end(pedal, kept):
    prompt = filling(replace(FOUR, pedals=table(PEDAL, [(*pedal, 0)])), 100, 300)
    assert prompt.kept.pedals.tolist() == kept


def test_what_is_written_of_the_pedal_stays_in_the_gap_and_off_a_kept_one():
    prompt = filling(replace(FOUR, pedals=table(PEDAL, [(50, 150, 0), (300, 350, 0)])), 100, 300)
    written = replace(from_notes([]), pedals=table(PEDAL, [(120, 200, 0), (250, 900, 0)]))
    assert woven(prompt, written).pedals.tolist() == [(50, 150, 0), (150, 200, 0), (250, 300, 0), (300, 350, 0)]


def test_what_is_led_up_to_stands_behind_the_free_seconds_with_all_its_maps():
    score = replace(FOUR, tempi=table(TEMPO, [(0, 60.0), (200, 90.0)]), fermatas=table(FERMATA, [(0,)]))
    prompt = leading(score, 2.0)
    start = int(replace(score, tempi=score.tempi[:1]).ticks(2.0))
    assert onsets(prompt.kept) == [start + onset for onset in onsets(score)] and prompt.free == (Span(0, start),)
    assert prompt.score.tempi.tolist() == [(0, 60.0), (start + 200, 90.0)]
    assert prompt.score.fermatas.tolist() == [(start,)]


def test_what_is_written_of_the_pedal_never_stands_behind_the_gap():
    prompt = filling(replace(FOUR, pedals=table(PEDAL, [(50, 350, 0)])), 100, 300)
    written = replace(from_notes([]), pedals=table(PEDAL, [(250, 600, 0)]))
    assert woven(prompt, written).pedals.tolist() == [(50, 350, 0)]
