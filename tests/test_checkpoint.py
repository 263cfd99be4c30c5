import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from fakes import tiny_checkpoint, tiny_recipe
from hypothesis import given, settings
from hypothesis import strategies as st

import partimento.checkpoint
from partimento.checkpoint import (
    FORMAT,
    MANIFEST,
    RECIPE,
    RESUME,
    SEAL,
    WEIGHTS,
    build,
    card_of,
    load_checkpoint,
    save_checkpoint,
    whole_recipe,
)
from partimento.data.controls import Controls
from partimento.errors import CheckpointError
from partimento.nn.filters import Sampling

RESUME_STATE = {"generator": torch.Generator().manual_seed(3).get_state(), "steps": torch.tensor(5)}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A checkpoint to read, never to change."""
    folder = tmp_path_factory.mktemp("checkpoint") / "saved"
    tiny_checkpoint(folder, RESUME_STATE, licence="CC0-1.0")
    return folder


def same(left, right):
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def test_what_is_saved_is_loaded(tmp_path):
    model = tiny_checkpoint(tmp_path / "c", RESUME_STATE, licence="CC0-1.0")
    loaded = load_checkpoint(tmp_path / "c")
    assert loaded.recipe == tiny_recipe() and loaded.card["licence"] == "CC0-1.0"
    assert loaded.controls.composers == ("Bach",)
    assert same(loaded.weights, model.state_dict()) and same(loaded.resume, RESUME_STATE)
    assert same(loaded.model().state_dict(), model.state_dict())


def test_a_loaded_model_is_ready_to_compose(saved):
    assert not load_checkpoint(saved).model().training


def test_half_precision_weights_become_a_model_in_single_precision(saved):
    checkpoint = load_checkpoint(saved)
    checkpoint.weights.update({name: value.half() for name, value in checkpoint.weights.items()})
    assert {p.dtype for p in checkpoint.model().parameters()} == {torch.float32}


def test_without_a_resume_state_there_is_none(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    assert load_checkpoint(tmp_path / "c").resume == {}
    assert not (tmp_path / "c" / RESUME).exists()


def test_a_recipe_with_a_way_to_compose_is_a_preset_and_one_that_forgets_all_has_no_controls(tmp_path):
    plain = tiny_recipe()
    assert "preset" not in card_of(plain, Controls()) and plain.preset == {}
    recipe = replace(plain, sampling=Sampling(top_p=0.9), windows=replace(plain.windows, forget=1.0))
    assert card_of(recipe, Controls())["preset"] == {"top_p": 0.9}
    assert card_of(recipe, Controls(), preset={"top_k": 3})["preset"] == {"top_k": 3}  # what was measured wins
    save_checkpoint(tmp_path / "a", recipe, card_of(recipe, Controls()), build(recipe, Controls()).state_dict())
    assert load_checkpoint(tmp_path / "a").controls == Controls(untold=True)


def test_the_hash_of_the_weights_is_that_of_their_file(saved):
    import hashlib

    assert load_checkpoint(saved).weights_hash == hashlib.sha256((saved / WEIGHTS).read_bytes()).hexdigest()


def test_a_checkpoint_takes_the_place_of_the_one_before(tmp_path):
    tiny_checkpoint(tmp_path / "c", RESUME_STATE)
    tiny_checkpoint(tmp_path / "c", licence="MIT")
    assert load_checkpoint(tmp_path / "c").card["licence"] == "MIT"
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


@given(data=st.data())
@settings(max_examples=40)
def test_a_damaged_byte_is_never_taken_for_good(saved, data):
    files = sorted(path for path in saved.iterdir() if path.name != MANIFEST)
    path = data.draw(st.sampled_from(files), label="file")
    whole = path.read_bytes()
    at, other = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :])
    try:
        with pytest.raises(CheckpointError, match=f"{path.name}: is damaged"):
            load_checkpoint(saved)
    finally:
        path.write_bytes(whole)


@given(data=st.data())
@settings(max_examples=40)
def test_a_damaged_manifest_is_named(saved, data):
    path = saved / MANIFEST
    whole = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
    try:
        with pytest.raises(CheckpointError, match=r"manifest\.json: is damaged"):
            load_checkpoint(saved)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["weights.safetensors", "recipe.toml", "card.json", "resume.safetensors", MANIFEST])
def test_a_missing_file_is_named(name, tmp_path):
    tiny_checkpoint(tmp_path / "c", RESUME_STATE)
    (tmp_path / "c" / name).unlink()
    with pytest.raises(CheckpointError, match=f"c: is no whole checkpoint .*{name}"):
        load_checkpoint(tmp_path / "c")


def restated(folder, **changes):
    """The manifest with other values, and without the seal, as version 0.1 wrote it."""
    said = json.loads((folder / MANIFEST).read_text())
    del said[SEAL]
    (folder / MANIFEST).write_text(json.dumps({**said, **changes}))


@pytest.mark.parametrize("found", [0, FORMAT + 1, None, str(FORMAT)])
def test_another_format_version_is_refused(found, tmp_path):
    tiny_checkpoint(tmp_path / "c")
    restated(tmp_path / "c", format=found)
    with pytest.raises(CheckpointError, match=f"format version {found}; this version reads {FORMAT}"):
        load_checkpoint(tmp_path / "c")


@pytest.mark.parametrize("manifest", ["", "[]", "{", "3", '{"format": 1}', '{"format": 1, "files": []}'])
def test_a_manifest_without_sense_is_refused(manifest, tmp_path):
    tiny_checkpoint(tmp_path / "c")
    (tmp_path / "c" / MANIFEST).write_text(manifest)
    with pytest.raises(CheckpointError, match=r"manifest\.json: is damaged|has format version"):
        load_checkpoint(tmp_path / "c")


def test_a_file_that_the_manifest_does_not_vouch_for_is_not_read(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    restated(tmp_path / "c", files={})
    with pytest.raises(CheckpointError, match="is no whole checkpoint"):
        load_checkpoint(tmp_path / "c")


def resealed(folder, name, data):
    """Another file under a manifest that fits it."""
    import hashlib

    (folder / name).write_bytes(data)
    files = json.loads((folder / MANIFEST).read_text())["files"]
    restated(folder, files={**files, name: hashlib.sha256(data).hexdigest()})


def test_a_recipe_that_this_version_cannot_serve_is_refused(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    resealed(tmp_path / "c", RECIPE, b'[model]\nfamily = "abacus"\n')
    with pytest.raises(CheckpointError, match="cannot serve: unknown family 'abacus'"):
        load_checkpoint(tmp_path / "c")


def test_weights_that_do_not_fit_the_recipe_are_refused(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    text = (tmp_path / "c" / RECIPE).read_text().replace("layers = 1", "layers = 2")
    resealed(tmp_path / "c", RECIPE, text.encode())
    with pytest.raises(CheckpointError, match="the weights do not fit the recipe"):
        load_checkpoint(tmp_path / "c").model()


def test_a_manifest_of_version_0_1_has_no_seal_and_is_read(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    restated(tmp_path / "c")
    assert load_checkpoint(tmp_path / "c").recipe == tiny_recipe()


def test_the_recipe_is_read_without_the_weights(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    (tmp_path / "c" / WEIGHTS).unlink()
    assert whole_recipe(tmp_path / "c") == tiny_recipe()
    (tmp_path / "c" / RECIPE).write_text("seed = 3\n")
    with pytest.raises(CheckpointError, match=r"recipe\.toml: is damaged"):
        whole_recipe(tmp_path / "c")


def test_a_checkpoint_that_is_replaced_while_it_is_read_is_read_anew(tmp_path, monkeypatch):
    tiny_checkpoint(tmp_path / "c", licence="CC0-1.0")
    read = partimento.checkpoint._read

    def replaced_first(folder, sums, name):
        monkeypatch.setattr(partimento.checkpoint, "_read", read)
        tiny_checkpoint(tmp_path / "c", licence="MIT")
        return read(folder, sums, name)

    monkeypatch.setattr(partimento.checkpoint, "_read", replaced_first)
    assert load_checkpoint(tmp_path / "c").card["licence"] == "MIT"


def test_a_checkpoint_that_was_being_replaced_when_its_run_was_killed_is_found(tmp_path):
    tiny_checkpoint(tmp_path / "best")
    (tmp_path / "best").rename(tmp_path / ".best.0123456789ab.old")
    assert load_checkpoint(tmp_path / "best").recipe == tiny_recipe()


def test_a_text_beside_the_weights_is_vouched_for(tmp_path):
    recipe = tiny_recipe()
    save_checkpoint(tmp_path / "c", recipe, card_of(recipe, Controls()), {}, texts={"LICENSE": "mine"})
    load_checkpoint(tmp_path / "c")
    (tmp_path / "c" / "LICENSE").write_text("yours")
    with pytest.raises(CheckpointError, match="LICENSE: is damaged"):
        load_checkpoint(tmp_path / "c")


def test_a_checkpoint_that_goes_while_it_is_looked_at_has_no_identity(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: True)  # as in the gap of a swap
    assert partimento.checkpoint._identity(tmp_path / "gone") is None
