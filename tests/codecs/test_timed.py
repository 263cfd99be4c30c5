"""Step, pitch and duration in whole milliseconds, beside tiny literal scores."""

from dataclasses import replace

import pytest

from partimento.codecs import codec_of
from partimento.score import PEDAL, from_notes, table

CODEC, FOLDED = codec_of("timed"), codec_of("timed", pedal="folded")
PEDALLED = replace(from_notes([(0, 100, 60, 64)]), pedals=table(PEDAL, [(50, 400, 0)]))


def music(score, codec=CODEC):
    return codec.encode(score).describe()[1:-1]


def test_a_row_says_step_pitch_and_duration_to_the_millisecond():
    score = from_notes([(3, 501, 60, 64), (250, 1, 72, 127)])
    assert music(score) == ["time 3 pitch 60 duration 501", "time 247 pitch 72 duration 1"]
    assert [column.name for column in CODEC.columns] == ["step", "pitch", "duration"]


def test_every_velocity_comes_back_as_100():
    said = CODEC.decode(CODEC.encode(from_notes([(0, 10, 60, 1), (5, 10, 62, 127)])))
    assert said.notes["velocity"].tolist() == [100, 100]


def test_a_note_is_cut_at_ten_seconds():
    assert music(from_notes([(0, 10_001, 60, 64)])) == ["time 0 pitch 60 duration 10000"]


@pytest.mark.parametrize(
    ("gap", "rows"),
    [
        (4999, ["time 4999 pitch 60 duration 7"]),
        (5000, ["wait none none", "time 0 pitch 60 duration 7"]),
        (12_001, ["wait none none"] * 2 + ["time 2001 pitch 60 duration 7"]),
    ],
)
def test_a_gap_of_five_seconds_or_more_is_said_with_waits(gap, rows):
    assert music(from_notes([(gap, 7, 60, 64)])) == rows


def test_the_pedal_is_dropped_or_folded_into_the_lengths():
    assert music(PEDALLED) == ["time 0 pitch 60 duration 100"]
    assert music(PEDALLED, FOLDED) == ["time 0 pitch 60 duration 400"]
    assert "the pedal" in CODEC.unsaid and "the pedal" not in FOLDED.unsaid


def test_ids_fit_the_table():
    assert all(column.size < 2**15 for column in CODEC.columns)
