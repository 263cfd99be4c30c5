from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from music import scores

from partimento import edit
from partimento.score import FERMATA, KEY, METRE, NOTE, PEDAL, TEMPO, Score, from_notes, table


def pedalled(notes, *pedals):
    return replace(from_notes(notes), pedals=table(PEDAL, pedals))


def spans(score):
    return [(on, length, pitch) for on, length, pitch, *_ in score.notes.tolist()]


@pytest.mark.parametrize(
    ("pitch", "semitones", "moved"),
    [(60, 5, 65), (60, -5, 55), (127, 1, 116), (127, 12, 127), (0, -1, 11), (5, -6, 11)],
)
def test_transposing_keeps_within_the_pitches_by_octaves(pitch, semitones, moved):
    assert spans(edit.transpose(from_notes([(0, 9, pitch, 64)]), semitones)) == [(0, 9, moved)]


@given(score=scores, semitones=st.integers(-12, 12))
def test_transposing_keeps_every_pitch_class(score, semitones):
    classes = (score.notes["pitch"].astype(int) + semitones) % 12
    assert sorted(edit.transpose(score, semitones).notes["pitch"] % 12) == sorted(classes)


@pytest.mark.parametrize(
    ("sharps", "semitones", "moved"), [(0, 2, 2), (0, -2, -2), (3, 1, -2), (-1, 7, 0), (6, 12, 6), (-7, 0, -7)]
)
def test_transposing_moves_the_keys_along(sharps, semitones, moved):
    score = replace(from_notes([]), keys=table(KEY, [(0, sharps, True)]))
    assert edit.transpose(score, semitones).keys.tolist() == [(0, moved, True)]


def test_fermatas_stay_with_their_notes():
    score = replace(from_notes([(0, 9, 60, 64), (100, 9, 62, 64)]), fermatas=table(FERMATA, [(0,), (100,)]))
    assert edit.transpose(score, 3).fermatas.tolist() == [(0,), (100,)]
    assert edit.stretch(score, 2.0).fermatas.tolist() == [(0,), (200,)]
    assert edit.excerpt(score, 50, 200).fermatas.tolist() == [(50,)]
    assert edit.opening(score, 0.01).fermatas.tolist() == [(0,), (100,)]


def test_an_opening_is_whole_notes_up_to_the_next_onset():
    score = pedalled([(0, 5000, 60, 64), (1000, 9, 62, 64), (1000, 9, 64, 64), (2000, 9, 65, 64)], (900, 4000, 0))
    assert spans(edit.opening(score, 0.5)) == [(0, 5000, 60), (1000, 9, 62), (1000, 9, 64)]
    assert edit.opening(score, 0.5).pedals.tolist() == [(900, 4000, 0)]
    assert edit.opening(score, 9.0) == score


def test_stretching_moves_onsets_releases_and_pedals():
    score = edit.stretch(pedalled([(10, 5, 60, 64), (20, 1, 62, 64)], (10, 30, 0)), 1.1)
    assert spans(score) == [(11, 5, 60), (22, 1, 62)]
    assert score.pedals.tolist() == [(11, 33, 0)]


@given(score=scores, factor=st.floats(0.5, 2))
def test_a_stretched_note_lasts_at_least_a_tick(score, factor):
    stretched = edit.stretch(score, factor)
    assert len(stretched) == len(score) and (stretched.notes["duration"] > 0).all()


@pytest.mark.parametrize(("velocity", "steps", "louder"), [(64, 10, 74), (120, 10, 127), (5, -10, 1)])
def test_louder_keeps_within_the_velocities(velocity, steps, louder):
    assert edit.louder(from_notes([(0, 9, 60, velocity)]), steps).notes["velocity"].tolist() == [louder]


@pytest.mark.parametrize(("velocity", "factor", "heard"), [(64, 1.1, 70), (120, 1.5, 127), (1, 0.1, 1), (9, 1.0, 9)])
def test_scaled_velocities_are_whole_and_stay_velocities(velocity, factor, heard):
    assert edit.scale_velocities(from_notes([(0, 9, 60, velocity)]), factor).notes["velocity"].tolist() == [heard]


def test_an_excerpt_starts_at_tick_0_and_is_cut_at_its_stop():
    score = pedalled([(0, 50, 60, 64), (10, 5, 62, 64), (15, 90, 64, 64), (20, 5, 65, 64)], (5, 12, 0), (18, 40, 0))
    part = edit.excerpt(score, 10, 20)
    assert spans(part) == [(0, 5, 62), (5, 5, 64)]
    assert part.pedals.tolist() == [(0, 2, 0), (8, 10, 0)]


