"""A MIDI file to sound and picture by the command line."""

import pytest

from partimento import midi


@pytest.mark.parametrize(
    ("suffix", "magic"), [("wav", b"RIFF"), ("flac", b"fLaC"), ("png", b"\x89PNG"), ("svg", b"<?xml")]
)
def test_a_file_is_rendered_into_a_new_folder(suffix, magic, partimento, primer, tmp_path):
    told = partimento("render", primer, "--out", f"new/a.{suffix}", "--json").json
    assert told["notes"] == 60 and (tmp_path / told["file"]).read_bytes().startswith(magic)


def test_what_was_dropped_is_said(partimento, primer, tmp_path):
    (tmp_path / "long.mid").write_bytes(primer.read_bytes() + b"more")
    said = partimento("render", "long.mid", "--out", "a.mid")
    assert "4 bytes after the last chunk passed over" in said.err and said.out == "a.mid\n"
    assert midi.read("a.mid")[0] == midi.read(primer)[0]


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--out", "made/a.wva"], "unknown file type '.wva': did you mean .wav"),
        (["--out", "made"], "unknown file type ''"),
        (["--out", "same.mid"], "is the file that is read; choose another name"),
        (["--out", "file/a.wav"], "is a file; choose a folder"),
        ([], "--out requires an argument"),
    ],
)
def test_a_place_that_cannot_be_is_refused_in_one_line(flags, advice, partimento, primer, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "same.mid").symlink_to(primer)
    said = partimento("render", primer, *flags)
    assert said.status == 2 and advice in said.complaint and not (tmp_path / "made").exists()


def test_a_file_without_notes_is_refused(partimento, tmp_path):
    (tmp_path / "a.mid").write_bytes(b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0")
    assert "has no notes" in partimento("render", "a.mid", "--out", "a.wav").complaint


def test_the_licence_of_what_we_composed_stays_with_what_is_rendered(partimento, tmp_path):
    made = partimento("compose", "mine", "--notes", 3, "--format", "mid", "--name", "a", "--out", ".")
    assert made.status == 0 and partimento("render", "a.mid", "--out", "b.svg").status == 0
    assert "Composed by Partimento" in (tmp_path / "b.svg").read_text()
