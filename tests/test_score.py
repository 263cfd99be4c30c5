import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from music import scores

from partimento.score import NOTE, PEDAL, TEMPO, Provenance, Score, from_notes, table


def with_tempi(*changes):
    return Score(table(NOTE), 480, tempi=table(TEMPO, changes))


def test_notes_stand_by_onset_then_pitch_then_track():
    rows = [(5, 1, 60, 9, 0), (0, 1, 72, 9, 0), (0, 2, 60, 9, 1), (0, 3, 60, 9, 0)]
    assert [row[1] for row in Score(table(NOTE, rows)).notes.tolist()] == [3, 2, 1, 1]


def test_a_score_cannot_be_written_into():
    score = from_notes([(0, 1, 60, 64)])
    with pytest.raises(ValueError, match="read-only"):
        score.notes["pitch"] = 61


def test_what_a_score_was_made_from_stays_as_it_was():
    rows = np.array([(9, 1, 60, 64, 0), (0, 1, 60, 64, 0)], NOTE)
    Score(rows)
    rows["onset"][0] = 8
    assert rows["onset"].tolist() == [8, 0]


def test_scores_are_equal_where_the_music_is():
    notes = table(NOTE, [(0, 1, 60, 64, 0)])
    assert Score(notes, title="a") == Score(notes, provenance=Provenance("b"))
    assert Score(notes) != Score(notes, 96)
    assert Score(notes) != Score(notes, pedals=table(PEDAL, [(0, 1, 0)]))
    assert Score(notes) != notes


@pytest.mark.parametrize(
    ("notes", "pedals", "end"), [([], [], 0), ([(0, 9, 60, 1, 0), (5, 1, 61, 1, 0)], [], 9), ([], [(0, 7, 0)], 7)]
)
def test_a_score_ends_with_its_last_note_or_pedal(notes, pedals, end):
    assert Score(table(NOTE, notes), pedals=table(PEDAL, pedals)).end == end


def test_without_a_tempo_there_are_120_quarters_to_the_minute():
    assert with_tempi().seconds(480) == 0.5
    assert with_tempi((960, 60.0)).seconds(np.array([480, 1440])).tolist() == [0.5, 2.0]


def test_seconds_follow_every_tempo_change():
    score = with_tempi((0, 60.0), (480, 120.0), (960, 30.0))
    assert score.seconds(np.array([0, 480, 960, 1440])).tolist() == [0.0, 1.0, 1.5, 3.5]


@given(score=scores, at=st.lists(st.integers(0, 20_000)))
def test_ticks_are_the_inverse_of_seconds(score, at):
    assert score.ticks(score.seconds(np.array(at, int))).tolist() == at


@given(score=scores)
def test_duration_is_the_time_of_the_end(score):
    assert score.duration_s == score.seconds(score.end) >= 0


def test_other_notes_leave_the_maps_as_they_are():
    changed = with_tempi((0, 60.0)).with_notes(table(NOTE, [(0, 1, 60, 64, 0)]))
    assert len(changed) == 1 and changed.tempi.tolist() == [(0, 60.0)] and changed.ticks_per_quarter == 480
