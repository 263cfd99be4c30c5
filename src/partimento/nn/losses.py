"""Losses by their usual names, and what each of them judges: a family serves those that judge what it predicts."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor

LOSSES = {
    "cross-entropy": "ids",
    "sparse_categorical_crossentropy": "ids",  # Keras's names of the same loss: ids or one-hot targets
    "categorical_crossentropy": "ids",
    "l1": "numbers",
    "mean_absolute_error": "numbers",
    "mse": "numbers",
    "mean_squared_error": "numbers",
    "mixture": "numbers",  # a distribution of numbers that need not have one middle
    "binary_crossentropy": "verdicts",
    "hinge": "verdicts",
    "wasserstein": "verdicts",
}
ALIASES = {"mean_absolute_error": "l1", "mean_squared_error": "mse", "cross-entropy": "ids"}
AS_CLASSES = "ids"  # numbers as ids of their own, judged by cross-entropy


def counted_mean(values: Tensor, counts: Tensor) -> Tensor:
    """The mean of those ``values`` that count; 0 where none does."""
    return (values * counts).sum() / counts.sum().clamp_min(1)


def judging(predicted: str) -> tuple[str, ...]:
    """The losses that judge ``predicted``: ids, numbers (by classes too) or verdicts."""
    found = tuple(name for name, judged in LOSSES.items() if judged == predicted)
    return (*found, AS_CLASSES) if predicted == "numbers" else found


def named(predicted: str) -> dict[str, Any]:
    """What the metadata of a family's field say of its losses: it knows every one, and takes those that fit."""
    fitting = judging(predicted)
    return {"choices": tuple(dict.fromkeys((*LOSSES, *fitting))), "fitting": fitting}


def unfit(loss: str, predicted: str, field: str = "loss") -> str:
    """Why ``loss`` cannot judge what a family predicts (ids, numbers or verdicts), in words; empty when it can."""
    fitting = judging(predicted)
    if loss in fitting:
        return ""
    said = f"{field} {loss} judges {LOSSES[loss]}, and it predicts {predicted}"
    return f"{said}; choose one of {', '.join(fitting)}"


def unfit_numbers(config: object, fields: Iterable[str]) -> str:
    """Of the ``fields`` of ``config`` that judge numbers the first with another loss, in words; empty without one."""
    return next(filter(None, (unfit(getattr(config, field), "numbers", field) for field in fields)), "")
