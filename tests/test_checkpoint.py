import json

import pytest
import torch
from fakes import tiny_checkpoint, tiny_recipe
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.checkpoint import FORMAT, MANIFEST, RECIPE, RESUME, WEIGHTS, load_checkpoint
from partimento.errors import CheckpointError

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
def test_a_damaged_manifest_is_refused_or_says_the_same(saved, data):
    path = saved / MANIFEST
    whole, before = path.read_bytes(), load_checkpoint(saved)
    at, other = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :])
    try:
        assert load_checkpoint(saved).card == before.card
    except CheckpointError as error:
        assert str(saved) in str(error)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["weights.safetensors", "recipe.toml", "card.json", "resume.safetensors", MANIFEST])
def test_a_missing_file_is_named(name, tmp_path):
    tiny_checkpoint(tmp_path / "c", RESUME_STATE)
    (tmp_path / "c" / name).unlink()
    with pytest.raises(CheckpointError, match=f"c: is no whole checkpoint .*{name}"):
        load_checkpoint(tmp_path / "c")


def restated(folder, **changes):
    """The manifest with other values."""
    path = folder / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


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
    with pytest.raises(CheckpointError, match=r"is no whole checkpoint|has format version"):
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
