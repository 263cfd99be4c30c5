"""A model in all keys: the mean of what it says in each."""

import numpy as np
import pytest
from hymns import checkpoint, chorales, hymns

from partimento import edit
from partimento.evaluate.cells import LIKELIHOOD, model_row
from partimento.evaluate.chorale_keys import cell_nats, in_all_keys, key_rows
from partimento.evaluate.likelihood import Conditions


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    home = tmp_path_factory.mktemp("hymns")
    return hymns(home / "hymns"), checkpoint(home / "model")


def test_the_probability_of_a_cell_is_the_mean_of_those_in_every_key(place, monkeypatch):
    model, codec, score = place[1].model(), place[1].recipe.codec, place[0].score(0)
    monkeypatch.setattr("partimento.evaluate.chorale_keys.OCTAVE", range(2))
    keys = [cell_nats(model, codec.encode(edit.transpose(score, key)).ids) for key in range(2)]
    assert in_all_keys(model, codec, score) == pytest.approx(-np.log((np.exp(-keys[0]) + np.exp(-keys[1])) / 2))


def test_in_one_key_it_is_the_likelihood_itself(place, monkeypatch):
    monkeypatch.setattr("partimento.evaluate.chorale_keys.OCTAVE", range(1))
    material = chorales(place[0])
    plain = model_row("m", place[1], material, Conditions())
    (row,) = key_rows("m", place[1], material, Conditions())
    figure = "nats_per_cell"
    assert row.figures[figure].value == pytest.approx(plain.figures[figure].value, rel=1e-5)
    assert row.measure == LIKELIHOOD and row.frames == plain.frames and row.name != plain.name
