import pytest

from partimento.audit import audit, compare, distance
from partimento.errors import UsageError
from partimento.score import from_notes

TUNE = [(0, 1000, 60, 40), (1000, 1000, 64, 60), (1000, 3000, 67, 60), (5000, 1000, 72, 80)]


def test_compare_is_seeded_and_covers_the_difference() -> None:
    soft = [audit(from_notes([(0, 500, 60, v)])) for v in range(30, 40)]
    loud = [audit(from_notes([(0, 500, 60, v)])) for v in range(80, 90)]
    row = next(r for r in compare(loud, soft, seed=1) if r.statistic == "velocity_mean")
    assert (row.left, row.right, row.difference) == (84.5, 34.5, 50.0)
    assert 45 < row.low < 50 < row.high < 55
    assert compare(loud, soft, seed=1) == compare(loud, soft, seed=1) != compare(loud, soft, seed=2)


def test_compare_has_a_row_per_statistic() -> None:
    one = audit(from_notes(TUNE))
    found = compare([one], [one], seed=0)
    assert [row.statistic for row in found] == list(one.to_json())
    assert {(row.difference, row.low, row.high) for row in found} == {(0.0, 0.0, 0.0)}


def test_compare_refuses_an_empty_side() -> None:
    with pytest.raises(UsageError, match="no pieces"):
        compare([], [audit(from_notes(TUNE))], seed=0)


def test_distance_is_in_deviations_of_the_right_side_over_what_differs_there() -> None:
    real = [audit(from_notes([(0, 500, 60, v)])) for v in (40, 60)]
    louder = [audit(from_notes([(0, 500, 72, 80)]))]  # the pitch is another, but the same in all real pieces
    assert distance(louder, real) == pytest.approx(3.0) and distance(real, real) == 0.0
    with pytest.raises(UsageError, match="no pieces"):
        distance([], real)
