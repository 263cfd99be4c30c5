import pytest
import torch
from torch import nn

from partimento.train.muon import Muon, orthogonal


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 48, 16), (2, 16, 48), (1, 4, 4)])
def test_orthogonal_maps_have_singular_values_near_1(shape):
    singular = torch.linalg.svdvals(orthogonal(random(*shape)).float())
    assert singular.max() < 1.3 and singular.quantile(0.1) > 0.5
    assert singular.mean().item() == pytest.approx(0.95, abs=0.15)


def test_orthogonal_keeps_the_directions():
    left, right = (torch.linalg.qr(random(8, 8, seed=seed)).Q for seed in (1, 2))
    skewed = left @ torch.diag(torch.linspace(1, 3, 8)) @ right
    straight = left.T @ orthogonal(skewed[None]).float()[0] @ right.T
    assert (straight - torch.diag(straight.diag())).abs().max() < 0.05 and (straight.diag() > 0.6).all()


@pytest.mark.parametrize("shape", [(2, 8, 16), (2, 16, 8)])
def test_a_map_does_not_depend_on_its_scale_and_zero_stays_zero(shape):
    maps = random(*shape)
    assert torch.allclose(orthogonal(maps), orthogonal(1e-3 * maps), atol=0.05)
    assert not orthogonal(torch.zeros(shape)).any()


def stepped(weight, parts, steps=3, **options):
    """``weight`` after a few steps along fixed gradients."""
    weight = nn.Parameter(weight.clone())
    muon = Muon([(weight, parts)], **options)
    for step in range(steps):
        weight.grad = random(*weight.shape, seed=step)
        muon.step()
    return weight.detach()


@pytest.mark.parametrize("parts", [2, 3])
def test_a_stacked_weight_moves_as_its_parts_would_alone(parts):
    start = random(parts * 8, 8, seed=9)
    together = stepped(start, parts)
    alone = []
    for part in range(parts):
        weight = nn.Parameter(start.chunk(parts)[part].clone())
        muon = Muon([(weight, 1)])
        for step in range(3):
            weight.grad = random(parts * 8, 8, seed=step).chunk(parts)[part]
            muon.step()
        alone.append(weight.detach())
    assert torch.allclose(together, torch.cat(alone), atol=1e-5)
    assert not torch.allclose(together, stepped(start, 1), atol=1e-3)


def test_maps_of_one_shape_do_not_mix():
    pair = [nn.Parameter(random(8, 8, seed=seed)) for seed in (1, 2)]
    alone = stepped(pair[0].detach(), 1, steps=1)
    for seed, weight in enumerate(pair):
        weight.grad = random(8, 8, seed=seed)
    Muon([(weight, 1) for weight in pair]).step()
    assert torch.allclose(pair[0], alone, atol=1e-5)


def test_a_step_is_as_long_as_its_rate_and_a_tall_map_moves_further():
    for shape, scale in (((8, 8), 1.0), ((32, 8), 2.0), ((8, 32), 1.0)):
        moved = stepped(torch.zeros(shape), 1, steps=1, lr=0.1)
        assert torch.linalg.svdvals(moved).mean().item() == pytest.approx(0.1 * scale, rel=0.3)


def test_a_step_goes_against_nesterovs_momentum():
    weight = nn.Parameter(torch.zeros(8, 8))
    muon = Muon([(weight, 1)], lr=0.1, momentum=0.9)
    first, second = random(8, 8, seed=0), random(8, 8, seed=1)
    for weight.grad in (first, second):
        before = weight.detach().clone()
        muon.step()
    momentum = 0.9 * 0.1 * first + 0.1 * second
    expected = -0.1 * orthogonal((0.1 * second + 0.9 * momentum)[None])[0].float()
    assert torch.allclose(weight - before, expected, atol=2e-3)


def test_a_weight_without_a_gradient_stays():
    weight = nn.Parameter(random(4, 4))
    before = weight.detach().clone()
    Muon([(weight, 1)]).step()
    assert torch.equal(weight, before)