def test_an_excerpt_brings_what_is_in_force_along():
    maps = {"metres": table(METRE, [(0, 3, 4)]), "keys": table(KEY, [(0, 2, False), (15, 0, True), (30, 1, False)])}
    score = replace(from_notes([(0, 40, 60, 64)]), tempi=table(TEMPO, [(0, 60.0), (10, 90.0)]), **maps)
    part = edit.excerpt(score, 10, 20)
    assert part.tempi.tolist() == [(0, 90.0)] and part.metres.tolist() == [(0, 3, 4)]
    assert part.keys.tolist() == [(0, 2, False), (5, 0, True)]


def test_in_milliseconds_a_tick_is_a_millisecond():
    score = Score(table(NOTE, [(480, 240, 60, 64, 0)]), 480, table(PEDAL, [(0, 480, 0)]), table(TEMPO, [(0, 60.0)]))
    played = edit.in_milliseconds(score)
    assert spans(played) == [(1000, 500, 60)] and played.pedals.tolist() == [(0, 1000, 0)]
    assert played.duration_s == score.duration_s == 1.5 and played.ticks_per_quarter == 500


@given(score=scores)
def test_in_milliseconds_every_onset_keeps_its_time(score):
    played = edit.in_milliseconds(score)
    moved = played.seconds(played.notes["onset"]) - score.seconds(score.notes["onset"])
    assert (abs(moved) <= 0.00051).all() and (played.notes["duration"] > 0).all()


def test_one_track_takes_all_tracks_together():
    rows = [(0, 1, 60, 64, 0), (0, 1, 62, 64, 3)]
    score = Score(table(NOTE, rows), pedals=table(PEDAL, [(0, 5, 0), (3, 9, 3)]), tracks=("Piano", "x", "y", "z"))
    single = edit.one_track(score)
    assert set(single.notes["track"]) == {0} and single.pedals.tolist() == [(0, 9, 0)] and single.tracks == ("Piano",)


@pytest.mark.parametrize(
    ("given_", "joined"),
    [
        ([], []),
        ([(0, 5, 0), (5, 9, 1)], [(0, 9, 0)]),
        ([(0, 20, 0), (5, 9, 0), (10, 12, 0)], [(0, 20, 0)]),
        ([(0, 4, 0), (5, 9, 0)], [(0, 4, 0), (5, 9, 0)]),
    ],
)
def test_pedals_that_meet_or_overlap_become_one(given_, joined):
    assert edit.joined(table(PEDAL, given_)).tolist() == joined


@pytest.mark.parametrize(
    ("release", "folded"), [(9, 9), (10, 20), (15, 20), (20, 20), (25, 25)], ids=lambda tick: f"tick-{tick}"
)
def test_a_note_released_while_the_pedal_is_down_ends_with_it(release, folded):
    score = edit.fold_pedal(pedalled([(0, release, 60, 64)], (10, 20, 0)))
    assert spans(score) == [(0, folded, 60)] and not len(score.pedals)


def test_a_pedalled_note_is_cut_where_its_pitch_sounds_again():
    score = edit.fold_pedal(pedalled([(0, 5, 60, 64), (8, 5, 60, 64)], (0, 20, 0)))
    assert spans(score) == [(0, 8, 60), (8, 12, 60)]


def test_of_notes_on_one_pitch_and_tick_the_loudest_stays_as_long_as_the_longest():
    score = edit.cut_repeats(from_notes([(0, 9, 60, 50), (0, 3, 60, 90), (0, 5, 60, 70)]))
    assert score == from_notes([(0, 9, 60, 90)])


@given(score=scores)
def test_after_cutting_no_pitch_sounds_twice(score):
    cut = edit.cut_repeats(score)
    for pitch in set(cut.notes["pitch"].tolist()):
        alone = cut.notes["pitch"] == pitch
        assert (cut.notes["onset"][alone][1:] >= cut.releases[alone][:-1]).all()
    assert (cut.notes["duration"] > 0).all() and edit.cut_repeats(cut) == cut


@given(score=scores)
def test_folding_shortens_no_note_that_its_pitch_does_not_cut(score):
    cut, folded = edit.cut_repeats(score), edit.fold_pedal(score)
    assume(len(score))
    assert (folded.notes["duration"] >= cut.notes["duration"]).all()


def test_merged_lies_on_the_grid_of_the_first():
    first = replace(from_notes([(5, 1, 60, 64)]), tempi=table(TEMPO, [(0, 90.0)]))
    both = edit.merged(first, pedalled([(0, 1, 62, 64)], (0, 1, 0)))
    assert spans(both) == [(0, 1, 62), (5, 1, 60)] and len(both.pedals) == 1
    assert np.array_equal(both.tempi, first.tempi)
