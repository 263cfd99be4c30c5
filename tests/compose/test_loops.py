"""The guard keeps what the audit would call a loop from coming about."""

import numpy as np
import pytest

from partimento.audit.loops import looped
from partimento.codecs import codec_of
from partimento.compose.guide import RowGuide
from partimento.compose.loops import LONGEST, SHORTEST, LoopGuard
from partimento.prompt import Length, continuation, from_nothing
from partimento.tokens import TokenTable

NOTES, EVENTS = codec_of("notes"), codec_of("performance")


def refused(rows, chosen=(), codec=EVENTS):
    """The ids that may not come next after ``rows``."""
    guard = LoopGuard(codec.columns)
    for row in rows:
        guard.push(row)
    mask = np.ones(codec.columns[len(chosen)].size, bool)
    return np.flatnonzero(~guard.mask(mask, chosen)).tolist()


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


@pytest.mark.parametrize("other", [99, 5])  # rows of one column are compared exactly
def test_a_passage_that_differs_in_one_row_is_free(other):
    rows = passage(SHORTEST) * 4
    rows[12] = [other]
    assert refused(rows[:-1]) == []


def test_what_came_before_the_passage_does_not_matter():
    assert refused([[77], [78], *passage(SHORTEST) * 4][:-1]) == [SHORTEST - 1]


def circle(step=10, duration=20, times=4, pitch=0, first_step=None):
    """Rows of the notes codec that go round; each argument may be a list, one entry per row."""
    size = SHORTEST * times
    step, duration, pitch = (np.resize(each, size).tolist() for each in (step, duration, pitch))
    rows = [[step[i], 40 + i % SHORTEST + pitch[i], i % 20 + 2, duration[i]] for i in range(size)]
    return [[first_step or rows[0][0], *rows[0][1:]], *rows[1:]]


@pytest.mark.parametrize(
    "rows",
    [circle(), circle(duration=[20, 21, 21]), circle(step=[10, 10, 11]), circle(first_step=90)],
    ids=["other velocities", "durations", "steps", "another step into it"],
)
def test_repetitions_are_equal_to_one_grid_step(rows):
    last = rows[-1]
    assert refused(rows[:-1], last[:1], NOTES) == [last[1]]
    assert refused(rows[:-1], [last[0] + 3], NOTES) == []


@pytest.mark.parametrize("rows", [circle(duration=[20, 22, 24]), circle(step=[10, 12, 14]), circle(pitch=[0, 1, 2])])
def test_repetitions_that_differ_by_more_are_none(rows):
    assert refused(rows[:-1], rows[-1][:1], NOTES) == []


def test_the_pitch_column_alone_is_masked():
    rows = circle()[:-1]
    assert [refused(rows, [10, 47, 5, 20][:column], NOTES) for column in (0, 2, 3)] == [[]] * 3


def test_a_model_that_circles_with_small_changes_is_kept_from_what_the_audit_calls_a_loop():
    guide, generator = RowGuide(NOTES, from_nothing(Length(notes=200))), np.random.default_rng(0)
    for i in range(400):
        if guide.done:
            break
        row = [13 + int(generator.integers(2)), 0, 20, 3 + int(generator.integers(2))]
        pitches = np.flatnonzero(guide.allowed(row[:1]))
        row[1] = 60 + i % 8 if 60 + i % 8 in pitches else int(pitches[-1])
        guide.settle(row)
    notes = NOTES.decode(guide.written).notes
    onsets = notes["onset"] / 1000
    assert len(notes) == 200 and not looped(notes["pitch"].astype(int), onsets, onsets + notes["duration"] / 1000).any()


@pytest.mark.parametrize(("apart", "loops"), [(10, True), (11, False)])
def test_ten_milliseconds_are_as_many_steps_as_the_grid_has(apart, loops):
    codec = codec_of("timed")
    guard = LoopGuard(codec.columns, codec.steps_per_second)
    rows = [[500 + (i // SHORTEST % 2) * apart, 61 + i % SHORTEST, 200] for i in range(4 * SHORTEST)]
    for row in rows[:-1]:
        guard.push(row)
    assert guard.mask(np.ones(129, bool), rows[-1][:1])[rows[-1][1]] != loops


def test_a_continuation_goes_no_fourth_time_round_the_loop_of_its_primer():
    rows = circle()
    primer = NOTES.decode(TokenTable(np.array([[0, 0, 0, 0], *rows[:-1]], np.int16), NOTES.columns))
    guide = RowGuide(NOTES, continuation(primer, Length(notes=20)))
    assert guide.prefix.ids[1:].tolist() == rows[:-1]
    pitches = guide.allowed(rows[-1][:1])
    assert not pitches[rows[-1][1]] and pitches.any()


def test_a_primer_that_is_a_loop_itself_is_continued():
    primer = NOTES.decode(TokenTable(np.array([[0, 0, 0, 0], *circle(times=6)], np.int16), NOTES.columns))
    guide = RowGuide(NOTES, continuation(primer, Length(notes=20)))
    while not guide.done:
        row = []
        for _ in NOTES.columns:
            row.append(int(np.flatnonzero(guide.allowed(row))[-1]))
        guide.settle(row)
    assert guide.written_notes == 20
