from dataclasses import fields, replace

import pytest
from fakes import SMALL, tiny_recipe
from hypothesis import given
from hypothesis import strategies as st
from music import ALL_CODECS

from partimento.codecs import codec_of
from partimento.data.windows import WindowConfig
from partimento.errors import UnknownName, UsageError
from partimento.models import MODELS, family_of
from partimento.recipe import RECIPES, DataConfig, Recipe, TrainConfig, called, filled, from_dict, read, told

ALONE = {TrainConfig: {"core_minutes": st.just(0.0)}}  # beside minutes it has to be 0


def written(path, text):
    path.write_text(text)
    return path


def field_values(config):
    """A config with each field anywhere in its range (numbers) or at its default."""
    kinds = {int: st.integers, float: st.floats}
    ranged = {f.name: kinds[type(f.default)](*f.metadata["range"]) for f in fields(config) if "range" in f.metadata}
    return st.builds(config, **{**ranged, **ALONE.get(config, {})})


@pytest.mark.parametrize("family", MODELS)
@pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
def test_a_recipe_comes_back_from_its_toml(family, codec, tmp_path):
    codec = replace(codec)  # what it learnt from pieces is no part of a recipe
    recipe = Recipe(DataConfig("mine", "composer=Bach"), codec, family, family_of(family).Config(), seed=7)
    assert read(written(tmp_path / "recipe.toml", recipe.to_toml())) == recipe


@given(windows=field_values(WindowConfig), training=field_values(TrainConfig), seed=st.integers(0, 2**31))
def test_every_value_in_its_range_comes_back_from_toml(windows, training, seed, tmp_path_factory):
    recipe = Recipe(model=SMALL, windows=windows, training=training, seed=seed)
    path = tmp_path_factory.getbasetemp() / "recipe.toml"
    assert read(written(path, recipe.to_toml())) == recipe


def test_what_is_not_said_keeps_its_default():
    assert from_dict({}) == Recipe()
    assert from_dict({"training": {"clip": 2.0}}).training == TrainConfig(clip=2.0)
    assert from_dict({"model": {"family": "transformer", "layers": 3}}).model == replace(Recipe().model, layers=3)


def test_the_outside_form_says_everything():
    said = tiny_recipe().to_dict()
    assert said["codec"] == {"name": "notes", "pedal": "folded"} and said["model"]["family"] == "transformer"
    assert set(said["training"]) == {f.name for f in fields(TrainConfig)}


@pytest.mark.parametrize(
    ("given_", "nearest"),
    [
        ({"trainning": {}}, "training"),
        ({"training": {"learning_rte": 1.0}}, "learning_rate"),
        ({"windows": {"transpse": 3}}, "transpose"),
        ({"model": {"layer": 3}}, "layers"),
        ({"model": {"family": "transfomer"}}, "transformer"),
        ({"codec": {"name": "note"}}, "notes"),
        ({"codec": {"pedal": "steam"}}, "stream"),
        ({"data": {"corpsu": "x"}}, "corpus"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(given_, nearest):
    with pytest.raises(UnknownName, match=f"did you mean .*{nearest}"):
        from_dict(given_)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"training": {"clip": -1.0}}, "clip -1.0 is out of range: 0.0 to 1000000.0"),
        ({"training": {"ema": 1.0}}, "ema 1.0 is out of range"),
        ({"training": {"decay": float("nan")}}, "decay nan is out of range"),
        ({"model": {"layers": 0}}, "layers 0 is out of range: 1 to 64"),
        ({"windows": {"transpose": 13}}, "transpose 13 is out of range: 0 to 12"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(given_, words):
    with pytest.raises(UsageError, match=words):
        from_dict(given_)


def test_a_range_holds_for_recipes_made_in_code():
    with pytest.raises(UsageError, match=r"clip -1\.0 is out of range"):
        Recipe(model=SMALL, training=TrainConfig(clip=-1.0))


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"training": {"warmup": "soon"}}, "warmup 'soon' is not a int"),
        ({"training": {"warmup": 2.5}}, "warmup 2.5 is not a int"),
        ({"training": {"warmup": True}}, "warmup True is not a int"),
        ({"training": {"clip": [1.0]}}, "clip .* is not a float"),
        ({"model": {"octaves": 3}}, "octaves 3 is not a bool"),
        ({"codec": {"sustain": 1}}, "codec notes"),
        ({"training": 3}, "training"),
        ({"seed": "seven"}, "seed 'seven'"),
        ({"seed": 1.5}, "seed 1.5"),
    ],
)
def test_a_value_of_another_type_is_refused(given_, words):
    with pytest.raises(UsageError, match=words):
        from_dict(given_)


