"""What a family says about one column: a softmax, and where it has one, a pointer to what came before.

Shapes: B pieces, T rows, V ids, S earlier rows that may be pointed at.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

TINY = 1e-9


@dataclass(frozen=True)
class Pointer:
    """A gate and an attention over earlier rows, each of which stands for one id (below 0: for none).

    The idea is the pointer sentinel mixture (Merity et al. 2016, eq. 5), with values computed from
    the rows (for a duration: "ends when that note ends") instead of copied words.
    """

    gate: Float[Tensor, "B T"]  # logit of copying
    scores: Float[Tensor, "B T S"]
    values: Int[Tensor, "B T S"]

    def attention(self) -> Float[Tensor, "B T S"]:
        """Weights that sum to 1 over the rows that stand for an id, or are all 0."""
        valid = self.values >= 0
        weights = self.scores.float().masked_fill(~valid, -1e9).softmax(-1)
        return weights * valid

    def gate_logit(self) -> Float[Tensor, "B T"]:
        """The gate, shut where there is nothing to point at."""
        return self.gate.float().masked_fill(~(self.values >= 0).any(-1), -30.0)


@dataclass(frozen=True)
class Logits:
    """Scores of one column, aligned with the ids that they predict: nobody shifts anything."""

    softmax: Float[Tensor, "B T V"]
    pointer: Pointer | None = None

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

    def log_probabilities(self) -> Float[Tensor, "B T V"]:
        """The whole distribution, for sampling."""
        own = self.softmax.float().log_softmax(-1)
        if self.pointer is None:
            return own
        gate = self.pointer.gate_logit().unsqueeze(-1)
        copied = torch.zeros_like(own).scatter_add_(-1, self.pointer.values.clamp_min(0), self.pointer.attention())
        return torch.logaddexp(F.logsigmoid(gate) + copied.clamp_min(TINY).log(), F.logsigmoid(-gate) + own)
