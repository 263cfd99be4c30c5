"""One step of every family: the due phases' gradients first, then their optimizers."""

import torch
from torch import Tensor

from ..batch import Batch
from ..errors import WorkFailed
from ..models.family import Phase
from ..nn.precision import precision
from .optimizers import rate
from .progress import State

ADVICE = "begin a new run from the last good checkpoint: --init RUN --name NEW --learning-rate with a lower rate"


def take_step(state: State, batch: Batch) -> dict[str, Tensor]:
    """Move the model by one step; the figures of the losses come back. Raises WorkFailed at a NaN.

    Each phase's gradient is asked for its own parameters alone, so a phase never moves another's.
    """
    config = state.recipe.training
    due = [phase for phase in state.phases if state.step % phase.every == 0]
    device = next(state.model.parameters()).device
    with precision(config.precision, device):
        losses = state.model.losses(batch.to(device), [phase.name for phase in due], state.generator)
    total = torch.stack([losses.by_phase[phase.name].detach().float() for phase in due])
    if not total.isfinite().all():
        raise WorkFailed(f"the loss is not a number at step {state.step}; {ADVICE}")
    for phase in due:
        _gradients(phase, losses.by_phase[phase.name], keep=phase is not due[-1])
    factor = rate(state.step, state.steps, config)
    for phase in due:
        norm = _clip(phase, config.clip)
        if not norm.isfinite():
            raise WorkFailed(f"the gradient is not finite at step {state.step}; {ADVICE}")
        for optimizer in state.optimizers[phase.name]:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * factor
            optimizer.step()
    _average(state)
    return losses.figures


def _gradients(phase: Phase, loss: Tensor, keep: bool) -> None:
    grads = torch.autograd.grad(loss, phase.parameters, retain_graph=keep, allow_unused=True)
    for parameter, grad in zip(phase.parameters, grads, strict=True):
        parameter.grad = grad


def _clip(phase: Phase, largest: float) -> Tensor:
    grads = [p.grad for p in phase.parameters if p.grad is not None]
    norm = torch.nn.utils.get_total_norm(grads)
    if largest:
        torch.nn.utils.clip_grads_with_norm_(phase.parameters, largest, norm)
    return norm


def _average(state: State) -> None:
    if state.average:
        decay = min(state.recipe.training.ema, (state.step + 1) / (state.step + 10))
        averaged = [state.average[name] for name, _ in state.model.named_parameters()]
        torch._foreach_lerp_(averaged, [p.detach() for p in state.model.parameters()], 1 - decay)
