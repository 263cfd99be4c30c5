"""A run's best checkpoint made small enough to travel with the package: weights in bfloat16, a full card, a licence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ..checkpoint import FORMAT, Checkpoint, load_checkpoint, save_checkpoint
from ..errors import UsageError
from .notice import notice, terms

LARGEST_MB = 16.0
LICENCE_FILE = "LICENSE"


def bundle(run: Path, target: Path, extra: Mapping[str, Any]) -> Checkpoint:
    """Write the checkpoint in ``run`` to ``target``; ``extra`` (preset, figures, training) goes onto the card.

    A figure that was never measured, as of a run without validation pieces, is left off it.
    Raises UsageError where the result is larger than a bundled model may be, CheckpointError.
    """
    best = load_checkpoint(run)
    weights = {name: value.to(torch.bfloat16) for name, value in best.weights.items()}
    size = sum(value.numel() * value.element_size() for value in weights.values()) / 1e6
    if size > LARGEST_MB:
        raise UsageError(f"{run}: {size:.1f} MB of weights; a bundled model has at most {LARGEST_MB:g} MB")
    card = {name: value for name, value in best.card.items() if name not in ("files", "place") and value is not None}
    said = {**card, **terms(card), "format": FORMAT, "precision": "bfloat16", **extra}
    save_checkpoint(target, best.recipe, said, weights, texts={LICENCE_FILE: notice(card)})
    return load_checkpoint(target)
