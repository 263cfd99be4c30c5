"""A chorale model as a musician holds it. Its network is untrained."""

import json

import pytest
from choir import tiny_choir
from fakes import tiny_checkpoint
from sheets import sheet

from partimento.compose.chorales.manner import Manner
from partimento.compose.chorales.model import ChoraleRequest, load
from partimento.compose.chorales.prompts import freed, from_nothing
from partimento.errors import LicenceError, UnknownName, UsageError
from partimento.nn.gibbs import Gibbs
from partimento.score import Provenance

FEW = Gibbs("parallel", iterations=3)
MELODY = sheet([(72, 4), (71, 4)], [], [], [], title="Tune", origin=Provenance(licence="CC BY 4.0", credit="Ann"))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    return load(str(tiny_choir(folder, preset={"temperature": 0.9}, licence="CC0-1.0", credit="Bob")))


def piece(model, prompt, **asked):
    return next(model.pieces(ChoraleRequest(prompt, Manner(gibbs=FEW), **asked)))


def test_a_piece_says_all_that_makes_it_again(model):
    made = piece(model, from_nothing(1, (2, 4)), seed=5)
    assert made.score.title == "tiny 5" and made.score.provenance.licence == "CC0-1.0"
    assert made.provenance["seed"] == 5 and made.provenance["gibbs"]["iterations"] == 3
    assert made.provenance["free"] == [[0, 1000, voice] for voice in range(4)]
    assert json.dumps(made.sidecar) == json.dumps(piece(model, from_nothing(1, (2, 4)), seed=5).sidecar)


def test_what_is_kept_brings_its_title_and_its_terms(model):
    made = piece(model, freed(MELODY, ["Bass"]))
    assert made.score.title == "Tune" and made.score.provenance.licence == "CC0-1.0; primer: CC BY 4.0"
    assert made.provenance["credit"] == "Bob; primer: Ann" and made.provenance["primer"]


def test_versions_are_numbered(model):
    request = ChoraleRequest(from_nothing(1, (1, 4)), Manner(gibbs=FEW), count=2)
    assert [made.score.title for made in model.pieces(request)] == ["tiny 0", "tiny 0 no. 2"]


def test_options_are_asked_by_name_over_the_preset(model):
    manner = Manner().said({"temperature": 0.5, "masks": False, "repair": False, "iterations": 7}, model.family)
    assert (manner.sampling.temperature, manner.masks, manner.rounds) == (0.5, False, 0)
    assert manner.schedule(model.family) == Gibbs("parallel", iterations=7, temperature=0.5)
    assert model.manner.sampling.temperature == 0.9


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"temperature": 11.0}, "temperature 11.0 is out of range"),
        ({"rounds": 101}, "rounds 101 is out of range"),
        ({"iterations": 0}, "iterations 0 is out of range"),
        ({"schedule": "paralell"}, "did you mean parallel"),
        ({"temprature": 1.0}, "did you mean temperature"),
        ({"schedule": "once", "iterations": 3}, "writes every cell once"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_words(model, options, words):
    with pytest.raises(UsageError, match=words):
        Manner().said(options, model.family)


def test_a_preset_may_say_all_that_can_be_asked(tmp_path):
    preset = {"temperature": 0.7, "top_p": 0.9, "repair": False, "cadences": False}
    manner = load(str(tiny_choir(tmp_path / "calm", preset=preset))).manner
    assert (manner.sampling.temperature, manner.sampling.top_p) == (0.7, 0.9)
    assert (manner.rounds, manner.cadences, manner.masks) == (0, False, True)


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.harmonize(MELODY, fermata=(4,)),
        lambda model: model.fill(MELODY, "1", fermata=(4,)),
        lambda model: model.compose(4, fermata=(4,)),
    ],
)
def test_an_option_that_is_none_is_refused_with_the_nearest(model, ask):
    with pytest.raises(UnknownName, match="unknown option 'fermata': did you mean fermatas"):
        ask(model)


@pytest.mark.parametrize(("asked", "words"), [({"count": 0}, "--count 0"), ({"seed": -1}, "--seed -1")])
def test_a_request_out_of_range_is_refused(asked, words):
    with pytest.raises(UsageError, match=words):
        ChoraleRequest(from_nothing(1), **asked)


def test_a_model_of_another_kind_is_refused(tmp_path):
    tiny_checkpoint(tmp_path / "piano")
    with pytest.raises(UsageError, match="transformer over codec notes writes no chorales"):
        load(str(tmp_path / "piano"))


def test_names_and_licences_are_those_of_every_model(tmp_path):
    with pytest.raises(UnknownName):
        load("nowhere", runs=tmp_path)
    tiny_choir(tmp_path / "mine", licence="CC BY-NC 4.0")
    with pytest.raises(LicenceError, match="--commercial"):
        load(str(tmp_path / "mine"), commercial=True)
