"""A run made small enough to travel with the package."""

import pytest
import torch
from fakes import tiny_checkpoint

from partimento.compose.model import load
from partimento.errors import CheckpointError, UsageError
from partimento.zoo import bundle as module
from partimento.zoo.bundle import bundle

ABOUT = {"licence": "CC BY-NC-SA 4.0", "credit": "MAESTRO, by its makers", "place": {"step": 3}}


@pytest.fixture
def run(tmp_path):
    """A run's checkpoint with the state to resume from."""
    tiny_checkpoint(tmp_path / "run", resume={"generator": torch.zeros(3)}, **ABOUT)
    return tmp_path / "run"


def test_what_is_bundled_is_in_half_the_bits_and_cannot_be_resumed(run, tmp_path):
    made = bundle(run, tmp_path / "bundled", {})
    assert {value.dtype for value in made.weights.values()} == {torch.bfloat16}
    assert not made.resume and "place" not in made.card and made.card["precision"] == "bfloat16"
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "LICENSE",
        "card.json",
        "manifest.json",
        "recipe.toml",
        "weights.safetensors",
    ]


def test_the_weights_are_the_runs_own_as_far_as_the_bits_go(run, tmp_path):
    small, large = bundle(run, tmp_path / "bundled", {}).model(), load(str(run)).checkpoint.model()
    pairs = zip(small.parameters(), large.parameters(), strict=True)
    assert all(torch.allclose(a, b, rtol=2**-8, atol=1e-6) for a, b in pairs)


def test_preset_and_figures_go_onto_the_card(run, tmp_path):
    bundle(run, tmp_path / "bundled", {"preset": {"top_p": 0.9}, "figures": {"validation": 12.0}})
    model = load(str(tmp_path / "bundled"))
    assert model.preset.top_p == 0.9 and model.checkpoint.card["figures"] == {"validation": 12.0}
    assert len(model.compose(notes=3).score) == 3


def test_a_figure_that_was_never_measured_is_left_off(tmp_path):
    tiny_checkpoint(tmp_path / "run", **ABOUT, validation_nats_per_cell=None)
    assert "validation_nats_per_cell" not in bundle(tmp_path / "run", tmp_path / "bundled", {}).card


def test_the_licence_of_the_data_lies_beside_the_weights(run, tmp_path):
    bundle(run, tmp_path / "bundled", {})
    notice = (tmp_path / "bundled" / "LICENSE").read_text()
    assert "MAESTRO, by its makers" in notice and "CC BY-NC-SA 4.0" in notice and "not for commercial" in notice


def test_free_data_make_weights_under_cc_by_that_name_everyone(tmp_path):
    credits = [{"credit": "A. Typist", "licence": "CC-BY-2.5", "pieces": ["Bach: Fugue"]}]
    tiny_checkpoint(tmp_path / "run", licence="CC-BY-2.5, CC0-1.0", credit="All", credits=credits)
    card = bundle(tmp_path / "run", tmp_path / "bundled", {}).card
    assert (card["licence"], card["data_licence"], card["credits"]) == ("CC BY 4.0", "CC-BY-2.5, CC0-1.0", credits)
    assert "A. Typist\n    Bach: Fugue" in (tmp_path / "bundled" / "LICENSE").read_text()
    assert load(str(tmp_path / "bundled"), commercial=True).checkpoint.card == card


def test_a_large_model_is_refused_and_nothing_written(run, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_MB", 0.001)
    with pytest.raises(UsageError, match=r"MB of weights; a bundled model has at most 0\.001 MB"):
        bundle(run, tmp_path / "bundled", {})
    assert not (tmp_path / "bundled").exists()


def test_a_damaged_run_is_refused(run, tmp_path):
    (run / "card.json").write_text("{}")
    with pytest.raises(CheckpointError, match="is damaged"):
        bundle(run, tmp_path / "bundled", {})
