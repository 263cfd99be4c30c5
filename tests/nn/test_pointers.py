import pytest
import torch

from partimento.nn.pointers import Reach, point, released

CPU = torch.device("cpu")
IDS = torch.tensor([[7, 8, 9]])


def test_a_row_may_point_at_itself_and_those_before_it_within_reach():
    assert Reach.of(4, 4, 3, CPU).near.tolist() == [[0, -1, -2], [1, 0, -1], [2, 1, 0], [3, 2, 1]]


def test_the_last_rows_alone_may_ask():
    assert Reach.of(5, 2, 9, CPU).near.tolist() == [[3, 2, 1, 0, -1], [4, 3, 2, 1, 0]]


def test_in_reach_is_what_each_row_has():
    assert Reach.of(3, 3, 2, CPU).take(IDS).tolist() == [[[7, 7], [8, 7], [9, 8]]]


@pytest.mark.parametrize(("reach", "seen"), [(1, [9]), (2, [8, 9]), (9, [7, 8, 9])])
def test_a_single_asking_row_sees_the_last_rows(reach, seen):
    assert sorted(Reach.of(3, 1, reach, CPU).take(IDS)[0, 0].tolist()) == seen


@pytest.mark.parametrize("reach", [1, 3, 5, 9])
def test_a_single_asking_row_points_as_it_does_among_all(reach):
    query, keys = (torch.randn(2, 5, n, generator=torch.Generator().manual_seed(n)) for n in (5, 4))
    ids = torch.arange(10).view(2, 5)
    among, alone = Reach.of(5, 5, reach, CPU), Reach.of(5, 1, reach, CPU)
    whole = point(query, keys, among.take(ids), among)
    last = point(query[:, -1:], keys, alone.take(ids), alone)
    shares = [
        torch.zeros(2, 10).scatter_add_(1, p.values[:, -1].clamp_min(0), p.attention()[:, -1]) for p in (whole, last)
    ]
    assert torch.allclose(*shares, atol=1e-6) and torch.equal(whole.gate[:, -1:], last.gate)


ID_OF = torch.tensor([-1, 11, -1, 13])  # durations of 1 and 3 steps can be said, none of 2, 4 or more


@pytest.mark.parametrize(
    ("end", "stands_for"), [(6, 11), (8, 13), (7, -1), (9, -1), (99, -1), (5, -1), (4, -1)], ids=lambda n: str(n)
)
def test_a_row_stands_for_the_duration_until_its_release_where_it_can_be_said(end, stands_for):
    assert released(torch.tensor([[[end]]]), torch.tensor([[5]]), ID_OF).tolist() == [[[stands_for]]]


def test_each_asking_row_counts_from_its_own_onset():
    ends = torch.tensor([[[8, 6], [8, 10]]])
    assert released(ends, torch.tensor([[5, 7]]), ID_OF).tolist() == [[[13, 11], [11, 13]]]


def test_a_row_that_does_not_exist_is_never_pointed_at():
    reach = Reach.of(2, 2, 3, CPU)
    pointer = point(torch.ones(1, 2, 3), torch.ones(1, 2, 2), reach.take(torch.tensor([[4, 5]])), reach)
    assert pointer.values.tolist() == [[[4, -1], [5, 4]]]
    assert pointer.attention().tolist() == [[[1.0, 0.0], [0.5, 0.5]]]


def test_scores_are_scaled_products_of_queries_and_keys_and_the_last_number_is_the_gate():
    query = torch.tensor([[[1.0, 2.0, 0.0, 0.0, 7.0]]])
    keys = torch.tensor([[[1.0, 0, 0, 0], [0, 3.0, 0, 0]]])
    reach = Reach.of(2, 1, 2, CPU)
    pointer = point(query, keys, reach.take(torch.tensor([[4, 5]])), reach)
    by_id = dict(zip(pointer.values[0, 0].tolist(), pointer.scores[0, 0].tolist(), strict=True))
    assert pointer.gate.tolist() == [[7.0]] and by_id == {4: 0.5, 5: 3.0}
