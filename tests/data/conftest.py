"""Tiny MIDI files and corpora."""

import pytest

from partimento.data import ingest


def one_note(pitch):
    """A MIDI file of one note that lasts 48 ticks of 96 to the quarter: 0.25 s."""
    track = bytes([0, 0x90, pitch, 64, 48, 0x80, pitch, 0, 0, 0xFF, 0x2F, 0])
    return b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 0, 96]) + b"MTrk" + len(track).to_bytes(4, "big") + track


@pytest.fixture
def midi():
    """The bytes of a MIDI file that holds one note of a given pitch."""
    return one_note


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder of prepared corpora, empty."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    """Three different files."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name, pitch in (("a.mid", 60), ("b.MIDI", 62), ("deep/c.mid", 64)):
        (tmp_path / "in" / name).write_bytes(one_note(pitch))
    return tmp_path / "in"


@pytest.fixture
def corpus(home, folder):
    """The three files, prepared."""
    return ingest.prepare("folder", folder)[0]
