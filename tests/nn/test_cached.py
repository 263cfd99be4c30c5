"""A Layer with its cache says what the Block says of all rows at once. B = 2 pieces, T = 7 rows, H = 4 heads."""

import numpy as np
import pytest
import torch

from partimento.nn.blocks import Block, BlockSizes
from partimento.nn.cached import Cache, Clock, Layer, turned
from partimento.nn.positions import RotaryClock, rotate

ROWS, HEADS, WIDTH = 7, 4, 32
HEAD = WIDTH // HEADS
POST = BlockSizes(WIDTH, HEADS, 16, feedforward="relu", norm="layer", placement="post", bias=True)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def clock():
    return RotaryClock(HEADS, 2, HEAD)


def times():
    return torch.randint(0, 60, (2, ROWS), generator=torch.Generator().manual_seed(0)).cumsum(1)


def index():
    return torch.arange(ROWS).expand(2, -1)


def cache():
    return Cache(1, 2, HEADS, ROWS, HEAD)


def fed(layer, x, cache, parts):
    """float[B, T, D]: what the layer says of ``x`` given in parts of so many rows."""
    found = []
    for rows in parts:
        new = slice(cache.length, cache.length + rows)
        turn = Clock(clock())(index()[:, new].numpy(), times()[:, new].numpy())
        found.append(layer(x[:, new].reshape(-1, WIDTH).numpy(), turn, cache, 0).reshape(len(x), rows, WIDTH))
        cache.length += rows
    return torch.from_numpy(np.concatenate(found, 1))


@pytest.mark.parametrize("sizes", [BlockSizes(WIDTH, HEADS, 16), POST], ids=["pre", "post"])
@pytest.mark.parametrize("prefix", [1, 4, ROWS])
@torch.no_grad()
def test_rows_one_by_one_are_what_the_whole_is(prefix, sizes):
    torch.manual_seed(0)
    block, x = Block(sizes), random(2, ROWS, WIDTH)
    found = fed(Layer(block), x, cache(), [prefix, *[1] * (ROWS - prefix)])
    assert torch.allclose(found, block(x, clock()(index(), times())), atol=1e-5)


def test_both_clocks_turn_alike():
    x = random(2, ROWS, 2 * HEADS, HEAD)
    pairs = x.reshape(2, ROWS, 2, HEADS, 2, HEAD // 2).numpy()
    ours = turned(pairs, Clock(clock())(index().numpy(), times().numpy())).reshape(x.shape)
    assert np.allclose(ours, rotate(x, clock()(index(), times())).numpy(), atol=1e-6)


def test_the_pieces_that_go_on_keep_their_rows():
    held = Cache(1, 3, 1, 4, 2)
    held.length = 2
    held.array[:, :, :, :, :2] = np.arange(3).reshape(1, 1, 3, 1, 1, 1)
    chosen = held.select([0, 2])
    assert chosen.length == 2 and chosen.array[:, :, :, :, :2].mean((0, 1, 3, 4, 5)).tolist() == [0, 2]
    assert np.shares_memory(chosen.array, chosen.tensor.numpy())
