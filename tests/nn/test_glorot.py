"""First weights as Keras draws them: their sizes, and attention that begins as a plain mean."""

from math import sqrt

import pytest
import torch
from torch import nn

from partimento.nn.attention import Attention
from partimento.nn.glorot import EMBEDDED, glorot
from partimento.nn.layers import Linear
from partimento.nn.positions import Learned


def drawn(module):
    torch.manual_seed(0)
    return module.apply(glorot)


def fills(weight, most):
    """Whether ``weight`` is uniform from less ``most`` to this."""
    return weight.abs().max().item() == pytest.approx(most, rel=0.02) and weight.std().item() == pytest.approx(
        most / sqrt(3), rel=0.05
    )


def test_maps_are_glorots_and_tables_narrow():
    linear = drawn(Linear(64, 32))
    assert fills(linear.weight, sqrt(6 / 96)) and not linear.bias.any()
    assert fills(drawn(nn.Embedding(50, 32)).weight, EMBEDDED) and fills(drawn(Learned(50, 32)).table, EMBEDDED)


def test_attention_counts_heads_and_their_width_as_keras_does():
    attention = drawn(Attention(64, 4, 32))
    assert fills(attention.inward.weight, sqrt(6 / (64 * 4 + 64 * 32)))
    assert fills(attention.outward.weight, sqrt(6 / (4 * 32 + 4 * 64)))


@torch.no_grad()
def test_attention_begins_as_a_mean_of_the_rows_so_far():
    attention, x = drawn(Attention(64, 4, 32)), torch.randn(1, 9, 64, generator=torch.Generator().manual_seed(1))
    values = attention.inward(x).chunk(3, -1)[2]
    means = values.cumsum(1) / torch.arange(1, 10).unsqueeze(-1)
    assert torch.allclose(attention(x, None), attention.outward(means), atol=0.02)
    assert attention(x, None).std() > 0.05
