"""What a musician gives, read and checked."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from sheets import melody as quarters
from sheets import sheet

from partimento import midi
from partimento.compose.melody import Said, check_singable, melody, metre_of, music
from partimento.errors import InputError, UnknownName, UsageError
from partimento.notation import to_musicxml
from partimento.score import KEY, METRE, table
from partimento.voices import NAMES

TUNE = quarters(67, 69, 71, 72, 74, 72, 71, 69, 67, 66, 67, 62)
needs_music21 = pytest.mark.skipif(find_spec("music21") is None, reason='needs pip install "partimento[score]"')
BARE = replace(TUNE, metres=table(METRE), keys=table(KEY))


def test_what_a_file_says_stays():
    found = melody(TUNE, "a.mid")
    assert found.score == TUNE and found.score.tracks == NAMES and found.voices == (0,)
    assert found.remarks == ("key: c-major, as the file has it; --key NAME says another",)


def test_what_it_does_not_say_is_bars_of_four_and_the_key_of_its_notes():
    found = melody(BARE, "a.mid")
    assert found.score.metres.tolist() == [(0, 4, 4)] and found.score.keys.tolist() == [(0, 1, False)]
    assert found.remarks == ("key: g-major, estimated; --key NAME says another",)


def test_what_one_says_goes_before_the_file():
    said = melody(replace(TUNE, metres=table(METRE, [(4, 4, 4)])), "a.mid", Said("e-minor", "3/4", "1,3")).score
    assert said.metres.tolist() == [(4, 3, 4)] and said.keys.tolist() == [(0, 1, True)]
    assert said.fermatas["onset"].tolist() == [8, 32]


def test_a_file_that_is_not_there_is_told_with_the_kinds_that_are_read(tmp_path):
    with pytest.raises(InputError, match=r"there is no such file; give MIDI \(.mid\), MusicXML or kern \(.musicxml"):
        music(tmp_path / "nothing.mid")


def test_a_fermata_on_every_part_is_one():
    four = sheet([(67, 8), (72, 8)], [(64, 12), (60, 4)], [(60, 16)], [(48, 16)], fermatas=(0, 8, 12))
    assert melody(four, "a.mid").score.fermatas["onset"].tolist() == [8]


def test_transposing_moves_notes_and_keys():
    moved = melody(TUNE, "a.mid", Said(transpose=-5)).score
    assert (TUNE.notes["pitch"] - moved.notes["pitch"] == 5).all() and moved.keys.tolist() == [(0, 1, False)]
    with pytest.raises(UsageError, match=r"--transpose 49 is out of range: -48 to 48"):
        Said(transpose=49)


def test_less_than_a_beat_is_refused():
    with pytest.raises(InputError, match="lasts 3 16ths, which is shorter than a beat"):
        melody(sheet([(60, 3)]), "a.mid")
    assert melody(sheet([(60, 2)], metre=(0, 6, 8)), "a.mid").score.end == 2


@pytest.mark.parametrize("metre", [(0, 5, 32), (0, 3, 1), (0, 9, 4), (16, 1, 32)])
def test_a_metre_that_is_not_known_is_refused_with_its_place(metre):
    rows = sorted({(0, 4, 4), metre}) if metre[0] else [metre]
    score = replace(TUNE, metres=table(METRE, rows))
    with pytest.raises(InputError, match=f"the metre {metre[1]}/{metre[2]} at bar {1 + metre[0] // 16}.*--metre 4/4"):
        melody(score, "a.mid")
    assert melody(score, "a.mid", Said(metre="4/4")).score.metres.tolist() == [(0, 4, 4)]


@pytest.mark.parametrize("text", ["4", "4/5", "0/4", "9/4", "x", "4/0", "5/32"])
def test_what_is_no_metre_is_refused(text):
    with pytest.raises(UsageError, match=f"--metre {text}: a metre has bars of whole 16ths"):
        metre_of(text)


def test_a_key_that_there_is_not():
    with pytest.raises(UnknownName, match="did you mean g-minor"):
        melody(TUNE, "a.mid", Said(key="g-minr"))


def kept(*pitches, voice=0):
    score = quarters(*pitches)
    notes = score.notes.copy()
    notes["track"] = voice
    return replace(score, notes=notes, tracks=NAMES)


def test_a_note_out_of_range_is_refused_with_what_brings_it_in():
    check_singable(kept(57, 81), "a.mid")
    with pytest.raises(InputError, match=r"bar 1, beat 2: C#6 is beyond .* soprano, A3 to A5; say --transpose -4"):
        check_singable(kept(62, 85), "a.mid")
    with pytest.raises(InputError, match=r"bar 1, beat 1: C3 .*; say --transpose 12; or say --keep tenor$"):
        check_singable(kept(48, 60), "a.mid")
    with pytest.raises(InputError, match=r"A5; leave --transpose out$"):
        check_singable(kept(62, 85), "a.mid", transposed=4)
    with pytest.raises(InputError, match="no transposition brings all notes in, so move some by octaves"):
        check_singable(kept(30, 85), "a.mid")


def test_what_brings_one_voice_in_takes_no_other_out():
    pair = kept(60, 85).notes, kept(36, 66, voice=3).notes
    with pytest.raises(InputError, match="no transposition"):
        check_singable(replace(kept(60), notes=np.concatenate(pair)), "a.mid")


def test_a_midi_file_that_says_no_tempo_has_120_and_its_pickup_bar_is_a_pickup(tmp_path):
    midi.write(replace(TUNE, metres=table(METRE, [(0, 1, 4), (4, 4, 4)])), tmp_path / "a.mid")
    score, name, remarks = music(tmp_path / "a.mid")
    assert score.metres.tolist() == [(4, 4, 4)] and score.tempi.tolist() == [(0, 120.0)]
    assert name == "a.mid" and not remarks


def test_a_score_is_taken_as_it_is():
    assert music(TUNE) == (TUNE, "the score", [])


@needs_music21
def test_notation_is_read_with_what_was_dropped(tmp_path):
    (tmp_path / "a.musicxml").write_bytes(to_musicxml(TUNE))
    score, name, remarks = music(tmp_path / "a.musicxml")
    assert score.notes["pitch"].tolist() == TUNE.notes["pitch"].tolist()
    assert name == "a.musicxml" and not remarks
