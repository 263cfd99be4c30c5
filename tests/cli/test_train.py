"""Training by the command line: what a run leaves, what it refuses, and that the recipe is all of it."""

import json

import pytest
from safetensors.numpy import load_file

from partimento import recipe
from partimento.models import MODELS


def weights(folder):
    (latest,) = folder.glob("checkpoints/step-*")
    return (latest / "weights.safetensors").read_bytes()


@pytest.fixture
def train(partimento, tiny_flags):
    """Trains a tiny transformer, or what ``kind`` says, as a run in ``r``."""

    def call(name, *flags, steps=3, kind=("transformer", *tiny_flags)):
        return partimento("train", *kind, "--name", name, "--runs", "r", "--steps", steps, *flags)

    return call


def test_a_run_leaves_log_checkpoints_curves_and_samples(workshop):
    run = workshop / "runs" / "mine"
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log if "loss" in row] == [20, 40] and "validation" in log[-1]
    assert {path.name for path in (run / "checkpoints").iterdir()} == {"best", "step-00000040"}
    assert [path.suffix for path in sorted((run / "samples").iterdir())] == [".mid", ".png"]
    assert list((run / "tensorboard").glob("events.out.tfevents.*"))


def test_a_run_is_one_json_object(train, tmp_path):
    told = train("a", "--json").json
    assert (told["step"], told["steps"], told["finished"]) == (3, 3, True)
    assert told["run"] == "r/a" and (tmp_path / "r" / "a").is_dir()


def test_a_name_is_taken_once_and_then_gone_on_with(train, tmp_path):
    assert train("a").status == 0
    before = weights(tmp_path / "r" / "a")
    assert "go on with --resume, or take another --name" in train("a").complaint
    assert weights(tmp_path / "r" / "a") == before
    assert "step 5 of 5" in train("a", "--resume", steps=5).out


def test_a_resumed_run_is_the_run_that_went_through(train, tmp_path):
    assert (
        train("whole", steps=9).status == train("parts", steps=4).status == train("parts", "--resume", steps=9).status
    )
    last = {name: tmp_path / "r" / name / "checkpoints" / "step-00000009" for name in ("whole", "parts")}
    for file in ("weights.safetensors", "resume.safetensors"):
        assert (last["whole"] / file).read_bytes() == (last["parts"] / file).read_bytes()


def test_a_recipe_file_is_the_whole_run(train, tmp_path):
    assert train("a", "--seed", 5, "--learning-rate", 0.001).status == 0
    written = tmp_path / "r" / "a" / "checkpoints" / "best" / "recipe.toml"
    assert train("b", kind=(written,)).status == 0
    assert weights(tmp_path / "r" / "a") == weights(tmp_path / "r" / "b")
    assert train("c", "--seed", 6, kind=(written,)).status == 0
    assert weights(tmp_path / "r" / "a") != weights(tmp_path / "r" / "c")


def test_any_field_can_be_set_by_its_place(train, tmp_path):
    assert train("a", "--set", "windows.louder=2", "--set", "model.octaves=no", "--optimizer", "adam").status == 0
    made = recipe.read(tmp_path / "r" / "a" / "checkpoints" / "best" / "recipe.toml")
    assert (made.windows.louder, made.model.octaves, made.training.optimizer) == (2, False, "adam")


def test_another_models_weights_are_what_is_begun_with(train, workshop, best, tmp_path):
    still = ("--learning-rate", 0, "--matrix-rate", 0)
    for name, init in (("by-folder", best), ("by-name", "copy")):
        if name == "by-name":
            (tmp_path / "r" / "copy").symlink_to(workshop / "runs" / "mine")
        assert train(name, *still, "--init", init).status == 0
        made = load_file(tmp_path / "r" / name / "checkpoints" / "step-00000003" / "weights.safetensors")
        assert all((made[key] == value).all() for key, value in load_file(best / "weights.safetensors").items())


def test_another_shape_cannot_be_begun_with(train, best, tmp_path):
    said = train("a", "--init", best, "--set", "model.hidden=24")
    assert said.status == 2 and "hidden 16 and not 24; set --hidden 16" in said.complaint


def test_curves_go_elsewhere_and_samples_nowhere_where_one_says_so(train, tmp_path):
    assert train("a", "--tensorboard-dir", "curves", "--no-samples").status == 0
    assert list((tmp_path / "curves").glob("events*"))
    assert not (tmp_path / "r" / "a" / "samples").exists() and not (tmp_path / "r" / "a" / "tensorboard").exists()


def test_minutes_become_steps_once_the_first_are_timed(train):
    told = train("a", "--minutes", 0.001, "--json", steps=0).json
    assert told["finished"] and told["step"] == told["steps"] > 0


