"""A chorale as files: each says its licence, pictures and the sidecar its faults."""

import json
from importlib.util import find_spec

import pytest
from musicxml_schema import shipped
from sheets import sheet

from partimento import midi, notation
from partimento.audit.bach import BACH
from partimento.audit.voices import faults
from partimento.compose.chorales.piece import NOTATED, ChoralePiece
from partimento.compose.chorales.write import Chorale
from partimento.compose.piece import SUFFIXES, Piece
from partimento.errors import UnknownName
from partimento.score import Provenance
from partimento.voices import NAMES

ORIGIN = {"partimento": "1.2", "model": "chorales", "licence": "CC0-1.0", "seed": 7, "primer": "TVRoZA=="}
SCORE = sheet(  # a parallel fifth of tenor and bass in beat 2
    [(72, 4), (71, 12)], [(64, 16)], [(55, 4), (57, 12)], [(48, 4), (50, 12)], origin=Provenance(licence="CC0-1.0")
)
PIECE = ChoralePiece(SCORE, ORIGIN, chorale=Chorale(SCORE, 0, tuple(faults(SCORE)), (), 5, 2))
NEEDED = {".svg": "verovio", ".png": "resvg_py"}


def needs(suffix):
    if suffix in NEEDED and find_spec(NEEDED[suffix]) is None:
        pytest.skip(f"needs {NEEDED[suffix]}: pip install partimento[score]")


@pytest.mark.parametrize("suffix", NOTATED)
def test_the_licence_stands_in_every_kind_of_file(suffix, tmp_path):
    needs(suffix)
    assert b"CC0-1.0" in PIECE.save(tmp_path / f"a{suffix}").read_bytes()


def test_its_pictures_are_engraved_and_its_faults_marked(tmp_path):
    needs(".svg")
    drawn = PIECE.save(tmp_path / "a.svg").read_text()
    assert "bar 1, beat 2: parallel fifths (Tenor, Bass)" in drawn and 'color="#C0392B"' in drawn


def test_its_notation_holds_to_the_schema_and_is_not_marked(tmp_path):
    document = PIECE.save(tmp_path / "a.musicxml").read_bytes()
    assert b"color=" not in document and all(f">{name}<".encode() in document for name in NAMES)
    if schema := shipped():
        assert schema.faults(document) == []
        assert (
            notation.read_isolated(tmp_path / "a.musicxml")[0].notes["pitch"].tolist() == SCORE.notes["pitch"].tolist()
        )


def test_midi_has_four_named_tracks(tmp_path):
    assert midi.read(PIECE.save(tmp_path / "a.mid"))[0].tracks == NAMES


def test_the_sidecar_is_the_audit_beside_bach(tmp_path):
    told = json.loads(PIECE.save(tmp_path / "a.json").read_text())["voice_leading"]
    first = next(fault for fault in told["faults"] if fault["kind"] == "parallel fifths")
    assert first["voices"] == ["Tenor", "Bass"] and (first["bar"], first["beat"]) == (1, 2.0)
    assert told["per_1000_moving_voice_pairs"]["parallel fifths"] == 333.333
    assert told["bach_per_1000_moving_voice_pairs"]["parallel fifths"] == 0.656
    assert told["repair"] == {"rounds": 2, "cells_rewritten": 5, "faults_before": []}
    assert told["bach_harmony"]["closes on the tonic"] == 0.765 and "beats with a triad" in told["harmony"]
    assert next(PIECE.lines()).startswith("bar 1, beat 2: parallel fifths: Tenor and Bass")


def test_it_is_short_where_it_is_printed():
    assert (
        repr(PIECE)
        == f"<ChoralePiece {SCORE.title!r}: {len(SCORE)} notes, {len(PIECE.chorale.faults)} faults of voice leading>"
    )
    assert repr(Piece(SCORE)).startswith("<Piece ") and len(repr(Piece(SCORE))) < 100


def test_a_performance_has_no_notation(tmp_path):
    assert ".musicxml" not in SUFFIXES and BACH.counts["range"] == 0
    with pytest.raises(UnknownName, match="unknown file type"):
        Piece(SCORE).save(tmp_path / "a.musicxml")
