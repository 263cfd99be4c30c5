"""A piece as files."""

import base64
import json

import pytest

from partimento import midi
from partimento.compose.piece import SUFFIXES, Piece, embedded, texts
from partimento.errors import UnknownName, WorkFailed
from partimento.score import from_notes

TUNE = from_notes([(0, 500, 60, 64), (500, 500, 64, 64)])
ORIGIN = {"partimento": "1.2", "model": "maestro", "licence": "CC0-1.0", "seed": 7, "primer": "TVRoZA=="}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_file_is_written_and_said(suffix, tmp_path):
    path = tmp_path / f"piece{suffix.upper()}"
    assert Piece(TUNE, ORIGIN).save(str(path)) == path and path.stat().st_size > 50


def test_another_kind_of_file_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UnknownName, match=r"unknown file type '\.wva': did you mean \.wav"):
        Piece(TUNE).save(tmp_path / "piece.wva")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(WorkFailed, match=r"nowhere.*can't be written"):
        Piece(TUNE).save(tmp_path / "nowhere" / "piece.mid")


def test_the_sidecar_is_origin_and_statistics(tmp_path):
    told = json.loads(Piece(TUNE, ORIGIN, primer_s=0.5).save(tmp_path / "a.json").read_text())
    assert told["provenance"] == ORIGIN and told["primer_seconds"] == 0.5
    assert told["statistics"]["notes"] == 2 and told["statistics"]["duration_s"] == 1.0


def test_the_origin_stands_in_the_midi_file_without_the_primers_bytes(tmp_path):
    path = Piece(TUNE, ORIGIN).save(tmp_path / "a.mid")
    line, plain = midi.read(path)[1].texts
    assert line == "Composed by Partimento 1.2 (maestro); CC0-1.0"
    assert json.loads(plain) == {name: value for name, value in ORIGIN.items() if name != "primer"}


def test_a_score_of_no_known_origin_says_nothing_of_it(tmp_path):
    assert texts({}) == () == midi.read(Piece(TUNE).save(tmp_path / "a.mid"))[1].texts


def test_a_primer_is_embedded_whole():
    assert midi.parse(base64.b64decode(embedded(TUNE)), "primer")[0] == TUNE


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_licence_stands_in_every_kind_of_file(suffix, tmp_path):
    assert b"CC0-1.0" in Piece(TUNE, ORIGIN).save(tmp_path / f"a{suffix}").read_bytes()
