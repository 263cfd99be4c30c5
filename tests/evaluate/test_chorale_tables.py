"""What is said of models that write chorales: tables that keep apart what is not to be compared."""

import json

import numpy as np
import pytest
from hymns import chorales, hymns

from partimento.evaluate.cells import LIKELIHOOD, PSEUDO, Spent, cell_row
from partimento.evaluate.curves import accuracies
from partimento.evaluate.page import html
from partimento.evaluate.report import as_json, every_table, lines, markdown

NATS, CELLS = np.array([[3.0, 2, 1, 2], [6.0, 4, 2, 4]]), np.full((2, 4), 10.0)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    corpus = hymns(tmp_path_factory.mktemp("hymns") / "hymns")
    held = chorales(corpus)
    spent = Spent(CELLS, NATS, right=CELLS / 2)
    return [
        cell_row("mine", "model", held, spent, LIKELIHOOD, "float32"),
        cell_row("counts", "anchor", held, Spent(CELLS, NATS * 2), LIKELIHOOD),
        cell_row("bach", "model", held, spent, PSEUDO, "float32"),
        cell_row("other", "model", chorales(corpus, hold=False), spent, LIKELIHOOD, "float32"),
        cell_row("floor", "floor", held, Spent(CELLS, right=CELLS / 4), PSEUDO),
    ]


def test_pseudo_likelihoods_have_tables_of_their_own(rows):
    tables = {table.caption: [row[0].text for row in table.rows] for table in every_table([], [], rows)}
    assert tables["Likelihood of cells in order of time"] == ["mine", "counts", "other"]
    assert tables["Pseudo-likelihood of cells"] == ["bach"]
    assert tables["Accuracy of cells (pseudo-likelihood)"] == ["bach", "floor"]


def test_codecs_with_and_without_holds_share_no_letter(rows):
    letters = {each["name"]: each["compare"] for each in as_json([], [], rows)["cells"]}
    assert letters == {"mine": "a", "counts": "a", "bach": "b", "floor": "b", "other": "c"}


def test_what_is_not_known_is_a_dash_and_the_better_is_told(rows):
    (table,) = [
        table
        for table in every_table([], [], rows[:2])
        if table.caption.startswith("Likelihood of cells in order of time, by")
    ]
    assert table.best == {(0, c) for c in range(5, 9)}
    other = cell_row("untold", "anchor", rows[0].chorales, Spent(CELLS, NATS), PSEUDO)
    assert "–" in "\n".join(
        lines(
            [], [], [cell_row("x", "model", rows[0].chorales, Spent(CELLS, NATS, ensembled=NATS.sum(1)), PSEUDO), other]
        )
    )


def test_every_figure_is_in_the_json(rows):
    told = json.loads(json.dumps(as_json([], [], rows)))["cells"][0]
    assert told["nats_per_cell"] == pytest.approx(24 / 80) and told["nats_per_16th"] == pytest.approx(1.2)
    assert (told["nats_per_cell_seen"], told["nats_per_cell_unseen"]) == pytest.approx((0.2, 0.4))
    assert told["by_voice"]["soprano"] == pytest.approx(0.45) and told["accuracy"]["bass"] == 0.5
    assert (told["pieces"], told["pieces_of_seen_tunes"], told["codec"]) == (2, 1, "chorale hold=True")


def test_the_conditions_say_what_a_cell_is_given(rows):
    text = markdown([], [], rows)
    assert "each cell given all others, those that come after it too: no likelihood" in text
    assert "1 of 2 pieces of hymns test have a seen tune" in text and text.startswith("# Likelihood")


def test_accuracies_are_drawn_on_the_page_and_by_curves(rows, tmp_path):
    page = html([], [], [], [], cells=rows)
    assert "Evaluation: mine, bach, other" in page and "accuracy by column" in page
    (tmp_path / "evaluation.json").write_text(json.dumps(as_json([], [], rows)))
    assert accuracies(tmp_path / "evaluation.json")["mine"]["alto"] == 0.5
