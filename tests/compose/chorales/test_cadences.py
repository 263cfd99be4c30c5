"""Where phrases and pieces end, and what a pitch costs there; durations are 16ths, rows one more."""

import numpy as np
import pytest
from choristers import CODEC, UniformChoir
from sheets import sheet

from partimento.audit.harmony import harmony
from partimento.compose.chorales.cadences import CLOSE, PHRASE, Cadences, cadences_of
from partimento.compose.chorales.layout import laid_out
from partimento.compose.chorales.manner import Manner
from partimento.compose.chorales.prompts import freed, from_nothing
from partimento.compose.chorales.write import write
from partimento.voices import NAMES

TENOR, BASS = 2, 3
C_MAJOR, C_MINOR, E_MAJOR = 0, 12, 4
TUNE = [(67, 4), (69, 6), (71, 6), (74, 4), (72, 12)]


def rows(found):
    return [np.flatnonzero(each).tolist() for each in (found.ends, found.close)]


def costs(frame, voice, pitches, tonic=C_MAJOR, close=True):
    ends = Cadences(np.array([True]), np.array([close]), np.array([tonic]))
    found = ends.costs(np.array([0]), np.array([frame]), voice, np.array(pitches))
    return [each[0].tolist() for each in found]


def test_a_phrase_ends_with_the_kept_sopranos_note_the_piece_with_its_last():
    layout = laid_out(CODEC, freed(sheet(TUNE, [], [], [], fermatas=(10,)), NAMES[1:]))
    assert rows(cadences_of(layout)) == [[*range(11, 17)], [*range(21, 33)]]


def test_from_nothing_a_phrase_ends_on_a_beat_the_piece_with_the_last_fermata():
    layout = laid_out(CODEC, from_nothing(2, (4, 4), fermatas=[1, 2]))
    assert rows(cadences_of(layout)) == [[*range(9, 13), *range(25, 29)], [*range(25, 33)]]


def test_without_fermatas_the_last_beat_is_the_close():
    assert rows(cadences_of(laid_out(CODEC, from_nothing(1)))) == [[], [13, 14, 15, 16]]


def test_the_root_of_the_tonic_is_what_the_bass_may_have():
    close, phrase = costs([72, 67, 64, 0], BASS, [0, 48, 45, 52])
    assert close == [CLOSE, 0, CLOSE, CLOSE] and phrase == [PHRASE, 0, PHRASE, PHRASE]


@pytest.mark.parametrize(("tonic", "close"), [(C_MAJOR, [CLOSE, 0]), (C_MINOR, [0, 0]), (E_MAJOR, [CLOSE, CLOSE])])
def test_the_third_may_be_raised_in_minor_and_not_lowered_in_major(tonic, close):
    assert costs([72, 67, 0, 48], TENOR, [63, 64], tonic) == [close, [0, 0]]


def test_the_last_of_the_upper_voices_has_the_third_if_no_other_has():
    assert costs([72, 67, 0, 0], TENOR, [60, 64])[0] == [CLOSE, 0]
    assert costs([72, 0, 0, 0], TENOR, [60, 64, 62])[0] == [0, 0, CLOSE]


def test_a_phrase_may_rest_on_any_triad_in_root_position():
    close, phrase = costs([71, 67, 62, 0], BASS, [43, 47, 40], close=False)
    assert close == [0, 0, 0] and phrase == [0, PHRASE, PHRASE]


@pytest.mark.parametrize("key", [(0, False), (-3, True)])
def test_a_choir_that_knows_nothing_closes_on_the_tonic(key):
    prompt = from_nothing(2, (4, 4), key, fermatas=[2])
    made = [harmony(each.score) for each in write(UniformChoir(), CODEC, prompt, Manner(), 3)]
    assert sum(each.tonics for each in made) == 3


def test_the_kept_melody_stays_and_the_chord_fits_it():
    tune = sheet(TUNE, [], [], [], key=(0, 0, False))
    (made,) = write(UniformChoir(), CODEC, freed(tune, NAMES[1:]), Manner(), 1)
    notes = made.score.notes
    assert notes[notes["track"] == 0]["pitch"].tolist() == [67, 69, 71, 74, 72] and harmony(made.score).tonics == 1


def test_it_can_be_left_out():
    prompt = from_nothing(1, (4, 4), (0, False))
    plain = Manner(cadences=False, masks=False, rounds=0)
    made = [harmony(each.score).tonics for each in write(UniformChoir(), CODEC, prompt, plain, 8)]
    assert sum(made) < 8
