"""Held-out likelihood in the units of the literature, with the conditions under which it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checkpoint import Checkpoint
from ..data.corpus import Corpus
from ..errors import UsageError
from ..models.family import RowFamily
from ..models.likelihood import PieceLikelihood, likelihoods
from ..units import bits

# Performance tokens per note on MAESTRO v3 as the literature's encoding counts them; the codec `performance`
# of this project counts 0.12 % fewer (docs/benchmarks.md).
TOKENS_PER_NOTE = {"train": 4.045, "validation": 4.054, "test": 4.033}
RESAMPLES = 2_000


@dataclass(frozen=True)
class Conditions:
    """How the pieces were read: the split, the window and its stride, in rows."""

    split: str = "validation"
    context: int = 256
    stride: int = 128
    pieces: int = 0  # 0: the whole split

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= self.context:
            raise UsageError(f"--stride {self.stride} is out of range: 1 to the context, {self.context}")


def likelihood(
    checkpoint: Checkpoint,
    corpus: Corpus,
    conditions: Conditions = Conditions(),
    progress: Callable[[float, str], None] = lambda share, remark: None,
) -> dict[str, Any]:
    """Nats per note by column and in sum, with a 95 % bootstrap interval over pieces; the units derived from it.

    Raises UsageError for a family without a likelihood.
    """
    model, codec = checkpoint.model(), checkpoint.recipe.codec
    if not isinstance(model, RowFamily):
        raise UsageError(f"family {model.name} has no likelihood; compare its pieces instead")
    chosen = corpus.split(conditions.split)
    chosen = chosen[:: max(len(chosen) // conditions.pieces, 1)][: conditions.pieces] if conditions.pieces else chosen
    parts = []
    for part in likelihoods(model, codec, corpus, chosen, conditions.context, conditions.stride):
        parts.append(part)
        progress(len(parts) / len(chosen), f"{len(parts)} of {len(chosen)} pieces")
    told = _summary(parts, [column.name for column in codec.columns])
    if codec.says_performance and corpus.manifest.source == "maestro":
        told["nats_per_performance_token"] = told["nats_per_note"] / TOKENS_PER_NOTE[conditions.split]
    return {**told, "split": conditions.split, "context": conditions.context, "stride": conditions.stride}


def _summary(parts: Sequence[PieceLikelihood], columns: Sequence[str]) -> dict[str, Any]:
    nats, notes = np.array([part.nats for part in parts]), np.array([part.notes for part in parts])
    low, high = interval(nats.sum(1), notes)
    per_note = nats.sum() / notes.sum()
    return {
        "pieces": len(parts),
        "notes": int(notes.sum()),
        "nats_per_note": float(per_note),
        "interval_95": [low, high],
        "by_column": {name: float(nats[:, c].sum() / notes.sum()) for c, name in enumerate(columns)},
        "bits_per_note": bits(float(per_note)),
        "bits_per_second": bits(float(nats.sum() / sum(part.seconds for part in parts))),
    }


def interval(values: np.ndarray, weights: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of sum(values) / sum(weights) over pieces."""
    drawn = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    ratios = values[drawn].sum(1) / np.maximum(weights[drawn].sum(1), 1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(low), float(high)
