"""Chorales in random orders: every cell once, given those before it and nothing else."""

import numpy as np
import pytest
import torch
from hymns import checkpoint, chorales, hymns

from partimento.errors import UsageError
from partimento.evaluate.cells import COCONET, LIKELIHOOD, ORDERS
from partimento.evaluate.chorale_orders import Order, Orders, order_nats, order_rows, piece_nats, spent
from partimento.evaluate.likelihood import Conditions
from partimento.models.likelihood import piece_cells


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    home = tmp_path_factory.mktemp("hymns")
    return hymns(home / "hymns"), checkpoint(home / "model")


@pytest.fixture(scope="module")
def model(place):
    return place[1].model()


@pytest.fixture(scope="module")
def ids(place):
    return piece_cells(place[1].recipe.codec, place[0], 4)[0][:9]


ROWS = np.array([5, 2, 8, 1, 3, 7, 4, 6])
VOICES = np.tile([2, 0, 3, 1], (8, 1))


def test_a_cell_knows_those_before_it_in_the_order_and_no_other(model, ids):
    order, other = Order(ROWS, VOICES), ids.copy()
    other[3, 3] += 1  # taken fifth, the third of its 16th
    first, second = (order_nats(model, each, order) for each in (ids, other))
    changed = ~np.isclose(first, second, atol=1e-5)
    before, after = ROWS[:4] - 1, ROWS[5:] - 1
    assert not changed[before].any() and not changed[2, [2, 0]].any()
    assert changed[2, 3] and changed[2, 1] and changed[after].any()


def test_an_order_from_the_first_to_the_last_is_what_scores_say_of_it(model, ids):
    found = order_nats(model, ids, Order(np.arange(1, 9), np.tile(np.arange(4), (8, 1))))
    rows = torch.from_numpy(ids.astype(np.int64))[None]
    known = torch.zeros(1, 9, 4, dtype=torch.bool)
    known[:, :5] = True  # the first four 16ths, and begin
    scores = model.scores(rows, known, known)
    assert found[4, 0] == pytest.approx(-float(scores[0].detach()[0, 4].log_softmax(-1)[ids[5, 0]]), rel=1e-4)


def test_coconet_is_told_what_the_model_finds_likeliest_in_place_of_what_is_sung(model, ids):
    order, other = Order(ROWS, VOICES), ids.copy()
    other[5, 2] += 1  # the very first cell
    own, true = ([order_nats(model, each, order, way)[4] for each in (ids, other)] for way in (True, False))
    assert own[0][[0, 3, 1]] == pytest.approx(own[1][[0, 3, 1]], rel=1e-5)
    assert own[0][2] == true[0][2] and not np.allclose(true[0][[0, 3, 1]], true[1][[0, 3, 1]], rtol=1e-5)


def test_copies_that_are_read_apart_give_the_same(model, ids, monkeypatch):
    whole = order_nats(model, ids, Order(ROWS, VOICES))
    monkeypatch.setattr("partimento.evaluate.chorale_orders.ROWS_AT_ONCE", 20)
    assert order_nats(model, ids, Order(ROWS, VOICES)) == pytest.approx(whole, rel=1e-4)


def test_a_crop_takes_the_first_16ths_and_a_seed_the_same_orders(model, ids):
    found = [piece_nats(model, ids, Orders(2, crop=3, seed=seed)) for seed in (0, 0, 1)]
    assert found[0].shape == (2, 3, 4) and np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2]) and not np.array_equal(found[0][0], found[0][1])


def test_probabilities_of_a_16th_are_averaged_not_nats():
    found = spent([np.log(np.array([[[2.0, 1, 1, 1]], [[4.0, 1, 1, 1]]]))])  # chances 1/2 and 1/4 of one 16th
    assert found.ensembled[0] == pytest.approx(-np.log(3 / 8)) and found.nats.sum() == pytest.approx(np.log(8) / 2)


def test_a_row_for_each_measure_that_share_no_letter(place):
    corpus, made = place
    rows = list(order_rows("mine", made, chorales(corpus), Conditions("test"), Orders(1, crop=2)))
    assert [row.measure for row in rows] == [LIKELIHOOD, ORDERS, COCONET] and len({row.claim for row in rows}) == 3
    assert [row.frames for row in rows] == [4] * 3 and rows[
        1
    ].conditions == "1 orders of the first 2 16ths of each piece, seed 0, float32"


@pytest.mark.parametrize(("flag", "given"), [("--orders", {"count": -1}), ("--crop", {"crop": -1})])
def test_orders_out_of_range_are_refused(flag, given):
    with pytest.raises(UsageError, match=f"{flag} -1 is out of range"):
        Orders(**given)