@pytest.mark.parametrize(("value", "kept"), [("3", 3), (3.0, 3), (3, 3)], ids=["text", "whole-float", "int"])
def test_a_number_may_be_written_as_text_or_as_a_whole_float(value, kept):
    assert filled(TrainConfig, {"warmup": value}).warmup == kept


@pytest.mark.parametrize(("value", "kept"), [("yes", True), ("false", False), (True, True)])
def test_a_truth_may_be_written_as_text(value, kept):
    assert filled(type(SMALL), {"octaves": value}).octaves is kept


@pytest.mark.parametrize("content", [b"seed = ", b"\xff\xfe", None], ids=["half", "binary", "missing"])
def test_a_file_that_is_no_toml_is_refused_with_its_name(content, tmp_path):
    path = tmp_path / "recipe.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"^recipe \S+recipe\.toml: cannot be read: (?!.*recipe\.toml|.*Errno).+"):
        read(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[model]\nlayer = 3", r"unknown field of \[model\] \(transformer\) 'layer': did you mean layers"),
        ("[training]\nclp = 1.0", r"unknown field of \[training\] 'clp': did you mean clip"),
        ("[sampling]\ntemprature = 1.0", r"unknown field of \[sampling\] 'temprature': did you mean temperature"),
        ("[windows]\ntranspose = 13", "transpose 13 is out of range"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name(text, words, tmp_path):
    with pytest.raises(UsageError, match=rf"^recipe \S+mine\.toml: {words}"):
        read(written(tmp_path / "mine.toml", text))


@pytest.mark.parametrize("name", RECIPES)
def test_a_named_recipe_can_be_trained_and_says_what_it_is(name):
    made = called(name)
    assert made == read(RECIPES[name]) and told(name).endswith(".") and "#" not in told(name)
    assert not family_of(made.family).misfit(made.model, made.codec.columns)


@pytest.mark.parametrize("name", MODELS)
def test_a_family_is_called_as_it_comes(name):
    own = codec_of(family_of(name).codec)
    assert called(name) == Recipe(family=name, codec=own) or name in RECIPES
    assert not family_of(name).misfit(family_of(name).Config(), own.columns)


def test_a_recipe_goes_before_the_family_of_its_name():
    assert called("deepbach") == read(RECIPES["deepbach"]) != from_dict({"model": {"family": "deepbach"}})
    assert called("deepbach").model == from_dict({"model": {"family": "deepbach"}}).model


def test_an_unknown_recipe_is_refused_with_the_nearest():
    with pytest.raises(
        UnknownName, match=r"unknown family or recipe 'mechanical-bach': did you mean .*mechanical-bach-lstm"
    ):
        called("mechanical-bach")


def test_a_run_has_one_budget_of_time():
    with pytest.raises(UsageError, match="minutes and core_minutes exclude each other"):
        TrainConfig(minutes=1.0, core_minutes=1.0)


def test_a_name_out_of_a_table_may_have_capitals():
    assert filled(TrainConfig, {"optimizer": "AdamW"}).optimizer == "adamw"
    assert from_dict({"model": {"family": "gru", "loss": "Cross-Entropy"}}).model.loss == "cross-entropy"
    assert from_dict({"codec": {"pedal": "Stream"}}).codec == codec_of("notes", pedal="stream")


@pytest.mark.parametrize(("family", "fitting"), [("lstm", "cross-entropy"), ("gan", "wasserstein")])
def test_a_loss_that_is_none_is_answered_with_those_that_fit(family, fitting):
    with pytest.raises(UnknownName) as told_:
        from_dict({"model": {"family": family, "loss": "nonsense"}})
    assert fitting in str(told_.value) and "mse" not in str(told_.value)


def test_a_recipe_says_how_it_is_composed_where_that_is_not_as_usual():
    assert "sampling" not in Recipe(model=SMALL).to_dict()
    recipe = from_dict({"sampling": {"temperature": 2.0, "columns": "pitch"}})
    assert recipe.preset == recipe.to_dict()["sampling"] == {"temperature": 2.0, "columns": "pitch"}
    assert from_dict(recipe.to_dict()) == recipe
    assert called("tutorial-rnn").preset == recipe.preset


OWN = {  # whose augmentation is its own
    "three-head-lstm": (7, 0.1, 0.1),
    "three-head-lstm-code": (7, 0.1, 0.1),
    "deepbach": (12, 0.0, 0.0),
    "keras-deepbach": (6, 0.0, 0.0),
}


PUBLISHED = sorted(RECIPES.keys() - {"chorales"})  # which is the project's own


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_system_is_trained_as_it_was_without_what_is_ours(name):
    windows, training = called(name).windows, called(name).training
    assert (training.clip, windows.forget, windows.louder) == (0.0, 1.0, 0)
    assert (windows.transpose, windows.stretch, windows.loudness) == OWN.get(name, (0, 0.0, 0.0))
