import pytest
import torch

from partimento.models.grid_masks import WAYS, known_cells


def drawn(way, times=50, rows=16):
    generator = torch.Generator().manual_seed(0)
    return torch.stack([WAYS[way][0](rows, 4, generator) for _ in range(times)])


@pytest.mark.parametrize("way", WAYS)
def test_every_way_says_each_cell_of_each_window(way):
    assert drawn(way).shape == (50, 16, 4) and drawn(way).dtype is torch.bool


def test_voices_are_known_whole_and_one_is_free():
    known = drawn("voices")
    assert (known.all(1) == known.any(1)).all() and not known.all((1, 2)).any()
    assert known[:, 0, 0].float().mean() > 0.6  # the soprano most of all


def test_a_free_span_is_one_stretch_of_the_same_voices():
    for known in drawn("a span free"):
        rows = (~known).any(1).nonzero().flatten()
        assert len(rows) == 0 or rows.max() - rows.min() + 1 == len(rows)
        assert len(rows) == 0 or (known[rows] == known[rows[0]]).all()


def test_stretches_are_whole_beats():
    known = drawn("stretches").view(50, 4, 4, 4)
    assert (known.all(2) == known.any(2)).all() and known.any() and not known.all()


def test_the_share_of_windows_of_which_nothing_is_known_can_be_asked_for():
    generator = torch.Generator().manual_seed(0)
    assert not known_cells(20, 8, 4, generator, composing=1.0).any()
    assert known_cells(400, 8, 4, generator, composing=0.0).any((1, 2)).float().mean() > 0.8


def test_a_seed_gives_the_same_masks():
    first, again = (known_cells(8, 12, 4, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
