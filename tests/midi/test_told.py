"""What we wrote among the texts of a MIDI file, read again: licence and credit stay with the music."""

import json

import pytest

from partimento import midi
from partimento.midi.told import LONGEST, told
from partimento.score import from_notes

SCORE = from_notes([(0, 400, 60, 64)])
TOLD = {"partimento": "1", "model": "m", "licence": "CC BY-NC 4.0", "credit": "Ann", "weights_sha256": "0"}


@pytest.mark.parametrize("read", [midi.read, midi.read_isolated])
def test_the_terms_of_a_file_of_ours_stay_with_its_music(read, tmp_path):
    midi.write(SCORE, tmp_path / "a.mid", ("a line", json.dumps(TOLD)))
    origin = read(tmp_path / "a.mid")[0].provenance
    assert (origin.source, origin.licence, origin.credit) == ("a.mid", "CC BY-NC 4.0", "Ann")


def test_the_last_word_counts():
    assert told((json.dumps(TOLD), json.dumps({**TOLD, "model": "n"}), "{"))["model"] == "n"


@pytest.mark.parametrize("text", ["", "{", '{"partimento": 1}', '["partimento"]', '{"partimento":' * 100_000])
def test_what_we_did_not_write_says_nothing(text):
    assert told((text,)) == {}


def test_a_licence_without_end_is_cut(tmp_path):
    midi.write(SCORE, tmp_path / "a.mid", (json.dumps({**TOLD, "licence": "a" * 2 * LONGEST}),))
    assert len(midi.read(tmp_path / "a.mid")[0].provenance.licence) == LONGEST
