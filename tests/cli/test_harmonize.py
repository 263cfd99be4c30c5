"""Voices to a melody by the command line: the files, what stays in them, what is said, what is refused."""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from choir import tiny_choir
from sheets import melody, sheet

from partimento import midi
from partimento.notation import to_musicxml
from partimento.score import METRE, NOTE, table

TUNE = melody(67, 69, 71, 72, 74, 72, 71, 69, key=(0, 1, False), title="A tune")
CHOIR = sheet(*[[(pitch, 4)] * 8 for pitch in (67, 64, 60, 48)])
QUICK = {"--iterations": 2, "--seed": 3}
needs_engraver = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("verovio", "resvg_py")), reason='needs pip install "partimento[score]"'
)
needs_music21 = pytest.mark.skipif(find_spec("music21") is None, reason='needs pip install "partimento[score]"')


@pytest.fixture(scope="module")
def choir(tmp_path_factory):
    return tiny_choir(tmp_path_factory.mktemp("choirs") / "choir", licence="CC0-1.0")


@pytest.fixture
def harmonize(partimento, choir, tmp_path):
    """Harmonises a Score or a file by a tiny model."""

    def call(music, *flags):
        if not isinstance(music, str):
            midi.write(music, "tune.mid")
        usual = {"--model": choir, **QUICK}.items()
        said = [word for flag, value in usual if flag not in flags for word in (flag, value)]
        return partimento("harmonize", music if isinstance(music, str) else "tune.mid", *said, "--no-repair", *flags)

    return call


def notes(path, *voices):
    """Onset, duration and pitch of the notes of some voices."""
    rows = midi.read(path)[0].notes.tolist()
    return [row[:3] for row in rows if not voices or row[4] in voices]


@needs_engraver
def test_a_melody_gets_three_voices_in_every_format_and_stays(harmonize):
    said = harmonize(TUNE, "--out", "made")
    assert said.status == 0 and said.err.startswith("choir: CC0-1.0\nkey: g-major, as the file has it")
    assert sorted(path.name for path in Path("made").iterdir()) == [
        f"tune-harmonized-3.{suffix}" for suffix in ("json", "mid", "musicxml", "png", "wav")
    ]
    assert notes("made/tune-harmonized-3.mid", 0) == notes("tune.mid")
    assert {row[4] for row in midi.read("made/tune-harmonized-3.mid")[0].notes.tolist()} == {0, 1, 2, 3}
    assert "2 bars, " in said.out and Path("made/tune-harmonized-3.png").read_bytes().startswith(b"\x89PNG")


def test_the_sidecar_has_what_was_asked_and_the_audit(harmonize):
    said = harmonize(TUNE, "--format", "mid", "--key", "e-minor", "--json").json
    (piece,) = said["pieces"]
    told = json.loads(Path(piece["files"][-1]).read_text())
    assert told["provenance"]["task"]["key"] == "e-minor" and told["provenance"]["task"]["file"] == "tune.mid"
    bach = {name: value for name, value in said.items() if name.startswith("bach_")}  # once, however many pieces
    assert told["voice_leading"] == {**piece["voice_leading"], **bach} and "faults" in piece["voice_leading"]


def test_the_same_seed_gives_the_same_bytes(harmonize):
    for folder in ("one", "two"):
        assert harmonize(TUNE, "--format", "mid,musicxml", "--out", folder, "--name", "a").status == 0
    for path in Path("one").iterdir():
        assert path.read_bytes() == (Path("two") / path.name).read_bytes()


def test_versions_are_numbered_and_the_first_is_that_of_one(harmonize):
    assert harmonize(TUNE, "--format", "mid", "--name", "a", "--count", 2).out.count("\n") == 2
    assert harmonize(TUNE, "--format", "mid", "--name", "b").status == 0
    made = [notes(f"compositions/{name}.mid") for name in ("a-1", "a-2", "b")]
    assert made[0] == made[2] != made[1]


def test_of_a_four_part_score_bars_of_some_voices_are_written_anew(harmonize):
    assert harmonize(CHOIR, "--keep", "soprano,bass", "--bars", 2, "--format", "mid", "--name", "a").status == 0
    assert notes("compositions/a.mid", 0, 3) == notes("tune.mid", 0, 3)
    before = [[row for row in notes(path, 1, 2) if row[0] < 16] for path in ("compositions/a.mid", "tune.mid")]
    assert before[0] == before[1] and notes("compositions/a.mid") != notes("tune.mid")


def test_a_melody_out_of_range_is_transposed_where_that_is_asked(harmonize):
    low = TUNE.with_notes(lowered(TUNE.notes, 24))
    advice = harmonize(low, "--quiet").complaint
    assert "tune.mid: bar 1, beat 1: G2 is beyond the range of the soprano, A3 to A5; say --transpose 24" in advice
    assert harmonize(low, "--transpose", 24, "--format", "mid", "--name", "a").status == 0
    assert notes("compositions/a.mid", 0) == [row[:3] for row in TUNE.notes.tolist()]


