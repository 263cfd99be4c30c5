import pytest
import torch

from partimento.models.deepbach_cells import admissible, centres, surroundings


def table(voice, voices=2):
    """One piece: the ids of a voice, the same for all of them, and beside them the number of the row."""
    ids = torch.tensor(voice)[:, None].expand(-1, voices)
    return torch.cat([ids, torch.arange(len(voice))[:, None]], 1)[None]


WHOLE, MIDDLE = table([0, 5, 6, 7, 1, 0, 0]), table([5, 6, 7, 8, 9, 5, 6])


def rows_around(ids, row, reach):
    return surroundings(ids, torch.tensor([[0, row]]), reach, 2)[0, :, 2].tolist()


def test_the_rows_around_a_cell_have_it_in_their_middle():
    assert rows_around(MIDDLE, 3, 2) == [1, 2, 3, 4, 5]


def test_beyond_a_piece_its_begin_and_its_end_come_again():
    assert rows_around(WHOLE, 1, 3) == [0, 0, 0, 1, 2, 3, 4]
    assert rows_around(WHOLE, 3, 3) == [0, 1, 2, 3, 4, 4, 4]


def test_pieces_of_a_batch_have_their_own_ends():
    both = torch.cat([WHOLE, MIDDLE])
    found = surroundings(both, torch.tensor([[0, 3], [1, 3]]), 2, 2)[..., 2]
    assert found.tolist() == [[1, 2, 3, 4, 4], [1, 2, 3, 4, 5]]


@pytest.mark.parametrize(
    ("ids", "reach", "rows"),
    [(WHOLE, 3, range(7)), (MIDDLE, 2, range(2, 5)), (MIDDLE, 3, [3]), (MIDDLE, 4, [])],
    ids=["a whole piece", "a window", "a row of it", "too short"],
)
def test_the_edges_of_a_piece_are_admissible_and_those_of_a_window_not(ids, reach, rows):
    assert admissible(ids[..., :2], reach)[0].nonzero()[:, 0].tolist() == list(rows)


def drawn(eligible, gap, most, seed=0):
    return centres(eligible, gap, most, torch.Generator().manual_seed(seed))


def test_centres_are_as_many_as_asked_eligible_and_none_twice():
    eligible = torch.arange(40).expand(3, 40) % 3 > 0
    found = drawn(eligible, 1, 10)
    assert found[:, 0].bincount().tolist() == [10, 10, 10]
    assert len({tuple(cell) for cell in found.tolist()}) == 30 and eligible[found[:, 0], found[:, 1]].all()


def test_centres_stand_a_gap_apart_and_every_row_has_its_turn():
    eligible, seen = torch.ones(2, 20, dtype=torch.bool), set()
    for seed in range(30):
        found = drawn(eligible, 5, 100, seed)
        assert len(found) == 8 and all(len(set((found[found[:, 0] == b, 1] % 5).tolist())) == 1 for b in range(2))
        seen |= set(found[:, 1].tolist())
    assert seen == set(range(20))


def test_of_no_eligible_row_there_is_no_centre():
    assert drawn(torch.zeros(2, 6, dtype=torch.bool), 2, 3).shape == (0, 2)
