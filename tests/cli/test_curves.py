"""Learning curves by the command line."""

import pytest


@pytest.mark.parametrize("name", ["mine.png", "new/mine.svg"])
def test_a_run_is_drawn(partimento, tmp_path, name):
    said = partimento("curves", "mine", "--out", name)
    assert said.status == 0 and said.out == f"{name}\n" and (tmp_path / name).stat().st_size > 1000


def test_accuracies_are_drawn_from_an_evaluation(partimento, tmp_path):
    partimento("evaluate", "mine", "--pieces", 1, "--samples", 0, "--out", "report")
    said = partimento("curves", "--evaluation", "report/evaluation.json", "--out", "bars.svg")
    assert said.status == 0 and "accuracy (% of cells)" in (tmp_path / "bars.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ([], "curves needs a run, or --evaluation FILE"),
        (["mien"], "unknown run 'mien': did you mean mine? (runs that were trained here)"),
        (["../mine"], "unknown run '../mine'"),
        (["mine", "--out", "a.gif"], "unknown picture format '.gif'"),
        (["mine", "--out", "file/a.png"], "file is a file; choose a folder"),
        (["mine", "--evaluation", "file"], "file: is no evaluation; partimento evaluate MODEL --out DIR writes one"),
        (["mine", "--evaluation", "none.json"], "none.json: cannot be read"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(partimento, tmp_path, arguments, advice):
    (tmp_path / "file").write_text("")
    said = partimento("curves", *arguments)
    assert said.status == 2 and advice in said.complaint
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
