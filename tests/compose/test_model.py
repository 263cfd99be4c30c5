"""A model as a musician holds it: what is asked for, what comes, and what is said of it. Its network is untrained."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from fakes import random_score, tiny_checkpoint

import partimento
from partimento import midi
from partimento.compose.model import DEFAULT_S, Model, load
from partimento.compose.request import Request
from partimento.errors import InputError, LicenceError, UnknownName, UsageError
from partimento.nn.filters import Sampling
from partimento.prompt import Length
from partimento.score import from_notes

PRIMER = midi.parse(midi.to_bytes(random_score(np.random.default_rng(0), notes=10, span_s=5.0)), "primer")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkpoint with a preset, a licence and a credit."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_checkpoint(folder, preset={"temperature": 0.9, "top_p": 0.95}, licence="CC0-1.0", credit="Nobody")
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return load(str(folder))


def test_a_model_is_called_what_its_folder_is_called(folder, monkeypatch):
    assert load(str(folder)).name == load(f"{folder}/").name == "tiny"
    monkeypatch.chdir(folder)
    assert load(".").name == "tiny"


def test_the_package_gives_what_a_musician_needs(folder):
    assert isinstance(partimento.load(str(folder)), partimento.Model)
    with pytest.raises(UnknownName, match="did you mean maestro"):
        partimento.load("maestor")


def test_commercial_use_is_refused_where_the_licence_does(tmp_path):
    tiny_checkpoint(tmp_path / "c", licence="CC BY-NC-SA 4.0")
    with pytest.raises(LicenceError, match="--commercial"):
        load(str(tmp_path / "c"), commercial=True)


def test_a_primer_has_a_limit_of_its_own(model, monkeypatch, tmp_path):
    midi.write(PRIMER, tmp_path / "a.mid")
    monkeypatch.setattr(midi, "PRIMER_LIMITS", midi.Limits(max_events=3))
    with pytest.raises(InputError, match=r"more than . events"):
        model.request(tmp_path / "a.mid", 1.0, None, 0)


def test_a_sampler_is_for_columns_that_there_are(model):
    assert model.request(None, 1.0, None, 0, columns="pitch,step").sampling.columns == "pitch,step"
    with pytest.raises(UnknownName, match=r"unknown column 'all'.*none named: all"):
        model.request(None, 1.0, None, 0, columns="all")


@pytest.mark.parametrize(
    ("seconds", "notes", "length"),
    [
        (None, None, Length(DEFAULT_S)),
        (5.0, None, Length(5.0)),
        (None, 9, Length(notes=9)),
    ],
)
def test_a_minute_is_written_unless_one_says_how_much(model, seconds, notes, length):
    assert model.request(None, seconds, notes, 0).length == length


@pytest.mark.parametrize(("seconds", "notes"), [(0.0, None), (None, 0), (float("nan"), None)])
def test_nothing_is_no_length(model, seconds, notes):
    with pytest.raises(UsageError, match="out of range"):
        model.request(None, seconds, notes, 0)


def test_what_is_not_said_is_as_the_preset_says(model):
    assert model.request(None, None, None, 0).sampling == Sampling(0.9, top_p=0.95)
    assert model.request(None, None, None, 0, top_p=1.0, top_k=5).sampling == Sampling(0.9, top_k=5)


def test_an_option_that_is_none_is_refused(model):
    with pytest.raises(UnknownName, match="did you mean temperature"):
        model.compose(temprature=0.5)


@pytest.mark.parametrize(
    "asked", [{"count": 0}, {"count": 10_001}, {"seed": -1}, {"seed": 2**63}, {"primer_s": 0.0}, {"primer_s": 3601.0}]
)
def test_a_request_out_of_range_is_refused(asked):
    with pytest.raises(UsageError, match="out of range"):
        Request(**asked)


def test_a_piece_knows_all_that_makes_it_again(model):
    controls = {"composer": "Bach", "density": 4.0}
    piece = model.compose(PRIMER, notes=6, seed=5, primer_s=2.0, controls=controls, temperature=0.5)
    told = json.loads(json.dumps(piece.provenance))
    score = midi.parse(base64.b64decode(told["primer"]), "primer")[0]
    options = {**told["sampling"], "primer_s": told["primer_s"], "controls": told["controls"]}
    again = model.compose(score, **told["length"], seed=told["seed"], **options)
    assert again.score == piece.score and again.provenance["sampling"] == told["sampling"]
    assert (told["licence"], told["credit"], told["weights_sha256"]) == (
        "CC0-1.0",
        "Nobody",
        model.checkpoint.weights_hash,
    )


def test_the_length_of_what_was_the_primer_is_known(model):
    assert model.compose(PRIMER, notes=3, primer_s=2.0).primer_s == pytest.approx(2.0, abs=0.01)
    assert model.compose(PRIMER, notes=3, primer_s=2.0, keep_primer=False).primer_s == 0.0
    assert model.compose(notes=3).primer_s == 0.0


def test_the_tempo_is_said_and_a_primers_own_stays(model):
    assert model.compose(notes=3).score.tempi.tolist() == [(0, 120.0)]
    assert np.array_equal(model.compose(PRIMER, notes=3).score.tempi, PRIMER.tempi)
    assert model.compose(from_notes([(0, 9, 60, 64)]), notes=3).score.tempi.tolist() == [(0, 120.0)]


def test_pieces_of_a_request_are_numbered_and_differ(model):
    request = replace(model.request(None, None, 12, 3), count=3)
    pieces = list(model.pieces(request))
    assert [piece.provenance["piece"] for piece in pieces] == [0, 1, 2]
    assert [piece.score.title for piece in pieces] == ["tiny 3", "tiny 3 no. 2", "tiny 3 no. 3"]
    assert pieces[0].score == model.compose(notes=12, seed=3).score != pieces[1].score


def test_a_stream_is_the_piece_note_by_note(model):
    asked = {"primer": PRIMER, "notes": 9, "seed": 4}
    heard = [note["pitch"] for note in model.stream(**asked)]
    assert heard == model.compose(**asked, keep_primer=False).score.notes["pitch"].tolist() and len(heard) == 9


@pytest.mark.parametrize("way", ["compose", "stream"])
def test_composing_uses_one_thread_and_gives_the_others_back(model, way, monkeypatch):
    counts = []
    monkeypatch.setattr(torch, "get_num_threads", lambda: 7)
    monkeypatch.setattr(torch, "set_num_threads", counts.append)
    getattr(model, way)(notes=1) if way == "compose" else list(model.stream(notes=1))
    assert counts[0] == 1
    if way == "stream":
        assert counts == [1, 7]


def test_a_family_that_does_not_write_row_by_row_is_refused(model, monkeypatch):
    class Other(torch.nn.Module):
        name = "other"

    monkeypatch.setattr(type(model.checkpoint), "model", lambda checkpoint: Other())
    with pytest.raises(UsageError, match="family other composes neither row by row nor whole"):
        _ = Model("mine", model.checkpoint).family
