"""What of a piece is compared: every note in order, and its melody."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from music import scores

from partimento.originality.lines import melody, texture
from partimento.score import from_notes


def test_notes_that_begin_within_forty_milliseconds_stand_from_low_to_high():
    line = texture(from_notes([(0, 400, 67, 64), (40, 400, 60, 64), (81, 400, 64, 64)]))
    assert line.pitches.tolist() == [60, 67, 64] and line.onsets_ms.tolist() == [40, 0, 81]


def test_a_texture_names_the_rows_of_the_score():
    score = from_notes([(0, 400, 67, 64), (30, 400, 60, 64)])
    assert score.notes["pitch"][texture(score).rows].tolist() == [60, 67]


def test_a_melody_is_on_top_and_not_under_what_still_sounds():
    accompanied = [(0, 1000, 72, 64), (0, 200, 48, 64), (500, 200, 52, 64), (1000, 500, 74, 64)]
    assert melody(from_notes(accompanied)).pitches.tolist() == [72, 74]


def test_an_accompaniment_alone_is_its_own_melody():
    assert melody(from_notes([(0, 100, 48, 64), (500, 100, 52, 64)])).pitches.tolist() == [48, 52]


def test_nothing_has_empty_lines():
    assert len(texture(from_notes([]))) == len(melody(from_notes([]))) == 0


@given(scores)
def test_a_texture_has_every_note_once_and_a_melody_some(score):
    rows = texture(score).rows
    assert sorted(rows.tolist()) == list(range(len(score)))
    assert set(melody(score).rows.tolist()) <= set(rows.tolist())


@given(scores, st.integers(-12, 12))
def test_transposing_moves_every_pitch_alike(score, semitones):
    notes = score.notes.copy()
    notes["pitch"] = np.clip(notes["pitch"].astype(int), 12, 115)
    score = score.with_notes(notes)
    notes = score.notes.copy()
    notes["pitch"] = notes["pitch"].astype(int) + semitones
    assert (texture(score.with_notes(notes)).pitches - texture(score).pitches == semitones).all()
