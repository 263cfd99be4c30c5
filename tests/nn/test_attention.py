"""B = 2 pieces, T = 7 rows, H = 4 heads of width K = 8."""

import pytest
import torch
import torch.nn.functional as F

from partimento.nn.attention import Attention, attend

ROWS, HEADS = 7, 4


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


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


def test_heads_may_be_wider_than_their_share():
    attention = Attention(32, HEADS, head_width=24, bias=True)
    assert attention(random(2, ROWS, 32), None).shape == (2, ROWS, 32)
    assert sum(p.numel() for p in attention.parameters()) == 3 * (32 + 1) * 96 + (96 + 1) * 32


def test_without_angles_only_the_mask_tells_rows_apart():
    same = random(1, 1, 32).expand(1, ROWS, 32)
    found = Attention(32, HEADS)(same, None)
    assert torch.allclose(found, found[:, :1].expand_as(found), atol=1e-5)
