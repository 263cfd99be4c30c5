"""The averaged weights in place of the model's own, for a while."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from .progress import State


@contextmanager
def averaged(state: State) -> Iterator[None]:
    """The averaged weights in the model for the time of the block, where there are any."""
    own = {name: p.detach().clone() for name, p in state.model.named_parameters()} if state.average else {}
    _put(state, state.average)
    try:
        yield
    finally:
        _put(state, own)


@torch.no_grad()
def _put(state: State, weights: Mapping[str, Tensor]) -> None:
    for name, parameter in state.model.named_parameters():
        if name in weights:
            parameter.copy_(weights[name])
