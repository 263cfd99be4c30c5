"""What a critic's numbers are worth: losses of critic and generator by their usual names. Shapes: B windows."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class Verdict:
    """What a loss makes of the critic's numbers: for itself (real, false), and for the generator (false)."""

    critic: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    penalised: bool = False


VERDICTS = {
    "hinge": Verdict(
        lambda real, false: F.relu(1 - real).mean() + F.relu(1 + false).mean(),
        lambda false: -false.mean(),
    ),
    "wasserstein": Verdict(
        lambda real, false: false.mean() - real.mean(),
        lambda false: -false.mean(),
        penalised=True,
    ),
    "binary_crossentropy": Verdict(
        lambda real, false: F.softplus(-real).mean() + F.softplus(false).mean(),
        lambda false: F.softplus(-false).mean(),
    ),
}


def steepness(
    critic: nn.Module, real: Float[Tensor, "B ..."], false: Float[Tensor, "B ..."], generator: torch.Generator
) -> Float[Tensor, ""]:
    """How far the critic's slope between real and false is from 1 (Gulrajani et al. 2017), in single precision."""
    share = torch.rand(len(real), *[1] * (real.dim() - 1), generator=generator).to(real.device)
    between = torch.lerp(real, false, share).requires_grad_()
    with torch.autocast(real.device.type, enabled=False):
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def flatness(critic: nn.Module, real: Float[Tensor, "B ..."]) -> Float[Tensor, ""]:
    """Half the critic's squared slope at real windows (R1, Mescheder et al. 2018), in single precision.

    It keeps a critic that tells all windows apart from growing ever steeper, and so from stopping to teach.
    """
    here = real.detach().requires_grad_()
    with torch.autocast(real.device.type, enabled=False):
        (slope,) = torch.autograd.grad(critic(here).sum(), here, create_graph=True)
    return slope.flatten(1).square().sum(1).mean() / 2
