"""A model that is damaged, of another version or not here: one line from every verb that loads one."""

import json
import shutil

import pytest

from partimento import checkpoint, zoo


def flipped(folder):
    weights = bytearray((folder / "weights.safetensors").read_bytes())
    weights[-5] ^= 1
    (folder / "weights.safetensors").write_bytes(weights)


def of_version_99(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    plain = {"format": 99, "files": manifest["files"]}
    (folder / "manifest.json").write_text(json.dumps(checkpoint._sealed(plain)))


def without_weights(folder):
    (folder / "weights.safetensors").unlink()


def with_half_a_manifest(folder):
    (folder / "manifest.json").write_text('{"format": 1')


DAMAGE = {
    flipped: "weights.safetensors: is damaged; use another checkpoint",
    of_version_99: "has format version 99; this version reads 1; update partimento",
    without_weights: "is no whole checkpoint",
    with_half_a_manifest: "manifest.json: is damaged; use another checkpoint",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_model_is_refused_in_one_line(damage, partimento, best, tmp_path):
    shutil.copytree(best, tmp_path / "model")
    damage(tmp_path / "model")
    for verb in ("compose", "evaluate"):
        said = partimento(verb, tmp_path / "model")
        assert said.status == 2 and DAMAGE[damage] in said.complaint
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_damaged_model_is_not_trained_further(partimento, best, tmp_path, tiny_flags):
    shutil.copytree(best, tmp_path / "model")
    flipped(tmp_path / "model")
    said = partimento("train", "transformer", "--name", "x", "--runs", "r", *tiny_flags, "--init", tmp_path / "model")
    assert said.status == 2 and "is damaged" in said.complaint and not (tmp_path / "r").exists()


def test_a_damaged_model_is_listed_as_such(partimento, best, tmp_path):
    shutil.copytree(best, tmp_path / "runs" / "torn" / "checkpoints" / "best")
    (tmp_path / "runs" / "torn" / "checkpoints" / "best" / "card.json").write_text("{")
    assert "torn: damaged" in partimento("models", "--runs", tmp_path / "runs").out


def test_a_bundled_model_that_is_not_installed(partimento, monkeypatch, tmp_path):
    monkeypatch.setattr(zoo, "HERE", tmp_path)
    assert "its weights are not in this installation" in partimento("compose").complaint
