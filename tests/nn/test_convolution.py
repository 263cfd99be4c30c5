"""Convolutions that double and halve, and what bounds their slope."""

import pytest
import torch
from torch import nn

from partimento.nn.convolution import SpectralConvolution, SpectralLinear, downward, unit_norm, upward
from partimento.nn.painter import Even, Painter, _faded


def test_a_power_iteration_finds_the_largest_singular_value():
    torch.manual_seed(0)
    weight, left = torch.randn(5, 7), torch.randn(5)
    for _ in range(100):
        divided = unit_norm(weight, left, refine=True)
    assert torch.linalg.matrix_norm(divided, 2).item() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    "layer", [SpectralLinear(3, 2), SpectralConvolution(3, 2, 3, 1, 1)], ids=["linear", "convolution"]
)
def test_only_training_moves_the_estimate(layer):
    x = torch.randn(4, 3) if isinstance(layer, SpectralLinear) else torch.randn(4, 3, 8, 8)
    layer.weight.data.normal_()
    before = layer.left.clone()
    layer.eval()(x)
    assert torch.equal(layer.left, before)
    layer.train()(x)
    assert not torch.equal(layer.left, before)


@pytest.mark.parametrize(("layers", "doublings"), [(1, 1), (3, 3), (4, 3)])
def test_up_and_down_meet_at_the_same_sizes(layers, doublings):
    up = upward((4, *[6] * layers), doublings, 3, nn.ReLU, 0.0)
    planes = up(torch.randn(2, 4, 2, 11))
    assert planes.shape == (2, 3, 2 << doublings, 11 << doublings)
    down = downward((3, *[6] * layers, 6), doublings, 2 * 11, nn.ReLU, 0.0, spectral=True)
    assert down(planes).shape == (2, 1)


def painter():
    torch.manual_seed(0)
    return Painter(5, 2, [8], (4, 8, 11), [6, 6, 6], 3, 3, nn.LeakyReLU, 0.0).eval()


@torch.no_grad()
def test_a_picture_in_stretches_is_the_picture_painted_at_once():
    made, latents = painter(), torch.randn(6, 5 + 2 * 8 * 11)
    stretches = torch.cat(list(made.flowing(iter(latents))), 1)
    whole = made._maps(latents[:1])[0]
    for latent in latents[1:]:
        whole = _faded(whole, made._maps(latent[None])[0], 4)
    at_once = made.finer(whole[None])[0, :, : stretches.shape[1]]
    assert torch.allclose(stretches, at_once, atol=1e-5) and stretches.shape[1] > 64


@torch.no_grad()
def test_a_fade_keeps_the_power_of_both_sides():
    left, right = torch.randn(100, 8, 50), torch.randn(100, 8, 50)
    mixed = _faded(left, right, 4)
    assert mixed.shape == (100, 12, 50)
    assert mixed.square().mean((0, 2)).tolist() == pytest.approx([1.0] * 12, abs=0.1)


@torch.no_grad()
def test_the_grain_of_a_cell_changes_its_surroundings_alone():
    made, latent = painter(), torch.randn(1, 5 + 2 * 8 * 11)
    other = latent.clone()
    other[0, 5] += 1.0  # the first cell's
    changed = (made(latent) != made(other))[0].any(0)
    assert changed[:8, :8].any() and not changed[24:].any() and not changed[:, 24:].any()


@pytest.mark.parametrize("training", [True, False])
def test_no_place_of_a_coarse_cell_is_favoured_and_none_is_louder(training):
    torch.manual_seed(0)
    grid = torch.zeros(16, 3, 16, 88)
    grid[:, :, 2::4, 3::4] = 1000.0
    planes = grid + (1 + grid) * torch.randn(16, 3, 16, 88)
    made = Even(3, 4)
    for _ in range(100):
        even = made(planes)
    even = made.train(training)(planes)
    places = even.view(16, 3, 4, 4, 22, 4).transpose(3, 4)
    assert places.mean((0, 2, 3)).abs().max() < 0.01 and (places.std((0, 2, 3)) - 1).abs().max() < 0.01
