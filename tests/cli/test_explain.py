"""How surprising a piece is, by the command line: lines, one note in full, JSON, a picture, refusals."""

import json
from pathlib import Path

import pytest
from choir import tiny_choir
from sheets import sheet

from partimento import midi

CHOIR = sheet(*[[(pitch, 16)] for pitch in (67, 64, 60, 48)])


def test_the_most_surprising_notes_are_listed(partimento, primer):
    said = partimento("explain", primer, "mine", "--most", 3)
    assert said.status == 0 and said.err == "mine: unknown, yours to know\n"
    assert len(said.out.splitlines()) == 4 and "nats per note over 60 notes" in said.out


def test_one_note_is_told_in_full(partimento, primer):
    said = partimento("explain", primer, "mine", "--note", 7, "--top", 2)
    assert said.out.startswith("note 7 at ") and said.out.count("%") == 4 * (1 + 2)
    assert partimento("explain", primer, "mine", "--at", 0).out.startswith("note 1 at 0.00 s")


def test_json_and_picture_are_written(partimento, primer):
    said = partimento("explain", primer, "mine", "--out", "new/a.json", "--out", "new/a.svg", "--json").json
    told = json.loads(Path("new/a.json").read_text())
    assert said["files"] == ["new/a.json", "new/a.svg"] and said["nats"] == told["nats"] and "rows" not in said
    assert len(told["note_nats"]) == 60 and "nats per note" in Path("new/a.svg").read_text()


def test_four_voices_are_told_by_bar_and_beat(partimento, tmp_path):
    midi.write(CHOIR, "four.mid")
    said = partimento("explain", "four.mid", tiny_choir(tmp_path / "choir"), "--most", 1)
    assert said.status == 0 and "bar 1, beat 1, " in said.out and "each cell given all others" in said.out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--note", 1, "--at", 2], "--note and --at both name"),
        (["--top", 0], "--top 0 is out of range: 1 to 100"),
        (["--most", 0], "--most 0 is out of range"),
        (["--out", "a.wav"], "unknown file type '.wav'"),
        (["--note", 61], "--note 61 is out of range: the piece has notes 1 to 60"),
        (["--at", 1e6], "--at 1e+06 is out of range"),
    ],
)
def test_what_cannot_be_is_refused(flags, words, partimento, primer):
    said = partimento("explain", primer, "mine", "--quiet", *flags)
    assert said.status == 2 and words in said.complaint


def test_a_file_that_is_none_is_refused(partimento):
    Path("a.mid").write_text("no")
    assert "is no MIDI file" in partimento("explain", "a.mid", "mine", "--quiet").complaint
