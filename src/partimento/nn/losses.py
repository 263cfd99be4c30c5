"""Losses by their usual names, and what each of them judges: a family serves those that judge what it predicts."""

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
OF_NUMBERS = (*(name for name, judged in LOSSES.items() if judged == "numbers"), "ids")  # ids: numbers as classes


def counted_mean(values: Tensor, counts: Tensor) -> Tensor:
    """The mean of those ``values`` that count; 0 where none does."""
    return (values * counts).sum() / counts.sum().clamp_min(1)


def judging(predicted: str) -> tuple[str, ...]:
    """The losses that judge ``predicted``: ids, numbers or verdicts."""
    return tuple(name for name, judged in LOSSES.items() if judged == predicted)


def unfit(loss: str, predicted: str) -> str:
    """Why ``loss`` cannot judge what a family predicts (ids, numbers or verdicts), in words; empty when it can."""
    if LOSSES[loss] == predicted:
        return ""
    fitting = ", ".join(judging(predicted))
    return f"loss {loss} judges {LOSSES[loss]}, and it predicts {predicted}; choose one of {fitting}"
