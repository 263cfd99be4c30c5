"""Wrong use and bad input: status 2, one line that says what to do, nothing left behind."""

import errno
import os
from pathlib import Path

import pytest

from partimento import midi
from partimento.checkpoint import build, card_of, save_checkpoint
from partimento.codecs import codec_of
from partimento.data.controls import Controls
from partimento.models import family_of
from partimento.recipe import Recipe
from partimento.score import from_notes
from partimento.store import staging

HEADER = b"MThd\0\0\0\6\0\1\0\1\1\xe0"
NOTE = midi.to_bytes(from_notes([(0, 500, 60, 64)]))
PRIMERS = {
    "empty": b"",
    "text": b"not music\nat all",
    "cut off": NOTE[:-5],
    "hostile": HEADER + b"MTrk\xff\xff\xff\xff\0",
    "without tracks": HEADER,
    "RIFF": b"RIFF\x10\0\0\0RMIDdata" + NOTE,
    "SMPTE": NOTE[:12] + b"\xe7\x28" + NOTE[14:],
    "of format 2": NOTE[:9] + b"\2" + NOTE[10:],
    "without notes": HEADER + b"MTrk\0\0\0\4\0\xff\x2f\0",
}
OUT_OF_RANGE = {
    "--seconds": (0, -1, 36_001, "nan", "inf", "x", ""),
    "--notes": (0, -1, 1_000_001, 1.5),
    "--count": (0, -1, 10_001, 1.5),
    "--seed": (-1, 2**63, "x"),
    "--temperature": (-0.1, 10.1, "nan"),
    "--top-p": (0, 1.1, "nan"),
    "--min-p": (-0.1, 1.1, "nan"),
    "--beam": (-1, 101, 1.5),
    "--beam-rows": (0, 1001, 1.5),
    "--length-penalty": (-0.1, 2.1, "nan"),
    "--top-k": (-1, 100_001, 1.5),
    "--density": (0, 101, "nan"),
    "--dynamics": (0, 128, "nan"),
    "--primer-seconds": (0, -1, 3601, "nan"),
}
REFUSED = {
    "a model that is nearly mine": (["mien"], "did you mean mine"),
    "a bundled model's near name": (["maestor"], "did you mean maestro"),
    "an unknown composer": (["mine", "--composer", "Nobody"], "unknown composer 'Nobody'"),
    "an unknown format": (["mine", "--format", "mid,xyz"], "--format xyz: not one of mid, wav"),
    "no format": (["mine", "--format", ","], "names no format"),
    "a picture to play": (["mine", "--format", "png", "--play"], "add wav to --format"),
    "sound for two hours": (["mine", "--seconds", 7200], "leave wav out of --format"),
    "a stream as one object": (["mine", "--stream", "--json"], "--stream and --json exclude each other"),
    "a stream to play": (["mine", "--stream", "--play"], "--stream and --play exclude each other"),
    "two streams": (["mine", "--stream", "--count", 2], "--stream and --count exclude each other"),
    "part of no primer": (["mine", "--primer-seconds", 3], "--primer-seconds needs --primer"),
    "a search without a width": (["mine", "--beam-rows", 20], "--beam-rows needs --beam N"),
    "a sampler for a column that is none": (["mine", "--columns", "pich"], "did you mean pitch"),
    "an unknown option": (["mine", "--sede", 3], "Did you mean --seed"),
    "an option without its value": (["mine", "--seed"], "--seed requires an argument"),
    "one word too many": (["mine", "more"], "more"),
    "a name with folders": (["mine", "--name", "a/b"], "a plain name is needed"),
    "a name that is no name": (["mine", "--name", ".."], "a plain name is needed"),
    "a name of any length": (["mine", "--name", "a" * 300], "at most 200 bytes"),
    "a licence that forbids it": (["mine", "--commercial"], "--commercial refuses its licence"),
}


@pytest.fixture
def refused(partimento, tmp_path):
    """The complaint about a call that ends with status 2 and leaves nothing."""

    def call(*arguments):
        said = partimento(*arguments)
        assert said.status == 2 and not (tmp_path / "made").exists() and not (tmp_path / "compositions").exists()
        return said.complaint

    return call


