"""B = 2 pieces, T = 7 rows, H = 4 heads of width K = 8."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from partimento.errors import UsageError
from partimento.nn.positions import Learned, RotaryClock, Sinusoidal, rates, rotate

ROWS, HEADS, WIDTH = 7, 4, 32


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def clocks(time_heads=2, index_by=0, time_by=0, seed=0):
    """Angles of seven rows at irregular times, with both clocks moved on."""
    index = torch.arange(ROWS).expand(2, -1) + index_by
    time = torch.randint(0, 60, (2, ROWS), generator=torch.Generator().manual_seed(seed)).cumsum(1) + time_by
    return RotaryClock(HEADS, time_heads, WIDTH // HEADS)(index, time)


def scores(angles):
    """float[B, H, T, T]: products of turned queries and keys."""
    q, k = rotate(random(2, ROWS, 2 * HEADS, 8), angles).transpose(1, 2).chunk(2, dim=1)
    return q @ k.transpose(-1, -2)


@given(index_by=st.integers(0, 5000), time_by=st.integers(0, 200_000))
def test_shifting_both_positions_changes_nothing(index_by, time_by):
    assert torch.allclose(scores(clocks()), scores(clocks(index_by=index_by, time_by=time_by)), atol=2e-4)


def test_the_distance_of_two_rows_does_change_what_they_say():
    assert not torch.allclose(scores(clocks(seed=0)), scores(clocks(seed=1)), atol=0.1)


@pytest.mark.parametrize("time_heads", [0, 1, 4])
def test_the_first_heads_count_time_and_the_others_rows(time_heads):
    plain, late = (scores(clocks(time_heads, seed=seed)) for seed in (0, 1))
    assert torch.equal(plain[:, time_heads:], late[:, time_heads:])
    assert not time_heads or not torch.allclose(plain[:, :time_heads], late[:, :time_heads], atol=0.1)


def test_turning_keeps_lengths():
    x = random(2, ROWS, 2 * HEADS, 8)
    assert torch.allclose(rotate(x, clocks()).norm(dim=-1), x.norm(dim=-1), atol=1e-5)


def test_wavelengths_are_in_geometric_progression():
    assert (2 * torch.pi / rates((4.0, 64.0), 3)).tolist() == pytest.approx([4, 16, 64])


def test_heads_that_vectors_tell_the_index_do_not_turn_by_it():
    turned = RotaryClock(HEADS, 1, 8, by_index=False)(torch.full((1, 1), 40), torch.full((1, 1), 40))
    assert (turned[0] == 1).all(-1).view(2, HEADS).tolist() == [[False, True, True, True]] * 2


def test_sines_and_cosines_count_rows_from_nought():
    table = Sinusoidal(3, 4)(2)
    assert torch.allclose(table, torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.84147, 0.01, 0.5403, 0.99995]]), atol=1e-5)


def test_learned_places_learn_and_sines_do_not():
    assert [sum(p.numel() for p in kind(5, 4).parameters()) for kind in (Learned, Sinusoidal)] == [20, 0]
    assert not Sinusoidal(5, 4).state_dict()


@pytest.mark.parametrize("kind", [Learned, Sinusoidal])
def test_more_rows_than_places_are_refused_in_words(kind):
    assert kind(5, 4)(5).shape == (5, 4)
    with pytest.raises(UsageError, match=r"sequence 6 is longer than the 5 positions .* \(--sequence 5\).*--context 6"):
        kind(5, 4)(6)
