"""Chords, phrases and closes in sheets of a few beats; durations are 16ths."""

import pytest
from sheets import sheet

from partimento.audit.harmony import Harmony, harmony

C_MAJOR, A_MINOR = (0, 0, False), (0, 0, True)
C, G7, F_SIXTH, CLASH = (72, 67, 64, 48), (71, 65, 62, 55), (72, 65, 60, 57), (72, 67, 65, 50)
A, A_PICARDY = (69, 64, 60, 45), (69, 64, 61, 45)


def chords(*each, key=C_MAJOR, fermatas=()):
    return sheet(*[[(chord[v], 4) for chord in each] for v in range(4)], key=key, fermatas=fermatas)


def test_beats_are_triads_seventh_chords_or_neither():
    found = harmony(chords(C, G7, F_SIXTH, CLASH))
    assert (found.beats, found.triads, found.sevenths) == (4, 2, 1)


@pytest.mark.parametrize(("last", "rests"), [(C, 1), (F_SIXTH, 0), (G7, 0), (CLASH, 0)])
def test_a_phrase_rests_on_a_triad_in_root_position(last, rests):
    found = harmony(chords(G7, last, fermatas=(4,)))
    assert (found.phrases, found.rests) == (1, rests)


@pytest.mark.parametrize(
    ("last", "key", "closes"),
    [
        (C, C_MAJOR, True),
        (A, C_MAJOR, False),
        (A, A_MINOR, True),
        (A_PICARDY, A_MINOR, True),
        (A, (0, 3, False), False),  # in A major its minor triad
        (F_SIXTH, (0, -1, False), False),
    ],
)
def test_a_piece_closes_on_the_triad_of_its_tonic(last, key, closes):
    found = harmony(chords(G7, last, key=key))
    assert (found.closes, found.tonics) == (1, closes)


def test_counts_add_up_and_nothing_has_no_share():
    found = harmony(chords(C, CLASH)) + harmony(chords(C))
    assert found.shares["beats with a triad"] == 2 / 3
    assert "phrases that end on a triad in root position" not in found.shares and Harmony().shares == {}
