"""Time since the last, pitch, whole velocity: beside tiny literal scores."""

import numpy as np
import pytest

from partimento.codecs import codec_of
from partimento.score import from_notes
from partimento.tokens import TokenTable

LASTING, RINGING = codec_of("events"), codec_of("events", release="next-event")


def music(codec, score):
    return codec.encode(score).describe()[1:-1]


@pytest.mark.parametrize("velocity", [1, 2, 63, 127])
def test_velocities_are_whole(velocity):
    score = from_notes([(0, 500, 60, velocity)])
    assert music(LASTING, score) == [f"time 0 pitch 60 velocity {velocity} duration 50"]
    assert LASTING.decode(LASTING.encode(score)) == score


def test_a_release_is_a_duration_and_never_a_row():
    score = from_notes([(0, 100, 60, 9), (50, 100, 64, 9)])
    assert [row.split()[-2:] for row in music(LASTING, score)] == [["duration", "10"], ["duration", "10"]]
    assert music(RINGING, score) == ["time 0 pitch 60 velocity 9", "time 5 pitch 64 velocity 9"]


def test_a_long_note_is_tied_where_durations_are_said():
    assert [row.split()[4] for row in music(LASTING, from_notes([(0, 10_250, 60, 9)])) if "pitch" in row] == [
        "velocity",
        "tie",
    ]


def test_notes_sound_until_the_next_event_and_the_last_for_a_second():
    score = from_notes([(0, 10, 60, 9), (0, 10, 64, 9), (30, 5000, 67, 9), (4000, 10, 60, 9), (4000, 20, 62, 9)])
    assert RINGING.canonical(score).notes["duration"].tolist() == [30, 30, 3970, 1000, 1000]
    assert RINGING.decode(RINGING.encode(score)) == RINGING.canonical(score)


def test_a_kept_note_that_is_said_as_silence_ends_what_sounds():
    table = RINGING.encode(from_notes([(0, 10, 60, 9), (50, 10, 64, 9)]))
    rows = [table.ids[1].tolist(), RINGING.silent(table.ids[2].tolist())]
    assert RINGING.decode(TokenTable(np.array(rows, np.int16), table.columns)) == from_notes([(0, 50, 60, 9)])


def test_where_notes_ring_any_pitch_may_be_struck_again_later_but_not_now():
    grammar = RINGING.grammar()
    for row in RINGING.prefix(from_notes([(0, 10, 60, 9)])).ids.tolist():
        grammar.push(row)
    step, pitch, _ = RINGING.columns
    now, later = (grammar.allowed([step.id("time", steps)])[pitch.id("pitch", 60)] for steps in (0, 1))
    assert later and not now


def test_only_rows_that_say_lengths_can_be_streamed():
    assert LASTING.says_lengths and not RINGING.says_lengths
    assert RINGING.one_row_per_note
