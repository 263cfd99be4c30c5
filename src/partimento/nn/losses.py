"""Losses by their usual names, and what each of them judges: a family serves those that judge what it predicts."""

LOSSES = {
    "cross-entropy": "ids",
    "sparse_categorical_crossentropy": "ids",  # Keras's names of the same loss: ids or one-hot targets
    "categorical_crossentropy": "ids",
    "l1": "numbers",
    "mean_absolute_error": "numbers",
    "mse": "numbers",
    "mean_squared_error": "numbers",
    "binary_crossentropy": "verdicts",
    "hinge": "verdicts",
    "wasserstein": "verdicts",
}


def unfit(loss: str, predicted: str) -> str:
    """Why ``loss`` cannot judge what a family predicts (ids, numbers or verdicts), in words; empty when it can."""
    if LOSSES[loss] == predicted:
        return ""
    fitting = ", ".join(name for name, judged in LOSSES.items() if judged == predicted)
    return f"loss {loss} judges {LOSSES[loss]}, and it predicts {predicted}; choose one of {fitting}"
