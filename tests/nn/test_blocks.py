"""B = 2 pieces, T = 7 rows, H = 4 heads of width K = 8."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from partimento.nn.blocks import FEEDFORWARDS, Block, BlockSizes, FeedForward

ROWS, HEADS, WIDTH = 7, 4, 32
SIZES = BlockSizes(WIDTH, HEADS, 16)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_a_later_row_changes_nothing_before_it():
    block, x = Block(BlockSizes(WIDTH, HEADS, 16)), random(2, ROWS, WIDTH)
    changed = x.clone()
    changed[:, 5:] += 9
    assert torch.equal(block(x, None)[:, :5], block(changed, None)[:, :5])


def test_dropout_acts_in_training_alone():
    block, x = Block(BlockSizes(WIDTH, HEADS, 16, 0.5)), random(2, ROWS, WIDTH)
    assert not torch.equal(block(x, None), block(x, None))
    block.eval()
    assert torch.equal(block(x, None), block(x, None))


@torch.no_grad()
def test_a_post_norm_block_is_normalised_behind_each_sum():
    block, x = Block(replace(SIZES, norm="layer", placement="post")), random(2, ROWS, WIDTH)
    within = F.layer_norm(x + block.attention(x, None), (WIDTH,))
    assert torch.allclose(block(x, None), F.layer_norm(within + block.feedforward(within), (WIDTH,)), atol=1e-5)


@torch.no_grad()
def test_a_pre_norm_block_leaves_what_came_in_as_it_is():
    block, x = Block(replace(SIZES, norm="layer")), random(2, ROWS, WIDTH)
    within = x + block.attention(F.layer_norm(x, (WIDTH,)), None)
    assert torch.allclose(block(x, None), within + block.feedforward(F.layer_norm(within, (WIDTH,))), atol=1e-5)


@pytest.mark.parametrize("kind", FEEDFORWARDS)
def test_every_feedforward_layer_keeps_the_width(kind):
    assert Block(replace(SIZES, feedforward=kind, bias=True))(random(2, ROWS, WIDTH), None).shape == (2, ROWS, WIDTH)


def test_a_feedforward_layer_is_two_maps_around_its_activation():
    layer, x = FeedForward(WIDTH, 16, "relu", bias=True), random(ROWS, WIDTH)
    assert torch.allclose(layer(x), layer.outward(layer.inward(x).clamp_min(0)))
