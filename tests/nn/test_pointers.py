import torch

from partimento.nn.pointers import copied, in_reach, point, released


def test_a_row_may_point_at_itself_and_those_before_it_within_reach():
    assert in_reach(4, 4, 3).tolist() == [[0, -1, -2], [1, 0, -1], [2, 1, 0], [3, 2, 1]]


def test_the_last_rows_alone_may_ask():
    assert in_reach(4, 1, 3).tolist() == [[3, 2, 1]]
    assert in_reach(5, 2, 9).tolist() == [[3, 2, 1, 0, -1], [4, 3, 2, 1, 0]]


def test_a_row_is_copied_as_what_it_has_in_the_column():
    ids = torch.tensor([[7, 8, 9]])
    assert copied(ids, in_reach(3, 3, 2)).tolist() == [[[7, 7], [8, 7], [9, 8]]]
    assert copied(ids, in_reach(3, 1, 2)).tolist() == [[[9, 8]]]


ID_OF = torch.tensor([-1, 11, -1, 13])  # durations of 1 and 3 steps can be said, none of 2, 4 or more


def test_a_row_stands_for_the_duration_until_its_release():
    ends, near = torch.tensor([[8, 6, 13]]), in_reach(3, 1, 3)
    assert released(ends, torch.tensor([[5]]), near, ID_OF).tolist() == [[[-1, 11, 13]]]  # ends at 13, 6 and 8


def test_a_release_that_is_past_now_or_beyond_the_column_stands_for_none():
    ends, near = torch.tensor([[4, 5, 7, 9]]), in_reach(4, 1, 4)
    assert released(ends, torch.tensor([[5]]), near, ID_OF).tolist() == [[[-1, -1, -1, -1]]]


def test_a_row_that_does_not_exist_is_never_pointed_at():
    near = in_reach(2, 2, 3)
    query, keys = torch.ones(1, 2, 3), torch.ones(1, 2, 2)
    pointer = point(query, keys, copied(torch.tensor([[4, 5]]), near), near)
    assert pointer.values.tolist() == [[[4, -1], [5, 4]]]
    assert pointer.attention().tolist() == [[[1.0, 0.0], [0.5, 0.5]]]


def test_scores_are_scaled_products_of_queries_and_keys_and_the_last_query_is_the_gate():
    query = torch.tensor([[[1.0, 2.0, 0.0, 0.0, 7.0]]])
    keys = torch.tensor([[[1.0, 0, 0, 0], [0, 3.0, 0, 0]]])
    near = in_reach(2, 1, 2)
    pointer = point(query, keys, copied(torch.tensor([[4, 5]]), near), near)
    assert pointer.gate.tolist() == [[7.0]] and pointer.scores.tolist() == [[[3.0, 0.5]]]
