"""Units and intervals over a few pieces with plain figures."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.evaluate.units import UNITS, Totals
from partimento.models.likelihood import PieceLikelihood

pieces = st.lists(st.tuples(st.floats(0.1, 100), st.integers(1, 50), st.floats(0.5, 60)), min_size=4, max_size=12)


def part(nats, rows=4, notes=2, seconds=1.0, cells=None):
    return PieceLikelihood(np.array(nats, float), np.array(cells or [rows] * len(nats)), rows, notes, seconds)


def totals(*parts, tokens=0.0):
    return Totals.of(parts, np.zeros(0), tokens)


def test_each_unit_divides_by_its_own():
    found = totals(part([6.0, 2.0], rows=4, notes=2, seconds=16.0), tokens=4.0).estimates()
    assert found["nats_per_row"].value == 2.0 and found["nats_per_note"].value == 4.0
    assert found["nats_per_performance_token"].value == 1.0
    assert found["bits_per_note"].value == pytest.approx(4 / math.log(2))
    assert found["bits_per_second"].value == pytest.approx(0.5 / math.log(2))


def test_tokens_can_be_counted_by_piece():
    found = Totals.of([part([3.0]), part([5.0])], np.array([1.0, 3.0])).estimates()
    assert found["nats_per_performance_token"].value == 2.0


def test_without_tokens_there_is_no_figure_per_token():
    assert {*totals(part([1.0])).estimates()} == {unit.name for unit in UNITS[:-1]}


@given(pieces)
def test_an_interval_holds_the_figure_and_lies_within_the_pieces_own(rows):
    found = totals(*(part([nats], notes=notes, seconds=seconds) for nats, notes, seconds in rows)).estimates()
    for estimate, own in (
        (found["nats_per_note"], [nats / notes for nats, notes, _ in rows]),
        (found["bits_per_second"], [nats / math.log(2) / seconds for nats, _, seconds in rows]),
    ):
        assert min(own) * 0.999 <= estimate.low <= estimate.high <= max(own) * 1.001
        assert min(own) * 0.999 <= estimate.value <= max(own) * 1.001


def test_an_interval_contains_the_mean_of_many_pieces():
    found = totals(*(part([float(nats)]) for nats in range(1, 41))).estimates()["nats_per_note"]
    assert found.low < found.value < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.arange(1, 41).std() / math.sqrt(40) / 2, rel=0.1)


def test_the_same_pieces_give_the_same_interval():
    some = totals(*(part([float(nats)]) for nats in range(30)))
    assert some.estimates() == some.estimates()
    assert some.estimates() != some.estimates(seed=1)


def test_a_piece_whose_column_does_not_count_costs_what_the_others_do():
    """Velocity costs 3 nats a cell in the one piece that has it; the other one is as dear."""
    whole, partly = part([8.0, 12.0]), part([8.0, 0.0], cells=[4, 0])
    found = totals(whole, partly)
    assert found.partly == 1 and found.by_column.tolist() == [2.0, 3.0]
    assert found.estimates()["nats_per_row"].value == pytest.approx(5.0)
    assert found.estimates()["nats_per_note"].value == pytest.approx(10.0)


def test_a_column_that_counts_nowhere_has_no_figure_and_adds_nothing():
    found = totals(part([8.0, 0.0], cells=[4, 0]))
    assert math.isnan(found.by_column[1]) and found.estimates()["nats_per_row"].value == 2.0
