"""Nats and accuracy of models that write chorales cell by cell."""

import math

import numpy as np
import pytest
from hymns import checkpoint, chorales, hymns

from partimento.evaluate.cells import LIKELIHOOD, PSEUDO, Spent, cell_row, model_row
from partimento.evaluate.likelihood import Conditions
from partimento.models.cell_likelihood import cell_likelihoods


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    return chorales(hymns(tmp_path_factory.mktemp("hymns") / "hymns"))


def test_tunes_that_are_in_the_training_split_are_told_apart(held):
    assert held.seen.tolist() == [True, False]


def test_a_16th_costs_what_its_four_cells_do(held, tmp_path):
    row = model_row("mine", checkpoint(tmp_path / "model"), held, Conditions("test"))
    cells = row.figures["nats_per_cell"].value
    assert row.figures["nats_per_16th"].value == pytest.approx(4 * cells) and row.frames == 4 * (11 + 13)
    assert np.mean([each.value for each in row.by_voice.values()]) == pytest.approx(cells)
    assert list(row.by_voice) == list(row.accuracy) == ["soprano", "alto", "tenor", "bass"]


def test_seen_and_unseen_tunes_are_the_pieces_of_each(held, tmp_path):
    made, material = checkpoint(tmp_path / "model"), held.material
    row = model_row("mine", made, held, Conditions("test"))
    each = cell_likelihoods(made.model(), material.codec, material.corpus, material.pieces)
    found = [row.figures[f"nats_per_cell_{name}"].value for name in ("seen", "unseen")]
    assert found == pytest.approx([part.per_cell for part in each], rel=1e-5)


def test_a_pseudo_likelihood_is_called_so_and_shares_no_letter_with_a_likelihood(held, tmp_path):
    rows = [
        model_row(name, checkpoint(tmp_path / name, name), held, Conditions("test"))
        for name in ("grid-transformer", "deepbach")
    ]
    assert [row.measure for row in rows] == [LIKELIHOOD, PSEUDO] and rows[0].claim != rows[1].claim


def test_of_few_pieces_there_is_no_interval_and_of_no_seen_tune_no_figure(held):
    row = cell_row("x", "anchor", held, Spent(np.ones((2, 4)), np.ones((2, 4))), LIKELIHOOD)
    assert math.isnan(row.figures["nats_per_cell"].low) and not row.accuracy
    held.seen[:] = False
    try:
        row = cell_row("x", "anchor", held, Spent(np.ones((2, 4)), np.ones((2, 4))), LIKELIHOOD)
        assert "nats_per_cell_seen" not in row.figures
    finally:
        held.seen[:] = [True, False]
