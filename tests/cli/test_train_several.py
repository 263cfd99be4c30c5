"""Several trainings in one call, each of a family or a recipe."""

import pytest

from partimento import recipe

SEVERAL = ("lstm", "mechanical-bach-lstm", "gru")
PLAIN = ["--data", "tiny", "--sequence", "16", "--batch-size", "2", "--no-samples", "--runs", "r"]
QUICK = [*PLAIN, "--name", "a"]
TINY_RNN = ["--set", "model.units=8", "--set", "model.hidden_dense_size=8"]


def test_all_names_are_checked_before_the_first_run(partimento, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.toml").write_text("")
    said = partimento("train", "one/mine.toml", "two/mine.toml", "--name", "a", "--runs", "r")
    assert "two runs would be called a-mine" in said.complaint and not (tmp_path / "r").exists()


def test_several_are_trained_one_after_another_each_as_its_recipe_says(partimento, tmp_path):
    assert partimento("train", *SEVERAL, *QUICK, *TINY_RNN, "--steps", 2).status == 0
    made = [recipe.read(tmp_path / "r" / f"a-{label}" / "recipe.toml") for label in SEVERAL]
    assert [each.training.optimizer for each in made] == ["muon", "adam", "muon"]
    assert [each.codec.name for each in made] == ["notes", "chords", "notes"]
    assert {(each.training.steps, each.windows.sequence, each.model.units) for each in made} == {(2, 16, 8)}
    said = partimento("train", *SEVERAL, *QUICK, *TINY_RNN, "--steps", 2)
    assert "run 'a-lstm' exists in r: go on with --resume, or take another --name" in said.complaint


def test_a_stop_ends_all_that_was_to_follow(partimento, tmp_path, monkeypatch):
    monkeypatch.setattr("partimento.train.trainer.Trainer._ends", lambda trainer, state, stopped: False)
    said = partimento("train", "lstm", "gru", *QUICK, *TINY_RNN, "--steps", 2)
    assert said.status == 0 and "go on with --resume" in said.err
    assert [path.name for path in (tmp_path / "r").iterdir()] == ["a-lstm"]


def test_several_are_gone_on_with_where_they_stopped(partimento, tmp_path):
    assert partimento("train", "lstm", *PLAIN, *TINY_RNN, "--steps", 2, "--name", "a-lstm").status == 0
    said = partimento("train", "lstm", "gru", *QUICK, *TINY_RNN, "--steps", 3, "--resume")
    assert said.status == 0, said.err
    for label in ("lstm", "gru"):
        assert [path.name for path in (tmp_path / "r" / f"a-{label}" / "checkpoints").glob("step*3")] == [
            "step-00000003"
        ]


def test_a_recipe_is_gone_on_with_as_it_was_begun(partimento, tmp_path):
    call = ("train", "mechanical-bach-lstm", *QUICK)
    assert partimento(*call, "--units", 8, "--layers", 1, "--seed", 3, "--steps", 2).status == 0
    assert partimento(*call, "--steps", 3, "--resume").status == 0
    made = recipe.read(tmp_path / "r" / "a" / "recipe.toml")
    assert (made.model.units, made.model.input, made.seed, made.training.steps) == (8, "numeric", 3, 3)


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (["--init", "mine"], "--init is for one family"),
        (["--resume"], "has no run a-lstm or a-gru; leave --resume out"),
        (["--units", 8], "--units: a family's or a codec's own flags only with one family"),
        (["--units=8"], "--units: a family's"),
        (["--clip", -1], "clip -1.0 is out of range"),
    ],
)
def test_what_several_cannot_be_asked(flags, advice, partimento, tmp_path):
    said = partimento("train", "lstm", "gru", *QUICK, *flags)
    assert said.status == 2 and advice in said.complaint and not (tmp_path / "r").exists()


def test_what_one_of_several_cannot_be_trained_on_is_refused_before_the_first(partimento, tmp_path):
    said = partimento("train", "lstm", "gan", *QUICK)
    assert "family gan refuses: " in said.complaint and not (tmp_path / "r").exists()


def test_the_steps_of_a_roll_and_those_of_the_training_have_flags_of_their_own(partimento, tmp_path):
    told = partimento("train", "gan", "--codec", "roll", *QUICK, "--roll-steps", 32, "--steps", 3)
    assert "16 rows is shorter than its windows of 32" in told.complaint and not (tmp_path / "r").exists()


@pytest.mark.parametrize("loss", ["mse", "hinge"])
def test_a_loss_that_does_not_fit_is_refused_in_words(loss, partimento, tmp_path):
    said = partimento("train", "gru", *QUICK, "--loss", loss)
    assert f"family gru refuses: loss {loss} judges" in said.complaint and not (tmp_path / "r").exists()
    told = partimento("train", "gru", *QUICK, "--loss", "msee").complaint
    assert "known: categorical_crossentropy, cross-entropy" in told and "mse," not in told
