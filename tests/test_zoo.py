import pytest
from fakes import tiny_checkpoint

from partimento import zoo
from partimento.errors import CheckpointError, LicenceError, MissingData, UnknownName


@pytest.fixture
def runs(tmp_path):
    """Two runs: ``long`` with two checkpoints, ``short`` with one and a best."""
    for name in ("long/checkpoints/step-00000009", "long/checkpoints/step-00000010"):
        tiny_checkpoint(tmp_path / name, licence="CC0-1.0")
    for name in ("short/checkpoints/step-00000005", "short/checkpoints/best"):
        tiny_checkpoint(tmp_path / name, licence="CC0-1.0")
    return tmp_path


def test_a_run_is_found_by_its_best_or_its_latest_checkpoint(runs):
    assert zoo.find("short", runs).name == "best"
    assert zoo.find("long", runs).name == "step-00000010"


def test_a_checkpoint_folder_is_found_by_its_path(runs):
    folder = runs / "long" / "checkpoints" / "step-00000009"
    assert zoo.find(str(folder), runs) == folder
    assert zoo.load(str(folder), runs).folder == folder


def test_the_trained_runs_are_listed(runs):
    (runs / "empty").mkdir()
    (runs / "broken" / "checkpoints" / "best").mkdir(parents=True)
    assert zoo.trained(runs) == ["long", "short"]
    assert zoo.begun(runs) == ["broken", "long", "short"]
    assert zoo.trained(runs / "nowhere") == []


def test_an_unknown_name_is_refused_with_the_nearest_run_or_model(runs):
    with pytest.raises(UnknownName, match="unknown model 'shrot': did you mean short"):
        zoo.find("shrot", runs)
    with pytest.raises(UnknownName, match="did you mean maestro"):
        zoo.load("maestor", runs)


def test_a_bundled_name_goes_before_a_run(runs, monkeypatch, tmp_path):
    monkeypatch.setattr(zoo, "HERE", tmp_path / "bundled")
    tiny_checkpoint(tmp_path / "bundled" / zoo.DEFAULT)
    tiny_checkpoint(runs / zoo.DEFAULT / "checkpoints" / "best")
    assert zoo.find(zoo.DEFAULT, runs) == tmp_path / "bundled" / zoo.DEFAULT


def test_a_bundled_model_without_its_weights_is_missing(runs, monkeypatch, tmp_path):
    monkeypatch.setattr(zoo, "HERE", tmp_path / "bundled")
    with pytest.raises(MissingData, match="its weights are not in this installation"):
        zoo.load(zoo.DEFAULT, runs)


def test_a_damaged_model_is_refused(runs):
    (runs / "short" / "checkpoints" / "best" / "card.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"card\.json: is damaged"):
        zoo.load("short", runs)


@pytest.mark.parametrize(
    "licence",
    [
        "CC BY-NC-SA 4.0",
        "CC-BY-NC-4.0",
        "cc by-nc 4.0",
        "non-commercial use",
        "CC0-1.0, CC-BY-NC-4.0",
        "CC0-1.0; on weights: unknown",
        "unknown, yours to know",
        "",
    ],
)
def test_commercial_refuses_a_licence_that_forbids_or_does_not_say(licence, tmp_path):
    tiny_checkpoint(tmp_path / "c", licence=licence)
    with pytest.raises(LicenceError, match="--commercial refuses its licence"):
        zoo.load(str(tmp_path / "c"), commercial=True)
    assert zoo.load(str(tmp_path / "c")).card["licence"] == licence


def test_commercial_refuses_a_card_that_is_silent_on_the_licence(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    with pytest.raises(LicenceError, match="--commercial refuses its licence, unknown"):
        zoo.load(str(tmp_path / "c"), commercial=True)


@pytest.mark.parametrize("licence", ["CC BY 4.0", "CC-BY-2.5, CC-BY-4.0, CC0-1.0, Public-Domain", "MIT"])
def test_commercial_accepts_a_licence_that_allows_it(licence, tmp_path):
    tiny_checkpoint(tmp_path / "c", licence=licence)
    assert zoo.load(str(tmp_path / "c"), commercial=True).card["licence"] == licence


def test_runs_live_where_one_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PARTIMENTO_HOME", str(tmp_path))
    assert zoo.runs_home() == tmp_path / "runs"
    assert zoo.runs_home("elsewhere").name == "elsewhere"
    monkeypatch.delenv("PARTIMENTO_HOME")
    assert str(zoo.runs_home()) == "runs"
