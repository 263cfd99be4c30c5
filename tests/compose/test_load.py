"""Models by their names: of performances, and of chorales."""

import pytest
from choir import tiny_choir
from fakes import tiny_checkpoint
from sheets import melody, sheet

import partimento
from partimento.compose.chorales.model import ChoraleModel
from partimento.compose.load import load
from partimento.compose.model import Model
from partimento.errors import LicenceError, UnknownName

TUNE = melody(67, 69, 71, 72)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return partimento.load(str(tiny_choir(tmp_path_factory.mktemp("models") / "choir")))


def test_each_kind_of_model_has_its_own_ways(model, tmp_path):
    tiny_checkpoint(tmp_path / "piano")
    assert isinstance(model, ChoraleModel) and model.name == "choir"
    assert isinstance(load(str(tmp_path / "piano")), Model)


def test_a_licence_may_forbid_commercial_use(tmp_path):
    with pytest.raises(LicenceError, match="--commercial"):
        load(str(tiny_choir(tmp_path / "c", licence="CC BY-NC-SA 4.0")), commercial=True)


def test_a_melody_is_harmonised_and_stays(model):
    piece = model.harmonize(TUNE, seed=3, iterations=2, repair=False)
    soprano = piece.score.notes[piece.score.notes["track"] == 0]
    assert soprano.tolist() == TUNE.notes.tolist() and len(piece.score) > 4
    assert piece.provenance["task"]["keep"] == ["soprano"] and piece.provenance["manner"]["rounds"] == 0
    assert piece.score.provenance.composer == "Partimento"
    assert model.harmonize(TUNE, seed=3, iterations=2, repair=False).score == piece.score


def test_bars_are_filled_and_chorales_composed(model, tmp_path):
    choir = sheet(*[[(pitch, 4)] * 8 for pitch in (67, 64, 60, 48)])
    filled = model.fill(choir, "2", voices="alto", iterations=2).score.notes
    assert filled[filled["onset"] < 16].tolist() == choir.notes[choir.notes["onset"] < 16].tolist()
    piece = model.compose(bars=2, key="g-minor", iterations=2)
    assert piece.score.tracks == ("Soprano", "Alto", "Tenor", "Bass") and piece.provenance["task"]["bars"] == 2
    piece.save(tmp_path / "a.musicxml")
    assert b"<fermata" in (tmp_path / "a.musicxml").read_bytes()


def test_an_option_that_is_none_is_refused(model):
    with pytest.raises(UnknownName, match="did you mean temperature"):
        model.harmonize(TUNE, temprature=0.5)
