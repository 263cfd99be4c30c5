"""B = 2 pieces, T = 7 rows, H = 4 heads of width K = 8."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from partimento.nn.layers import Block, Linear, RotaryClock, attend, linear, packed, rates, rotate

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


@pytest.mark.parametrize("learning", [True, False])
@pytest.mark.parametrize("rows", [1, 2, ROWS])
def test_attend_is_the_causal_attention_of_torch(learning, rows):
    q, k, v = (random(2, HEADS, rows, 8, seed=seed).requires_grad_(learning) for seed in range(3))
    with torch.set_grad_enabled(learning):
        ours = attend(q, k, v)
    assert torch.allclose(ours, F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-5)


def test_attend_has_the_gradient_of_torch():
    inputs = [random(2, HEADS, ROWS, 8, seed=seed).requires_grad_() for seed in range(3)]
    ours = torch.autograd.grad(attend(*inputs).square().sum(), inputs)
    theirs = torch.autograd.grad(F.scaled_dot_product_attention(*inputs, is_causal=True).square().sum(), inputs)
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("learning", [True, False])
def test_a_single_asking_row_sees_every_row(learning):
    q, k, v = random(2, HEADS, 1, 8), random(2, HEADS, ROWS, 8, seed=1), random(2, HEADS, ROWS, 8, seed=2)
    with torch.set_grad_enabled(learning):
        assert torch.allclose(attend(q, k, v), F.scaled_dot_product_attention(q, k, v), atol=1e-5)


@torch.no_grad()
def test_a_later_row_changes_nothing_before_it():
    block, x, angles = Block(WIDTH, HEADS, 16, 0.0), random(2, ROWS, WIDTH), clocks()
    changed = x.clone()
    changed[:, 5:] += 9
    assert torch.equal(block(x, angles)[:, :5], block(changed, angles)[:, :5])


def test_dropout_acts_in_training_alone():
    block, x, angles = Block(WIDTH, HEADS, 16, 0.5), random(2, ROWS, WIDTH), clocks()
    assert not torch.equal(block(x, angles), block(x, angles))
    block.eval()
    assert torch.equal(block(x, angles), block(x, angles))


@pytest.mark.parametrize("weights", [torch.float32, torch.bfloat16])
def test_a_linear_map_gives_a_row_the_same_bits_alone_and_among_others(weights):
    linear = Linear(256, 129).to(weights).eval()
    rows = torch.randn(17, 256, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        together = linear(rows)
        for count in (1, 2, 3, 4, 16):
            assert torch.equal(linear(rows[:count]), together[:count])


@pytest.mark.parametrize("outputs", [64, 129])
def test_a_packed_weight_gives_the_bits_of_the_plain_one(outputs):
    weight, rows = random(outputs, 256).bfloat16(), random(17, 256, seed=1)
    ordered, product = packed(weight)
    for count in (1, 2, 3, 4, 16, 17):
        assert torch.equal(product(rows[:count], ordered, None), linear(rows, weight, None)[:count])
