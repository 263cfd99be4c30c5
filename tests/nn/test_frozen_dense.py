import pytest
import torch
from torch import nn

from partimento.nn.activations import ACTIVATIONS
from partimento.nn.blocks import FeedForward
from partimento.nn.frozen import frozen_norm
from partimento.nn.frozen_dense import FrozenFeedForward, frozen_parts, through
from partimento.nn.layers import Linear


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("hidden", [9, 64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@torch.no_grad()
def test_a_frozen_feedforward_layer_says_the_same_of_a_row_alone_and_in_company(activation, hidden, as_composing):
    layer, rows = FeedForward(12, hidden, activation, bias=True).eval(), random(17, 12)
    frozen = FrozenFeedForward(layer)
    together = torch.from_numpy(frozen(rows.numpy()))
    assert torch.allclose(together, layer(rows), atol=1e-6)
    assert all(torch.equal(torch.from_numpy(frozen(rows[:n].numpy())), together[:n]) for n in (1, 2, 5))


@pytest.mark.parametrize("kind", [nn.RMSNorm, nn.LayerNorm, nn.Identity])
@torch.no_grad()
def test_a_frozen_norm_says_the_same_of_a_row_alone_and_in_company(kind, as_composing):
    norm, rows = kind(37), 3 + 5 * random(17, 37)
    for number, parameter in enumerate(norm.parameters()):
        parameter.copy_(random(37, seed=number))
    together = torch.from_numpy(frozen_norm(norm)(rows.numpy()))
    assert torch.allclose(together, norm(rows), atol=1e-5)
    assert torch.equal(torch.from_numpy(frozen_norm(norm)(rows[3:4].numpy())), together[3:4])


@torch.no_grad()
def test_frozen_dense_layers_drop_nothing_out_and_learn_nothing_more():
    layers, rows = nn.Sequential(nn.Dropout(0.9), Linear(4, 3), nn.Tanh()), random(6, 4)
    frozen, before = frozen_parts(layers), layers.eval()(rows).numpy()
    layers[1].weight.zero_()
    assert abs(through(frozen, rows.numpy()) - before).max() < 1e-6