@pytest.mark.parametrize("kind", PRIMERS)
def test_a_primer_that_is_no_music(kind, refused, tmp_path):
    (tmp_path / "idea.mid").write_bytes(PRIMERS[kind])
    assert "idea.mid" in refused("compose", "mine", "--primer", tmp_path / "idea.mid")


def test_a_primer_that_is_not_there_or_no_file(refused, tmp_path):
    assert "No such file" in refused("compose", "mine", "--primer", tmp_path / "idea.mid")
    assert "is no file" in refused("compose", "mine", "--primer", tmp_path)
    assert "is no file" in refused("compose", "mine", "--primer", os.devnull)


def test_a_primer_that_may_not_be_read(refused, primer, monkeypatch):
    def shut(path, *mode):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", shut)
    assert "piece-0.mid can't be read: Permission denied" in refused("compose", "mine", "--primer", primer)


def test_a_part_of_the_primer_in_which_nothing_sounds(refused, tmp_path):
    midi.write(from_notes([(5000, 10, 60, 64)]), tmp_path / "late.mid")
    complaint = refused("compose", "mine", "--primer", tmp_path / "late.mid", "--primer-seconds", 2)
    assert "no notes in the part asked for" in complaint


@pytest.mark.parametrize(
    ("flag", "value"), [(flag, value) for flag, values in OUT_OF_RANGE.items() for value in values]
)
def test_a_number_out_of_range(flag, value, refused, primer):
    given = ("--primer", primer) if flag == "--primer-seconds" else ()
    complaint = refused("compose", "mine", "--format", "mid", *given, flag, value)
    assert flag[2:] in complaint.replace("_", "-") and str(value) in complaint


@pytest.mark.parametrize("kind", REFUSED)
def test_wrong_use(kind, refused):
    arguments, advice = REFUSED[kind]
    assert advice in refused("compose", *arguments)


@pytest.fixture
def drawing(tmp_path):
    """A model that draws whole pieces."""
    config = {"steps": 8, "latent": 4, "dense_hidden": 8, "starting_channels": 4, "hidden_conv_channels": 4}
    recipe = Recipe(family="gan", codec=codec_of("roll"), model=family_of("gan").Config(**config))
    save_checkpoint(tmp_path / "drawing", recipe, card_of(recipe, Controls()), build(recipe, Controls()).state_dict())
    return tmp_path / "drawing"


@pytest.mark.parametrize("flags", [("--beam", 4), ("--top-k", 3), ("--columns", "A4", "--temperature", 2)])
def test_a_way_to_draw_ids_where_pieces_are_drawn_whole(flags, refused, drawing):
    complaint = refused("compose", drawing, "--format", "mid", "--quiet", *flags)
    assert "draws whole pieces and no ids one by one; leave" in complaint


def test_a_primer_whose_name_steers_the_terminal(refused, tmp_path):
    (tmp_path / "red\x1b[31m\n.mid").write_bytes(b"text")
    assert refused("compose", "mine", "--primer", tmp_path / "red\x1b[31m\n.mid").isprintable()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_where_the_folder_should_be(place, refused, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert "is a file; choose a folder" in refused("compose", "mine", "--out", tmp_path / place)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_refused_before_composing(refused, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr("partimento.compose.load.load", None)
    assert "cannot be written to" in refused("compose", "mine", "--out", "made")


def test_a_full_disk_fails_in_one_line_and_leaves_no_file(partimento, monkeypatch, tmp_path):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(staging.os, "fsync", full)
    said = partimento("compose", "mine", "--notes", 3, "--out", "made", "--quiet")
    assert said.status == 1 and "No space left on device" in said.complaint and "make room" in said.complaint
    assert not list((tmp_path / "made").iterdir())


@pytest.mark.parametrize("verb", ["compsoe", "frobnicate"])
def test_an_unknown_verb(verb, refused):
    assert f'Unknown command "{verb}"' in refused(verb)


def test_sound_that_a_kept_primer_makes_too_long_is_refused_before_composing(refused, primer, monkeypatch):
    monkeypatch.setattr("partimento.compose.load.load", None)
    complaint = refused("compose", "mine", "--primer", primer, "--seconds", 3599)
    assert "--seconds 3599 behind a primer of" in complaint and "at most 3600 can be made to sound" in complaint
