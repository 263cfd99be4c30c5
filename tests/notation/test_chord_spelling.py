"""Names by chords and by where a note goes; places on the line of fifths: C 0, D 2, E 4, F sharp 6, E flat -3."""

import numpy as np

from partimento.notation.chord_spelling import in_chords, led_on

C_MAJOR = np.zeros(3, np.int64)
FREE = np.zeros(3, np.bool_)


def chord(pitches, places):
    onsets = np.zeros(len(pitches), np.int64)
    return [each.tolist() for each in in_chords(np.array(places), onsets, onsets + 4, np.array(pitches))]


def test_the_third_of_a_dominant_is_named_after_the_rest():
    assert chord([51, 59, 66, 69], [-3, 5, 6, 3]) == [[9, 5, 6, 3], [True] * 4]  # E flat, B, F sharp, A


def test_a_chord_of_good_names_keeps_them():
    assert chord([48, 51, 55], [0, -3, 1]) == [[0, -3, 1], [True] * 3]


def test_what_is_no_such_chord_is_left_as_it_is():
    assert chord([48, 51, 54], [0, -3, 6]) == [[0, -3, 6], [False] * 3]


def test_a_chromatic_note_that_rises_is_named_after_the_degree_below():
    assert led_on(np.array([2, -3, 4]), np.array([62, 63, 64]), C_MAJOR, FREE).tolist() == [2, 9, 4]


def test_not_where_it_falls_or_a_chord_has_settled_it():
    assert led_on(np.array([4, -3, 2]), np.array([64, 63, 62]), C_MAJOR, FREE).tolist() == [4, -3, 2]
    assert led_on(np.array([2, -3, 4]), np.array([62, 63, 64]), C_MAJOR, ~FREE).tolist() == [2, -3, 4]


def test_nor_further_than_five_sharps_from_the_scale():
    assert led_on(np.array([0, -2, 5]), np.array([60, 70, 71]), C_MAJOR, FREE).tolist() == [0, -2, 5]  # B flat, B