def lowered(rows, semitones):
    rows = rows.copy()
    rows["pitch"] -= semitones
    return rows


def test_triplets_are_rounded_and_told(harmonize):
    rows = [(0, 480), (480, 160), (640, 160), (800, 160), (960, 480), (1440, 480)]
    score = replace(melody(60), notes=table(NOTE, [(*row, 67, 80, 0) for row in rows]), ticks_per_quarter=480)
    assert (
        "2 notes between 16ths (triplets?) moved to the nearest: bar 1, beat 2.333; "
        in harmonize(score, "--format", "mid").err
    )


@needs_music21
def test_notation_is_harmonised_with_its_pickup(harmonize):
    tune = melody(67, 69, 71, 72, 74, metre=(4, 4, 4), fermatas=(12,), title="A tune")
    Path("tune.musicxml").write_bytes(to_musicxml(tune))
    assert harmonize("tune.musicxml", "--format", "mid,musicxml", "--name", "a").status == 0
    score = midi.read("compositions/a.mid")[0]
    assert score.metres.tolist() == [(4, 4, 4)] and score.title == "A tune"
    assert Path("compositions/a.musicxml").read_bytes().count(b"<fermata") >= 1


SHORT = sheet([(67, 3)])
ODD = replace(TUNE, metres=table(METRE, [(0, 4, 4), (16, 5, 32)]))
REFUSED = {
    "less than a beat": (SHORT, [], "lasts 3 16ths, which is shorter than a beat"),
    "a metre that is not known": (ODD, [], "the metre 5/32 at bar 2, beat 1 is not known"),
    "bars of a melody": (TUNE, ["--bars", "1-2"], "--bars needs a four-part score"),
    "bars backwards": (CHOIR, ["--bars", "2-1"], "--bars 2-1 runs backwards; say 1-2"),
    "bars beyond": (CHOIR, ["--bars", "2-3"], "--bars 3: there is no such bar"),
    "nothing to write": (CHOIR, ["--keep", "s,a,t,b"], "nothing is left to write"),
    "an unknown voice": (TUNE, ["--keep", "sopran"], "did you mean soprano"),
    "an unknown key": (TUNE, ["--key", "g-mollish"], "unknown key 'g-mollish'"),
    "a fermata that is nowhere": (TUNE, ["--fermata", "9"], "--fermata 9: there is no such bar"),
    "three voices": (sheet(*[[(60, 16)]] * 3, names="abc"), [], "has 3 parts (a, b, c); give a melody"),
    "an unknown format": (TUNE, ["--format", "pdf"], "--format pdf: not one of mid, wav"),
    "no iteration": (TUNE, ["--iterations", "0"], "iterations 0 is out of range"),
    "a schedule that is none": (TUNE, ["--schedule", "whole"], "unknown schedule 'whole'"),
    "no version": (TUNE, ["--count", "0"], "--count 0 is out of range"),
    "a name with folders": (TUNE, ["--name", "a/b"], "a plain name is needed"),
    "the file that is read": (TUNE, ["--out", ".", "--name", "tune"], "tune.mid is the file that is read"),
    "a model of performances": (TUNE, ["--model", "mine"], "writes no chorales"),
    "a picture to play": (TUNE, ["--format", "musicxml", "--play"], "add wav to --format"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_wrong_use_and_bad_input(kind, harmonize):
    music, flags, advice = REFUSED[kind]
    said = harmonize(music, *flags)
    assert said.status == 2 and advice in said.complaint and not Path("compositions").exists()


def test_two_notes_at_once_are_refused_with_their_place(harmonize):
    rows = TUNE.notes.copy()
    chord = rows[2:3].copy()
    chord["pitch"] = 60
    said = harmonize(TUNE.with_notes(np.concatenate([rows, chord])))
    assert said.status == 2 and "two notes at once in the soprano, bar 1, beat 3" in said.complaint


def test_the_bundled_model_is_meant_where_none_is_said(partimento, monkeypatch):
    midi.write(TUNE, "tune.mid")
    monkeypatch.setattr("partimento.zoo.BUNDLED", ("maestro", "chorales"))
    monkeypatch.setattr("partimento.zoo.HERE", Path("nowhere"))
    assert "model 'chorales': its weights are not in this installation" in partimento("harmonize", "tune.mid").complaint


def test_without_an_engraver_there_is_no_picture_and_that_is_said(harmonize, monkeypatch):
    monkeypatch.setattr("partimento.notation.extra.find_spec", lambda name: None)
    said = harmonize(TUNE, "--name", "a")
    assert said.status == 0 and "no png: an engraved png needs verovio, which is not installed: pip install" in said.err
    assert not Path("compositions/a.png").exists() and Path("compositions/a.musicxml").exists()
    Path("tune.musicxml").write_bytes(to_musicxml(TUNE))
    assert "reading .musicxml needs music21, which is not installed" in harmonize("tune.musicxml", "--quiet").complaint
    asked = harmonize(TUNE, "--format", "svg")
    assert asked.status == 2 and "an engraved svg needs verovio" in asked.complaint
