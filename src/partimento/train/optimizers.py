"""The table of optimizers, and the rate at each step."""

from collections.abc import Callable, Sequence

import torch
from torch import nn

from ..errors import UnknownName
from ..models.family import Phase
from ..recipe import TrainConfig
from .muon import Muon

Optimizers = list[torch.optim.Optimizer]
Made = Callable[[Phase, TrainConfig], Optimizers]


def _adamw(parameters: Sequence[nn.Parameter], config: TrainConfig) -> torch.optim.Optimizer:
    decay, rate = config.weight_decay, config.learning_rate
    return torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.95), weight_decay=decay, fused=True)


def _muon(phase: Phase, config: TrainConfig) -> Optimizers:
    taken = {weight for weight, _ in phase.matrices}
    rest = [parameter for parameter in phase.parameters if parameter not in taken]
    muon = [Muon(phase.matrices, lr=config.matrix_rate)] if taken else []
    return [*muon, *([_adamw(rest, config)] if rest else [])]


def _plain(kind: Callable[..., torch.optim.Optimizer], **settings: float) -> Made:
    """One of torch's for all parameters of a phase, at the recipe's learning rate."""
    return lambda phase, config: [kind(phase.parameters, lr=config.learning_rate, **settings)]


OPTIMIZERS: dict[str, Made] = {
    "muon": _muon,
    "adamw": lambda phase, config: [_adamw(phase.parameters, config)],
    "adam": _plain(torch.optim.Adam),
    "nadam": _plain(torch.optim.NAdam),
    "adamax": _plain(torch.optim.Adamax),
    "adagrad": _plain(torch.optim.Adagrad),
    "adadelta": _plain(torch.optim.Adadelta),
    "rmsprop": _plain(torch.optim.RMSprop),
    "sgd": _plain(torch.optim.SGD, momentum=0.9),
}


def optimizers(phase: Phase, config: TrainConfig) -> Optimizers:
    """The optimizers of a phase. Raises UnknownName."""
    if config.optimizer not in OPTIMIZERS:
        raise UnknownName("optimizer", config.optimizer, OPTIMIZERS)
    made = OPTIMIZERS[config.optimizer](phase, config)
    for optimizer in made:
        for group in optimizer.param_groups:
            group["full_rate"] = group["lr"]
    return made


def rate(step: int, steps: int, config: TrainConfig) -> float:
    """The share of the full rate at ``step``: up over the warm-up, level, down over the last part to 0.

    While the end is not known yet (``steps`` 0) nothing falls.
    """
    up = (step + 1) / config.warmup if config.warmup else 1.0
    down = (steps - step) / max(steps * config.decay, 1) if config.decay and steps else 1.0
    return max(min(1.0, up, down), 0.0)
