"""What a model family supplies, and what training and composing may rely on.

A family is a module with a frozen Config. Training asks for ``phases`` and ``losses``; composing asks
either for ``start``, ``column_logits`` and ``advance`` (the decoders own the loop) or for ``draw``.
Shapes: B pieces, T rows, C columns, K controls.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..errors import UsageError
from ..nn.logits import Logits
from ..prompt import Prompt
from ..tokens import Column


@dataclass(frozen=True)
class Phase:
    """Parameters that one optimizer moves, every so many steps.

    ``matrices`` are those of them that act as linear maps, each with the number of maps that its rows
    stack; an optimizer that treats maps differently (Muon) takes them, and the rest as it takes all.
    """

    name: str
    parameters: tuple[nn.Parameter, ...]
    every: int = 1
    matrices: tuple[tuple[nn.Parameter, int], ...] = ()


@dataclass(frozen=True)
class Losses:
    """A scalar for each phase that is due, and figures for the log (nats per row, by column)."""

    by_phase: dict[str, Tensor]
    figures: dict[str, Tensor]


class Family(nn.Module, ABC):
    """Base of every family."""

    name: ClassVar[str]
    Config: ClassVar[type[Any]]

    def __init__(self, config: Any, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__()
        reason = self.misfit(config, columns)
        if reason:
            raise UsageError(f"family {self.name} refuses: {reason}")
        self.config, self.columns, self.control_sizes = config, columns, tuple(controls)

    @classmethod
    def misfit(cls, config: Any, columns: tuple[Column, ...]) -> str:
        """Why this family cannot serve ``columns``, in words; empty when it can."""
        return ""

    def phases(self) -> list[Phase]:
        """One phase for all parameters, unless the family says otherwise."""
        return [Phase("all", tuple(self.parameters()))]

    @abstractmethod
    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """The loss of each phase in ``due`` over the cells that ``batch.loss_mask`` counts.

        The graph is run once where it is shared. A column of which no cell counts adds nothing, and has no figure.
        """

    def refuses(self, prompt: Prompt) -> str:
        """Why this family cannot serve ``prompt``, in words; empty when it can."""
        return ""


class RowFamily(Family):
    """A family that predicts the next row column by column."""

    @abstractmethod
    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Any:
        """The state after a prefix of at least one row."""

    @abstractmethod
    def column_logits(self, state: Any, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row."""

    @abstractmethod
    def advance(self, state: Any, row: Int[Tensor, "B C"]) -> Any:
        """The state after one more row."""

    @abstractmethod
    def select(self, state: Any, pieces: Sequence[int]) -> Any:
        """The state of some of its pieces alone; the one before it is used up."""

    @abstractmethod
    def row_nll(self, batch: Batch) -> Float[Tensor, "B T C"]:
        """float[B, T, C]: nats of every column of rows 1..T (before the loss mask)."""

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """Mean nats per row: of each column over the cells that count; one without any adds nothing."""
        cells = batch.loss_mask.sum((0, 1))
        columns = (self.row_nll(batch) * batch.loss_mask).sum((0, 1)) / cells.clamp_min(1)
        figures = {column.name: columns[c].detach() for c, column in enumerate(self.columns) if cells[c]}
        return Losses({"all": columns.sum()}, figures)

    def refuses(self, prompt: Prompt) -> str:
        """Whatever is not "go on from here": rows are predicted from those before them alone."""
        return "" if prompt.is_continuation else "it writes forward and does not see what stands after the free part"


class PieceFamily(Family):
    """A family that draws whole pieces (a GAN, Gibbs sampling)."""

    @abstractmethod
    def draw(self, prompt: Prompt, generator: np.random.Generator) -> Iterator[Iterable[Any]]:
        """Whole tables, one after another."""
