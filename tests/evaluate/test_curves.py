"""Learning curves from logs, whole and damaged."""

import json

import pytest

from partimento.errors import InputError, UnknownName
from partimento.evaluate.curves import Curve, accuracies, curve, figure_of_curves, named, write_curves

ROWS = (
    {"step": 2, "steps": 4, "loss": {"step": 2.0, "pitch": 1.0}},
    {"step": 4, "validation": 9.0},
    {"step": 4, "validation": None},
    {"step": 2, "steps": 4, "loss": {"step": 1.5, "pitch": 1.0}},
)
MINE = Curve("mine", [(1, 3.0), (2, 2.0)], [(2, 9.0)])


def log(folder, text):
    (folder / "log.jsonl").write_text(text)
    return folder


def test_a_loss_is_summed_over_columns_and_the_last_of_a_step_counts(tmp_path):
    found = curve("mine", log(tmp_path, "\n".join(map(json.dumps, ROWS))))
    assert found == Curve("mine", [(2, 2.5)], [(4, 9.0)])


def test_what_was_guessed_right_is_a_panel_of_a_line_for_each_column(tmp_path):
    rows = [{"step": step, "accuracy": {"pitch": step / 8, "step": 0.5}} for step in (2, 4)]
    found = curve("mine", log(tmp_path, "\n".join(map(json.dumps, [*ROWS, *rows]))))
    assert found.right == {"pitch": [(2, 0.25), (4, 0.5)], "step": [(2, 0.5), (4, 0.5)]}
    *_, axes = figure_of_curves([MINE, found]).axes
    assert axes.get_ylabel() == "guessed right (%)" and axes.lines[0].get_ydata().tolist() == [25, 50]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["mine: pitch", "mine: step"]


def test_a_log_that_says_nothing_of_guesses_has_no_panel_of_them(tmp_path):
    panels = [axes.get_ylabel() for axes in figure_of_curves([MINE]).axes]
    assert panels == ["training loss", "validation"]


def test_panels_leave_room_for_names_only_where_there_are_bars():
    lefts = [figure_of_curves([MINE], right).axes[0].get_position().x0 for right in (None, {"mine": {"pitch": 0.3}})]
    assert lefts == pytest.approx([0.1, 0.3])


@pytest.mark.parametrize(
    "line",
    ['{"step": 3, "loss": {"pit', "[]", '"x"', '{"step": "x"}', '{"step": 3, "loss": 5}', '{"step": 3, "accuracy": 5}'],
)
def test_a_damaged_line_is_passed_over(tmp_path, line):
    found = curve("mine", log(tmp_path, f"{json.dumps(ROWS[0])}\n{line}"))
    assert found.loss == [(2, 3.0)]


@pytest.mark.parametrize("text", [None, "", "[]\n"])
def test_a_log_that_is_not_there_or_says_nothing_is_refused(tmp_path, text):
    with pytest.raises(InputError, match=r"log\.jsonl: (cannot be read|holds no step of run mine)"):
        curve("mine", tmp_path if text is None else log(tmp_path, text))


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_pictures_are_the_same_bytes_for_the_same_curves(tmp_path, suffix):
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        write_curves(path, [MINE], {"mine": {"pitch": 0.3}})
    assert first.read_bytes() == second.read_bytes()


def test_a_name_is_drawn_as_it_stands(tmp_path):
    names = ["<b>", "$x_", "_hidden"]
    figure = figure_of_curves([Curve(name, *(MINE.loss, MINE.validation)) for name in names])
    shown = [text.get_text().strip() for text in figure.axes[0].get_legend().get_texts()]
    assert shown == names
    write_curves(tmp_path / "a.svg", [Curve("<b>", MINE.loss, [])])
    assert "<b>" not in (tmp_path / "a.svg").read_text()


def test_another_format_is_refused(tmp_path):
    with pytest.raises(UnknownName, match=r"unknown picture format '\.gif'"):
        write_curves(tmp_path / "a.gif", [MINE])


def test_accuracies_are_read_from_an_evaluation(tmp_path):
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps({"rows": [{"name": "a", "accuracy": {"pitch": 0.5}}, {"name": "b"}]}))
    assert accuracies(path) == {"a": {"pitch": 0.5}}


def test_rows_of_one_name_are_told_apart_by_their_codec():
    rows = [("a", "notes", {"pitch": 0.5}), ("bigram", "notes", {"pitch": 0.1}), ("bigram", "timed", {"pitch": 0.2})]
    assert [*named(rows)] == ["a", "bigram (notes)", "bigram (timed)"]


@pytest.mark.parametrize("text", [None, "", "[]", '{"rows": 3}', '{"rows": [{"name": "a", "accuracy": {"x": "y"}}]}'])
def test_what_is_no_evaluation_is_refused(tmp_path, text):
    path = tmp_path / "evaluation.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=r"evaluation\.json: (cannot be read|is no evaluation)"):
        accuracies(path)


def test_losses_of_different_kinds_are_a_line_each(tmp_path):
    (tmp_path / "recipe.toml").write_text('[model]\nfamily = "gan"\n')
    rows = [{"step": step, "loss": {"critic": -0.5 * step, "generator": 1.0}} for step in (1, 2)]
    found = curve("paint", log(tmp_path, "\n".join(map(json.dumps, rows))))
    assert found.loss == [] and found.parts == {"critic": [(1, -0.5), (2, -1.0)], "generator": [(1, 1.0), (2, 1.0)]}
    axes = figure_of_curves([found, MINE]).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["paint: critic", "paint: generator", "mine"]


@pytest.mark.parametrize("text", ['[model]\nfamily = "transformer"\n', '[model]\nfamily = "unheard-of"\n', "[model"])
def test_losses_in_nats_are_summed_and_so_is_what_no_recipe_tells_of(tmp_path, text):
    (tmp_path / "recipe.toml").write_text(text)
    assert curve("mine", log(tmp_path, json.dumps(ROWS[0]))).loss == [(2, 3.0)]
