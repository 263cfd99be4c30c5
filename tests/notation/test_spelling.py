import pytest
from sheets import melody, sheet

from partimento.notation.spelling import altered, name, spelled

SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


def names(score):
    found = (name(place, pitch) for place, pitch in zip(spelled(score), score.notes["pitch"].tolist(), strict=True))
    return " ".join(f"{letter}{SIGNS[alter]}{octave}" for letter, alter, octave in found)


@pytest.mark.parametrize(
    ("pitches", "key", "spelling"),
    [
        ((67, 66, 67, 70), (0, -2, True), "G4 F#4 G4 Bb4"),
        ((62, 61, 62, 66), (0, 2, False), "D4 C#4 D4 F#4"),
        ((69, 68, 69, 72, 76), (0, 0, True), "A4 G#4 A4 C5 E5"),
        ((64, 63, 64, 67, 71), (0, 1, True), "E4 D#4 E4 G4 B4"),
        ((65, 63, 61, 60), (0, -4, True), "F4 Eb4 Db4 C4"),
        ((68, 67, 68, 71, 75), (0, 5, True), "G#4 F##4 G#4 B4 D#5"),
        ((63, 62, 60, 59, 60), (0, -3, True), "Eb4 D4 C4 B3 C4"),
        ((60, 70, 69, 65), (0, 0, False), "C4 Bb4 A4 F4"),
    ],
)
def test_a_melody_is_spelled_by_its_key(pitches, key, spelling):
    assert names(melody(*pitches, key=key)) == spelling


def test_a_chromatic_descent_in_minor_takes_the_raised_and_the_plain_degrees():
    lament = melody(62, 61, 60, 59, 58, 57, key=(0, -1, True))
    assert names(lament) == "D4 C#4 C4 B3 Bb3 A3"


def test_a_neapolitan_sixth_is_flat():
    chords = [(62, 65, 69, 74), (55, 63, 70, 75), (57, 61, 64, 73), (50, 65, 69, 74)]
    score = sheet(*[[(pitch, 4) for pitch in voice] for voice in zip(*chords, strict=True)], key=(0, -1, True))
    assert "Eb4" in names(score) and "D#" not in names(score) and "C#5" in names(score)


def test_a_piece_without_signature_is_spelled_in_the_scale_that_fits():
    assert names(melody(65, 67, 69, 70, 72, 65, key=None)) == "F4 G4 A4 Bb4 C5 F4"


def test_the_octave_is_that_of_the_letter():
    assert (name(12, 60), name(-7, 59), name(0, 60)) == (("B", 1, 3), ("C", -1, 4), ("C", 0, 4))


def test_a_signature_alters_its_letters():
    assert {letter for letter, by in altered(3).items() if by == 1} == {*"FCG"}
    assert {letter for letter, by in altered(-2).items() if by == -1} == {*"BE"}
    assert not any(altered(0).values())
