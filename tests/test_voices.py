from itertools import pairwise

from partimento.voices import NAMES, VOICES


def test_the_voices_stand_from_the_soprano_down():
    assert NAMES == ("Soprano", "Alto", "Tenor", "Bass")
    assert all(upper.low > lower.low and upper.high > lower.high for upper, lower in pairwise(VOICES))


def test_a_range_includes_both_its_ends():
    assert all(voice.pitches[0] == voice.low and voice.pitches[-1] == voice.high for voice in VOICES)
