"""Files through codecs by the command line: the statistic, the files that are left, and what is refused."""

import numpy as np
import pytest
from fakes import tiny_recipe

from partimento import midi
from partimento.checkpoint import card_of, save_checkpoint
from partimento.codecs import CODECS, codec_of
from partimento.data.controls import Controls
from partimento.score import from_notes


@pytest.fixture
def files(tmp_path):
    """Two files: of two notes, and of one that is longer than notedur can say."""
    midi.write(from_notes([(0, 100, 60, 66), (0, 500, 64, 66)]), tmp_path / "a.mid")
    midi.write(from_notes([(0, 20_000, 60, 90)]), tmp_path / "b.mid")
    return tmp_path / "a.mid", tmp_path / "b.mid"


def test_a_file_goes_through_a_codec(partimento, files):
    said = partimento("translate", files[0], "--codec", "notes", "--json")
    (row,) = said.json["translations"]
    assert (row["file"], row["codec"], row["rows"], row["kept"], row["lost"]) == (str(files[0]), "notes", 4, 2, 0)
    assert said.json["codecs"]["notes"]["vocabulary"]["velocity"] == 34 and said.json["codecs"]["notes"]["unsaid"]
    assert said.json["files"] == [] and said.status == 0


def test_the_table_has_a_row_for_each_file_and_codec_and_sums(partimento, files):
    lines = partimento("translate", *files, "--codec", "notes,notedur").out.splitlines()
    assert [line.split()[:2] for line in lines[:5]] == [
        ["file", "codec"], ["a.mid", "notes"], ["a.mid", "notedur"], ["b.mid", "notes"], ["b.mid", "notedur"]
    ]  # fmt: skip
    assert lines[5].startswith("all files") and any("cannot say: times finer than 125 ms" in line for line in lines)


def test_without_a_codec_all_are_taken_and_a_vocabulary_is_said_to_be_of_these_files(partimento, files):
    said = partimento("translate", files[0], "--json")
    assert [row["codec"] for row in said.json["translations"]] == list(CODECS)
    assert "chords: has the vocabulary of these files alone" in said.err


def test_an_option_goes_to_every_codec_that_has_it_or_to_one(partimento, files):
    asked = ("translate", files[0], "--codec", "notes,notedur,performance", "--json", "--set")
    assert partimento(*asked, "pedal=folded").json["codecs"]["notedur"]["options"] == {"pedal": "folded"}
    told = partimento(*asked, "notes.pedal=stream").json["codecs"]
    assert (told["notes"]["options"]["pedal"], told["notedur"]["options"]["pedal"]) == ("stream", "dropped")
    both = partimento(*asked, "notes.pedal=stream", "--set", "notedur.pedal=folded").json["codecs"]
    assert [both[name]["options"]["pedal"] for name in ("notes", "notedur")] == ["stream", "folded"]
    rate = partimento("translate", files[0], "--codec", "roll", "--set", "rate=20", "--json").json["codecs"]["roll"]
    assert rate["options"]["rate"] == 20


def test_what_came_of_it_is_written_as_music_words_and_picture(partimento, files, tmp_path):
    told = partimento("translate", files[1], "--codec", "notedur", "--out", "made", "--json").json
    assert told["files"] == [f"made/b-notedur{suffix}" for suffix in (".mid", ".txt", ".png")]
    score, codec = midi.read(files[1])[0], codec_of("notedur")
    made = midi.read(tmp_path / "made" / "b-notedur.mid")[0]
    assert np.array_equal(made.notes, codec.canonical(score).notes) and made.title == "b by notedur"
    assert (tmp_path / "made" / "b-notedur.txt").read_text().splitlines() == codec.encode(score).describe()
    assert (tmp_path / "made" / "b-notedur.png").read_bytes().startswith(b"\x89PNG")


def test_files_of_one_name_do_not_write_over_each_other(partimento, files, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "A.mid").write_bytes(files[0].read_bytes())
    told = partimento(
        "translate", files[0], tmp_path / "deep" / "A.mid", "--codec", "notes", "--out", "made", "--json"
    ).json
    assert told["files"][::3] == ["made/a-notes.mid", "made/A-notes-2.mid"]


def test_the_codec_of_a_model_comes_with_what_it_learnt(partimento, files, tmp_path):
    codec = codec_of("chords").fit([midi.read(files[0])[0]])
    recipe = tiny_recipe(codec=codec)
    save_checkpoint(tmp_path / "r/hers/checkpoints/best", recipe, card_of(recipe, Controls()), {})
    told = partimento("translate", *files, "--model", "hers", "--runs", "r", "--json")
    assert told.status == 0, told.err
    assert list(told.json["codecs"]) == ["hers-chords"] and "these files alone" not in told.err
    assert told.json["codecs"]["hers-chords"]["fitted"] == codec.fingerprint


def test_the_sums_are_those_of_the_rows(partimento, files):
    told = partimento("translate", *files, "--codec", "performance", "--json").json
    (whole,), rows = told["sums"], told["translations"]
    assert all(whole[name] == sum(row[name] for row in rows) for name in ("rows", "notes", "kept", "lost", "pedals"))


REFUSED = {
    "an unknown codec": (["a.mid", "--codec", "note"], "unknown codec 'note': did you mean notes"),
    "no file": (["--codec", "notes"], "translate needs a MIDI file"),
    "a file that is not there": (["c.mid", "--codec", "notes"], "c.mid"),
    "a file that is no music": (["text.mid", "--codec", "notes"], "text.mid"),
    "a file without notes": (["empty.mid", "--codec", "notes"], "empty.mid: has no notes"),
    "an unknown option": (["a.mid", "--codec", "notes", "--set", "pedl=stream"], "did you mean pedal"),
    "an option of another codec": (["a.mid", "--codec", "notes", "--set", "rate=20"], "unknown option 'rate'"),
    "a value that it has not": (["a.mid", "--codec", "notes", "--set", "pedal=half"], "'half'"),
    "a value out of range": (["a.mid", "--codec", "roll", "--set", "rate=0"], "rate"),
    "a value of another kind": (["a.mid", "--codec", "roll", "--set", "rate=x"], "rate"),
    "no option": (["a.mid", "--codec", "notes", "--set", "stream"], "OPTION=VALUE is needed"),
    "an option of a codec not asked for": (["a.mid", "--codec", "notes", "--set", "roll.rate=5"], "codec 'roll'"),
    "an unknown model": (["a.mid", "--model", "mien"], "did you mean mine"),
    "a file as the folder": (["a.mid", "--codec", "notes", "--out", "a.mid"], "is a file; choose a folder"),
    "the same files": (["a.mid", "a-notes.mid", "--codec", "notes", "--out", "."], "a-notes.mid is a file that is"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_translated_is_refused_in_a_line(kind, partimento, files, tmp_path):
    (tmp_path / "text.mid").write_bytes(b"no music")
    (tmp_path / "a-notes.mid").write_bytes(files[0].read_bytes())
    midi.write(from_notes([]), tmp_path / "empty.mid")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    arguments, advice = REFUSED[kind]
    said = partimento("translate", *arguments)
    assert said.status == 2 and advice in said.complaint
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
