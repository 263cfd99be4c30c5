"""Which part of a file is which voice."""

import pytest
from sheets import sheet

from partimento.compose.melody_parts import parts, voices_said
from partimento.errors import InputError, UnknownName, UsageError

HIGH, LOW = [(67, 16)], [(48, 16)]


def voices(score, *said):
    """Pitch by voice of one-note parts."""
    found = parts(score, "a.mid", said)
    return dict(zip(found.score.notes["track"].tolist(), found.score.notes["pitch"].tolist(), strict=True))


def test_a_single_part_is_the_soprano_unless_it_is_named_or_one_says_otherwise():
    assert voices(sheet(HIGH, names=("Flute",))) == {0: 67}
    assert voices(sheet(HIGH, names=("TENOR",))) == {2: 67}
    assert voices(sheet(HIGH, names=("Tenor",)), 1) == {1: 67}


def test_parts_are_known_by_their_names_in_any_order():
    assert voices(sheet(LOW, HIGH, names=("Bass", "S."))) == {3: 48, 0: 67}


def test_four_parts_without_names_are_taken_in_their_order_and_the_other_way_round_where_they_rise():
    falling = sheet(*[[(pitch, 16)] for pitch in (67, 64, 60, 48)], names=("Piano",) * 4)
    rising = sheet(*[[(pitch, 16)] for pitch in (48, 60, 64, 67)], names=("Piano",) * 4)
    assert voices(falling) == voices(rising) == {0: 67, 1: 64, 2: 60, 3: 48}
    assert "from the last up" in parts(rising, "a.krn").remarks[0]


def test_beside_four_named_voices_other_parts_are_left_out_and_told():
    choir = sheet(HIGH, HIGH, HIGH, HIGH, LOW, names=("Soprano", "Alto", "Tenor", "Bass", "Horn"))
    found = parts(choir, "a.xml")
    assert found.voices == (0, 1, 2, 3) and "Horn" in found.remarks[0] and len(found.score) == 4


@pytest.mark.parametrize("names", [("Flute", "Oboe"), ("Soprano", "Soprano"), ("a", "b", "c", "d", "e")])
def test_parts_that_may_be_any_voice_are_refused(names):
    with pytest.raises(InputError, match=f"a.mid: has {len(names)} parts .*; give a melody"):
        parts(sheet(*[HIGH] * len(names), names=names), "a.mid")


def test_a_file_without_notes_is_refused():
    with pytest.raises(InputError, match="has no notes"):
        parts(sheet([(None, 16)]), "a.mid")


def test_one_part_cannot_be_two_voices():
    with pytest.raises(UsageError, match=r"--keep soprano,bass: a.mid has one part"):
        parts(sheet(HIGH), "a.mid", (0, 3))


def test_voices_are_named_with_commas_or_by_their_letters():
    assert voices_said("--keep", "Bass, alto") == voices_said("--keep", ["b", "A"]) == (1, 3)
    with pytest.raises(UnknownName, match=r"'sopran'.*did you mean soprano.*--keep"):
        voices_said("--keep", "sopran")
