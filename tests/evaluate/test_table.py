"""Tables as values: what is best, and what may not be compared."""

from partimento.evaluate.table import Cell, Head, Table, aligned, piped

HEADS = (Head(""), Head("nats", -1), Head("right", 1), Head("notes"))


def table(*values, groups=None):
    rows = tuple((Cell(name), *(Cell(f"{x:g}", x) for x in numbers)) for name, *numbers in values)
    return Table("Figures", HEADS, rows, groups or ("a",) * len(rows))


def test_the_best_is_the_least_or_the_most_by_the_head():
    assert table(("x", 1.0, 0.2, 9.0), ("y", 2.0, 0.5, 8.0)).best == {(0, 1), (1, 2)}


def test_rows_of_other_groups_are_not_beaten_and_one_alone_is_not_best():
    assert table(("x", 1.0, 0.2, 9.0), ("y", 2.0, 0.5, 8.0), groups=("a", "b")).best == set()
    assert table(("x", 1.0, 0.2, 9.0), ("y", 2.0, 0.5, 8.0), groups=("", "")).best == set()


def test_as_good_rows_are_best_together_and_a_missing_figure_is_not():
    assert table(("x", 1.0, 0.5, 0.0), ("y", 1.0, float("nan"), 0.0)).best == {(0, 1), (1, 1)}


def test_markdown_has_the_best_in_bold_and_a_bar_is_escaped():
    lines = piped(table(("x|y", 1.0, 0.2, 9.0), ("z", 2.0, 0.1, 9.0)))
    assert lines[0] == "## Figures" and lines[4] == "| x\\|y | **1** | **0.2** | 9 |"


def test_a_terminal_has_columns():
    assert aligned(table(("long", 1.0, 0.2, 9.0)))[1:] == ["      nats  right  notes", "long  1     0.2    9"]
