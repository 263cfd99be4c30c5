"""What a family says about one column: a softmax, and where it has one, a pointer to what came before.

Shapes: B pieces, T rows, N cells, V ids, S earlier rows that may be pointed at.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

TINY = 1e-9
SHUT = 30.0  # a gate beyond this is shut, or open


@dataclass(frozen=True)
class Pointer:
    """A gate and an attention over earlier rows, each of which stands for one id (below 0: for none).

    The idea is the pointer sentinel mixture (Merity et al. 2016, eq. 5), with values computed from
    the rows (for a duration: "ends when that note ends") instead of copied words.
    """

    gate: Float[Tensor, "B T"]  # logit of copying
    scores: Float[Tensor, "B T S"]
    values: Int[Tensor, "B T S"]

    def beside(self, scores: Float[Tensor, "B T"], values: Int[Tensor, "B T"]) -> "Pointer":
        """The same with one row more that may be pointed at."""
        both = ((self.scores, scores), (self.values, values))
        return Pointer(self.gate, *(torch.cat([some, one.unsqueeze(-1)], -1) for some, one in both))

    def attention(self) -> Float[Tensor, "B T S"]:
        """Weights that sum to 1 over the rows that stand for an id, or are all 0."""
        valid = self.values >= 0
        weights = self.scores.float().masked_fill(~valid, -1e9).softmax(-1)
        return weights * valid

    def gate_logit(self) -> Float[Tensor, "B T"]:
        """The gate, shut where there is nothing to point at."""
        return self.gate.float().masked_fill(~(self.values >= 0).any(-1), -SHUT)


@dataclass(frozen=True)
class Logits:
    """Scores of one column, aligned with the ids that they predict: nobody shifts anything."""

    softmax: Float[Tensor, "B T V"]
    pointer: Pointer | None = None
    spread: slice | None = None  # ids over which one thing's probability lies, as that of "a number" does

    def nll(self, target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Negative log-likelihood of ``target`` in nats."""
        scores = self.softmax.float()
        own = -F.cross_entropy(scores.flatten(0, -2), target.flatten(), reduction="none").view(target.shape)
        if self.pointer is None:
            return -own
        hits = (self.pointer.values == target.unsqueeze(-1)).float()
        copied = (self.pointer.attention() * hits).sum(-1).clamp_min(TINY).log()
        gate = self.pointer.gate_logit()
        return -torch.logaddexp(F.logsigmoid(gate) + copied, F.logsigmoid(-gate) + own)

    def at(self, cells: Bool[Tensor, "B T"] | slice) -> "Logits":
        """What is said of some cells alone, N of them, or those of a slice where they are N already."""
        p = self.pointer
        return replace(
            self, softmax=self.softmax[cells], pointer=p and Pointer(p.gate[cells], p.scores[cells], p.values[cells])
        )

    def probabilities(self) -> Float[Tensor, "*N V"]:
        """The whole distribution in single precision, where the scores are: a softmax mixed with what is pointed at."""
        own = self.softmax.float().softmax(-1)
        if self.pointer is None:
            return own
        gate = self.pointer.gate_logit().sigmoid().unsqueeze(-1)
        copied = gate * self.pointer.attention()
        return ((1 - gate) * own).scatter_add(-1, self.pointer.values.clamp_min(0).long(), copied)

    def likeliest(self) -> Int[Tensor, " *N"]:
        """The likeliest id of each cell."""
        return (self.softmax if self.pointer is None else self.probabilities()).argmax(-1)

    def log_probabilities(self) -> NDArray[np.float64]:
        """float64[B, T, V]: the whole distribution, for sampling; NumPy gives it the same bits in any company."""
        scores = self.softmax.detach().float().cpu().numpy().astype(np.float64)
        scores -= scores.max(-1, keepdims=True)
        own = np.exp(scores)
        total = own.sum(-1, keepdims=True)
        if self.pointer is None:
            return scores - np.log(total)
        copied, gate = _copied(self.pointer, own.shape[-1])
        return np.log(gate * copied.clip(TINY) + (1 - gate) / total * own)


def _copied(pointer: Pointer, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How likely each id is where one copies, [B, T, V], and how likely one copies, [B, T, 1]."""
    values = pointer.values.cpu().numpy()
    scores, gate = (x.detach().float().cpu().numpy().astype(np.float64) for x in (pointer.scores, pointer.gate))
    valid = values >= 0
    scores[~valid] = -1e9
    shares = np.exp(scores - scores.max(-1, keepdims=True)) * valid
    total = shares.sum(-1, keepdims=True)
    firsts = size * np.arange(total.size).reshape(total.shape)  # of the ids of each row, one row after another
    found = np.bincount((values.clip(0) + firsts).ravel(), (shares / total.clip(TINY)).ravel(), size * total.size)
    opens = np.where(total > 0, 1 / (1 + np.exp(-gate.clip(-SHUT, SHUT)))[..., None], 0.0)
    return found.reshape(*total.shape[:-1], size).astype(np.float64, copy=False), opens