REFUSED = {
    "an unknown flag": (["--sede", 3], "Did you mean --seed"),
    "an unknown codec": (["--codec", "nots"], "did you mean notes"),
    "a codec where there is nothing to resume": (["--resume", "--codec", "performance"], "no whole checkpoint"),
    "an unknown optimizer": (["--optimizer", "zz"], "unknown optimizer 'zz'"),
    "part of a step": (["--clip", "x"], "--clip"),
    "a negative rate": (["--learning-rate", -1], "out of range"),
    "a broken whole number": (["--patience", 1.5], "'1.5' is no whole number"),
    "a place that is none": (["--set", "layers=3"], "PART.FIELD=VALUE is needed"),
    "a field that is none": (["--set", "model.layer=3"], "did you mean layers"),
    "a value that is none": (["--set", "model.layers=x"], "layers 'x' is not"),
    "heads that do not fit": (["--set", "model.heads=3"], "width 16"),
    "a codec's flag without it": (["--rhythm"], "--rhythm is of codec chords; notes has none"),
    "a way to compose that is none": (["--set", "sampling.temperature=11"], "temperature 11.0 is out of range"),
    "both ways to begin": (["--resume", "--init", "mine"], "exclude each other"),
    "nothing to resume": (["--resume"], "no whole checkpoint to go on from"),
    "an unknown model": (["--init", "mien"], "unknown model 'mien'"),
    "nothing left of the corpus": (["--filter", "composer=Nobody"], "chooses none of 8 pieces"),
    "an unknown key": (["--filter", "composr=Bach"], "unknown filter key"),
    "windows that no piece fills": (["--set", "windows.sequence=5000"], "sequence 5000 is longer than any of the"),
    "more rows than places": (["--set", "model.positions=learned", "--set", "model.context=15"], "its 15 positions"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_training_that_cannot_be(kind, train, tmp_path):
    flags, advice = REFUSED[kind]
    said = train("a", *flags)
    assert said.status == 2 and advice in said.complaint and not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("family", "flags", "advice"),
    [
        ("seq2seq", ["--loss", "hinge"], "loss hinge judges verdicts, and it predicts numbers; choose one of l1, "),
        ("three-head", ["--step-loss", "categorical_crossentropy"], "step_loss categorical_crossentropy judges ids"),
        ("three-head", ["--loss", "mse"], "has one for each part: --step-loss, --velocity-loss, --duration-loss"),
        ("three-head", ["--codec", "roll"], "the table has 88 columns"),
    ],
)
def test_what_a_family_cannot_judge_or_read_is_said(family, flags, advice, partimento, tmp_path):
    said = partimento("train", family, "--name", "a", "--data", "tiny", "--runs", tmp_path / "r", *flags)
    assert said.status == 2 and advice in said.complaint and not (tmp_path / "r").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", ".a", "a" * 300])
def test_a_run_has_a_plain_name(name, train, tmp_path):
    assert "a plain name is needed" in train(name).complaint and not list(tmp_path.iterdir())


def test_a_run_has_no_bundled_models_name(train):
    assert "a bundled model has this name" in train("maestro").complaint


def test_a_corpus_that_is_not_prepared_comes_with_the_command_that_prepares_it(partimento):
    said = partimento("train", "transformer", "--name", "a")
    assert said.status == 2 and "run `partimento data prepare maestro --from PATH`" in said.complaint


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ((), "train needs a family or a recipe:"),
        (("transfomer",), "unknown family or recipe 'transfomer': did you mean transformer"),
        (("--samples", "transformer"), "transformer stands behind the flags: it stands first"),
        (("transformer", "transformer"), "two runs would be called a-transformer"),
        (("lstm", "gru", "lstm"), "two runs would be called a-lstm"),
        (("rnn-synthesis-gur",), "did you mean rnn-synthesis-gru"),
        (("no.toml",), "recipe no.toml: cannot be read: No such file or directory; name"),
        (("bad.toml",), "recipe bad.toml: unknown part of a recipe 'modle': did you mean model"),
    ],
)
def test_a_family_or_a_recipe_is_needed(kind, advice, partimento, tmp_path):
    (tmp_path / "bad.toml").write_text("[modle]\nlayers = 3\n")
    said = partimento("train", *kind, "--name", "a")
    assert said.status == 2 and advice in said.complaint


def test_a_file_where_the_runs_should_be(train, tmp_path):
    (tmp_path / "r").write_text("mine")
    assert "--runs r: r is a file" in train("a").complaint


def test_a_family_behind_the_flags_is_told_where_it_stands(partimento):
    said = partimento("train", "--name", "a", "transformer")
    assert said.status == 2 and "partimento train transformer --name mine" in said.complaint
    assert "needs a family" in partimento("train", "--name", "transformer").complaint


def test_another_family_does_not_go_on_with_a_run(partimento, train):
    assert train("a").status == 0
    said = train("a", kind=("lstm", "--data", "tiny", "--sequence", "16", "--batch-size", "2", "--resume"))
    assert said.status == 2 and "--resume cannot change" in said.complaint and "family" in said.complaint


def test_help_lists_families_and_recipes(partimento):
    shown = partimento("train", "--help").out
    assert all(name in shown for name in (*MODELS, *recipe.RECIPES))
    assert "--hidden-dense-size" in partimento("train", "mechanical-bach-lstm", "--help").out


def test_another_codec_is_refused_where_one_goes_on(train):
    assert train("a").status == 0
    assert "this run's codec is notes; leave --codec out" in train("a", "--resume", "--codec", "performance").complaint


def test_how_a_model_composes_is_said_by_its_recipe_and_may_change_on_the_way(train, tmp_path):
    def preset(step):
        card = tmp_path / "r" / "a" / "checkpoints" / f"step-0000000{step}" / "card.json"
        return json.loads(card.read_text()).get("preset")

    assert train("a", "--set", "sampling.temperature=0.9", "--optimizer", "Adam", "--no-samples").status == 0
    assert preset(3) == {"temperature": 0.9}
    assert train("a", "--resume", "--set", "sampling.temperature=1", "--no-samples", steps=4).status == 0
    assert preset(4) is None
