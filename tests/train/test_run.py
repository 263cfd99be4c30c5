import pytest
from fakes import tiny_checkpoint, tiny_recipe

from partimento.errors import CheckpointError
from partimento.train.run import KEPT, Run


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "mine")


def saved(run, *steps):
    for step in steps:
        tiny_checkpoint(run.place(step), {}, place=step)


def steps(run):
    return [int(path.name.removeprefix("step-")) for path in run.saved()]


def test_a_run_exists_once_something_is_saved(run):
    assert not run.exists() and run.saved() == []
    saved(run, 1)
    assert run.exists()


def test_a_run_with_a_best_model_alone_exists(run):
    tiny_checkpoint(run.best)
    assert run.exists() and run.saved() == []


@pytest.mark.parametrize("numbers", [(1, 20, 3), (99_999_999, 100_000_000)])
def test_checkpoints_stand_with_the_latest_first(run, numbers):
    for step in numbers:
        run.place(step).mkdir(parents=True)
    assert steps(run) == sorted(numbers, reverse=True)


def test_pruning_keeps_the_last_two_and_the_best(run):
    for step in range(5):
        run.place(step).mkdir(parents=True)
    run.best.mkdir()
    run.prune()
    assert steps(run) == [4, 3] and KEPT == 2 and run.best.exists()


def test_pruning_clears_what_killed_runs_left_at_other_steps(run):
    (run.checkpoints / ".step-00000007.0123456789ab.part").mkdir(parents=True)
    run.prune()
    assert list(run.checkpoints.iterdir()) == []


def test_a_checkpoint_that_a_killed_run_was_replacing_is_still_there(run):
    saved(run, 1)
    run.place(1).rename(run.checkpoints / ".step-00000001.0123456789ab.old")
    assert steps(run) == [1] and run.latest()[0].card["place"] == 1


def test_the_recipe_is_that_of_the_latest_checkpoint_whose_own_is_whole(run):
    assert run.recipe() is None
    saved(run, 1, 2)
    (run.place(2) / "recipe.toml").write_text("seed = ")
    assert run.recipe() == tiny_recipe()


def test_the_latest_whole_checkpoint_is_taken_and_the_damaged_one_named(run):
    saved(run, 1, 2, 3)
    (run.place(3) / "weights.safetensors").write_bytes(b"")
    (run.place(2) / "manifest.json").unlink()
    checkpoint, damaged = run.latest()
    assert checkpoint.card["place"] == 1
    assert ["step-00000003" in line for line in damaged] == [True, False] and "step-00000002" in damaged[1]


def test_a_run_without_a_whole_checkpoint_says_what_is_wrong(run):
    with pytest.raises(CheckpointError, match="no whole checkpoint to go on from; train it first"):
        run.latest()
    saved(run, 1)
    (run.place(1) / "card.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"no whole checkpoint to go on from; .*card\.json: is damaged"):
        run.latest()


def test_the_log_is_read_as_it_was_written_without_half_a_line(run):
    assert list(run.history()) == []
    rows = [{"step": 20, "loss": {"all": 1.5}}, {"step": 40, "validation": 9.0}]
    for row in rows:
        run.log(row)
    with (run.folder / "log.jsonl").open("a") as file:
        file.write('{"step": 6')
    assert list(run.history()) == rows


def test_half_a_line_and_a_damaged_one_cost_no_other(run):
    run.log({"step": 20})
    with (run.folder / "log.jsonl").open("ab") as file:
        file.write(b'{"st\xff": 1}\n{"step": 6')
    run.log({"step": 40})
    assert list(run.history()) == [{"step": 20}, {"step": 40}]


def test_a_log_that_cannot_be_written_does_not_end_the_run(run):
    run.folder.parent.mkdir(exist_ok=True)
    run.folder.write_text("a file where the folder should be")
    run.log({"step": 1})
    assert list(run.history()) == []
