"""Notation in and out by the command line."""

from importlib.util import find_spec

import pytest
from sheets import sheet

from partimento import midi
from partimento.notation import to_musicxml

CHOIR = sheet([(67, 16)], [(64, 8), (65, 8)], [(60, 16)], [(48, 16)])
NEEDS = {name: find_spec(name) is None for name in ("music21", "verovio", "resvg_py")}
needs_all = pytest.mark.skipif(any(NEEDS.values()), reason='needs pip install "partimento[score]"')


@pytest.fixture
def choir(tmp_path):
    midi.write(CHOIR, tmp_path / "choir.mid")
    (tmp_path / "choir.musicxml").write_bytes(to_musicxml(CHOIR))


def test_a_metred_midi_file_becomes_musicxml(partimento, choir, tmp_path):
    said = partimento("render", "choir.mid", "--out", "new/a.musicxml")
    assert said.out == "new/a.musicxml\n" and b"<part-name>Tenor<" in (tmp_path / "new/a.musicxml").read_bytes()


@needs_all
def test_musicxml_becomes_midi_and_an_engraved_score(partimento, choir, tmp_path):
    assert partimento("render", "choir.musicxml", "--out", "a.mid", "--quiet").status == 0
    assert midi.read("a.mid")[0].notes["pitch"].tolist() == CHOIR.notes["pitch"].tolist()
    assert partimento("render", "choir.musicxml", "--out", "a.svg", "--json").json["report"]["notes"] == 5
    assert b'class="system"' in (tmp_path / "a.svg").read_bytes()


@needs_all
def test_a_midi_file_is_engraved_where_that_is_asked_for(partimento, choir, tmp_path):
    assert partimento("render", "choir.mid", "--picture", "score", "--out", "a.png").status == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--out", "new/a.musicxml"], "has no bars: it is a performance"),
        (["--out", "new/a.svg", "--picture", "score"], "has no bars: it is a performance"),
        (["--out", "new/a.wav", "--picture", "score"], "--out new/a.wav is no picture; choose .svg or .png"),
    ],
)
def test_a_performance_is_not_notated(flags, advice, partimento, primer, tmp_path):
    said = partimento("render", primer, *flags, "--quiet")
    assert said.status == 2 and advice in said.complaint and not (tmp_path / "new").exists()


def test_a_composed_performance_is_not_notated_either(partimento):
    said = partimento("compose", "mine", "--format", "mid,musicxml")
    assert said.status == 2 and "has no bars to notate; choose of mid, wav" in said.complaint


def test_a_missing_reader_is_said_with_what_to_install(partimento, choir, monkeypatch):
    monkeypatch.setattr("partimento.notation.extra.find_spec", lambda name: None)
    said = partimento("render", "choir.musicxml", "--out", "a.mid")
    assert said.status == 2 and 'which is not installed: pip install "partimento[score]"' in said.complaint
