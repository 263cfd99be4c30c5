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
from ..nn.filters import Sampling
from ..nn.frozen_ahead import Known
from ..nn.logits import Logits
from ..prompt import Prompt
from ..tokens import Column, Ids


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
    """A scalar for each phase that is due, and figures for the log (nats per row, by column, or as ``unit`` says)."""

    by_phase: dict[str, Tensor]
    figures: dict[str, Tensor]


class Family(nn.Module, ABC):
    """Base of every family.

    ``unit`` is that of the figures' sum, empty where they do not add up; ``validation`` one of VALIDATIONS;
    ``codec`` the name of the one that is taken where a recipe names none.
    """

    name: ClassVar[str]
    Config: ClassVar[type[Any]]
    codec: ClassVar[str] = "notes"
    unit: ClassVar[str] = "nats/row"
    validation: ClassVar[str] = "validation_nats_per_note"

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

    @classmethod
    def misfit_windows(cls, config: Any, sequence: int) -> str:
        """Why this family cannot be trained on windows of ``sequence`` rows, in words; empty when it can."""
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


MOST_COLUMNS = 16  # that are predicted one after another, each from those before it


def named_columns(columns: Sequence[Column]) -> str:
    """Columns by their names, or how many they are where nobody would read so many names."""
    if len(columns) > MOST_COLUMNS:
        return f"{len(columns)} columns, {columns[0].name} to {columns[-1].name}"
    return f"{'column' if len(columns) == 1 else 'columns'} {', '.join(column.name for column in columns)}"


class RowFamily(Family):
    """A family that predicts the next row column by column."""

    @classmethod
    def misfit(cls, config: Any, columns: tuple[Column, ...]) -> str:
        """More columns than it is worth predicting one after another."""
        if len(columns) <= MOST_COLUMNS:
            return ""
        return f"it predicts columns one after another, {MOST_COLUMNS} at most, and the table has {len(columns)}"

    @abstractmethod
    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Any:
        """The state after a prefix of at least one row."""

    def start_towards(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"], known: Known) -> Any:
        """As ``start``, for families that can be told rows ahead of their time; others do not look at them."""
        return self.start(ids, controls)

    @abstractmethod
    def column_logits(self, state: Any, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row."""

    @abstractmethod
    def advance(self, state: Any, row: Int[Tensor, "B C"]) -> Any:
        """The state after one more row."""

    @abstractmethod
    def select(self, state: Any, pieces: Sequence[int]) -> Any:
        """The state of some of its pieces alone; the one before it is used up."""

    @classmethod
    def windows_of_likelihood(cls, config: Any, sequence: int) -> tuple[int, int]:
        """Context and stride, in rows, with which whole pieces are read by a model trained on ``sequence`` rows."""
        return sequence, max(sequence // 2, 1)

    def fork(self, state: Any, pieces: Sequence[int]) -> Any:
        """The state of ``pieces``, each as often as it is named, in that order; the one before stays good.

        For families whose ``select`` leaves its argument as it was, that is the same.
        """
        return self.select(state, pieces)

    @abstractmethod
    def column_scores(self, batch: Batch) -> Iterator[Logits]:
        """What is said of each column of rows 1..T in turn, given the rows and columns before: C Logits [B, T, V].

        One after another, so that one table of V scores per row is held at a time. A family that yields
        nothing has no accuracy, and a ``row_nll`` of its own.
        """

    def row_nll(self, batch: Batch) -> Float[Tensor, "B T C"]:
        """float[B, T, C]: nats of every column of rows 1..T (before the loss mask)."""
        return self.nll_of(batch, self.column_scores(batch))

    @staticmethod
    def nll_of(batch: Batch, scores: Iterable[Logits]) -> Float[Tensor, "B T C"]:
        """float[B, T, C]: nats of rows 1..T under the scores of each column in turn."""
        return torch.stack([each.nll(batch.ids[:, 1:, c]) for c, each in enumerate(scores)], dim=-1)

    @classmethod
    def scores_apart(cls) -> bool:
        """Whether its nats are not those of ``column_scores``, so that these cost a pass of their own."""
        return cls.row_nll is not RowFamily.row_nll

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
    """A family that draws pieces whole (a GAN), in tables whose rows are grid steps."""

    validation = "validation_distance"

    @abstractmethod
    def draw(self, prompt: Prompt, sampling: Sampling, generator: np.random.Generator) -> Iterator[Ids]:
        """int16[t, C] each: the rows of one piece, stretch after stretch, to its end or for ever.

        The caller takes as many as it needs. Raises UsageError for a sampler that the family has no use for.
        """
