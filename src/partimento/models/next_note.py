"""The family ``next-note``: a window of notes is read by LSTM layers, and each column of the next note has its head.

The first iteration of tocab/music-lstm (both directions, the maximum over time, an embedded pitch) and, with other
values, the LSTM of TensorFlow's tutorial "Generate music with an RNN" (forward, the last output, a pitch that is a
number). The state starts anew in every window, so a note knows of the ``window`` rows before it and of nothing else.
Shapes: B pieces, T rows, C columns, K controls, N windows, W rows in a window, I inputs, D width, V ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.inputs import Notes
from ..nn.layers import Linear, linear_maps
from ..nn.logits import Logits
from ..nn.losses import counted_mean, unfit_numbers
from ..nn.numbers import NumberHead
from ..nn.quantities import says_number
from ..nn.recurrent import LSTM, initialise_recurrent, recurrent_maps
from ..nn.rows import initialise
from ..nn.told import Told, beside
from ..tokens import Column
from .family import Losses, Phase, RowFamily, named_columns
from .next_note_config import NextNoteConfig

AT_ONCE = 256  # windows whose outputs at every row are held, where none is learnt from
LEAST = 2  # windows: kernels for one alone may sum in another order
NOTE = {"step", "pitch", "velocity", "duration"}  # the columns of a note
LOSSES_OF = ("step_loss", "velocity_loss", "duration_loss")


@dataclass(frozen=True)
class Recent:
    """What composing keeps: the vectors of the last rows [N, W, I], what is told [N, K], what heads read [N, 1, D]."""

    rows: Tensor
    told: Tensor
    hidden: Tensor


class NextNote(RowFamily):
    """The family ``next-note``."""

    name = "next-note"
    codec = "timed"
    Config: ClassVar[type[NextNoteConfig]] = NextNoteConfig

    def __init__(self, config: NextNoteConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        self.inputs, self.told = Notes(columns, config.embedding), Told(controls)
        between = config.dropout if config.layers > 1 else 0.0
        self.lstm = nn.LSTM(
            sum(self.inputs.widths) + self.told.width,
            config.units,
            config.layers,
            batch_first=True,
            dropout=between,
            bidirectional=config.bidirectional,
        )
        self.width, self.dropout = config.units * (1 + config.bidirectional), nn.Dropout(config.dropout)
        self.heads = nn.ModuleList(self._head(column) for column in columns)
        self.mixes = nn.ModuleList(
            Linear(self.width + sum(self.inputs.widths[:c]), self.width)
            for c in range(1, len(columns))
            if config.conditional
        )
        self.apply(initialise)
        initialise_recurrent(self.lstm, LSTM.maps)

    @classmethod
    def misfit(cls, config: NextNoteConfig, columns: tuple[Column, ...]) -> str:
        """Rows that are no notes, a loss that judges no numbers."""
        names = [column.name for column in columns]
        if len(names) < 2 or "pitch" not in names or not set(names) <= NOTE:
            return f"its rows are notes (step, pitch, velocity, duration), and the table has {named_columns(columns)}"
        return unfit_numbers(config, LOSSES_OF)

    def phases(self) -> list[Phase]:
        """One phase; its matrices are the maps inside the LSTM layers and the conditional ones."""
        matrices = (*recurrent_maps([self.lstm], LSTM.maps), *linear_maps(self.mixes))
        return [Phase("all", tuple(self.parameters()), matrices=matrices)]

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """The weighted sum of what the heads are judged by, over some rows of each window; the figures are nats."""
        chosen = self._drawn(batch, generator)
        hidden, target = self.encode(batch, chosen), batch.ids[:, 1:][chosen].unsqueeze(1)
        counts = batch.loss_mask[chosen].unsqueeze(1)
        total, figures = hidden.new_zeros(()), dict[str, Tensor]()
        for c, (column, head) in enumerate(zip(self.columns, self._heads, strict=True)):
            z = self.mixed(hidden, target[..., :c])
            loss = head.loss(z, target[..., c], counts[..., c])
            total = total + self._weight_of(column) * counted_mean(loss, counts[..., c])
            if counts[..., c].any():
                figures[column.name] = counted_mean(head.nll(z.detach(), target[..., c]).detach(), counts[..., c])
        return Losses({"all": total}, figures)

    def row_nll(self, batch: Batch) -> Float[Tensor, "B T C"]:
        """Nats of every column of rows 1..T; 0 where no cell counts, as each row costs a run over its window."""
        chosen = batch.loss_mask.any(-1).nonzero(as_tuple=True)
        hidden, target = self.encode(batch, chosen), batch.ids[:, 1:][chosen].unsqueeze(1)
        heads = enumerate(self._heads)
        nats = [head.nll(self.mixed(hidden, target[..., :c]), target[..., c]) for c, head in heads]
        found = hidden.new_zeros(batch.loss_mask.shape)
        found[chosen] = torch.cat(nats, -1)
        return found

    def column_scores(self, batch: Batch) -> Iterator[Logits]:
        """Logits [B, T, V] of each column of rows 1..T in turn."""
        chosen = torch.ones_like(batch.loss_mask[..., 0]).nonzero(as_tuple=True)
        hidden, target = self.encode(batch, chosen), batch.ids[:, 1:][chosen].unsqueeze(1)
        for c, head in enumerate(self._heads):
            yield Logits(head(self.mixed(hidden, target[..., :c])).view(*batch.loss_mask.shape[:2], -1))

    def encode(self, batch: Batch, chosen: tuple[Tensor, ...]) -> Float[Tensor, "N 1 D"]:
        """What heads read of the rows ``chosen`` (pieces and places among rows 1..T), each from its own window."""
        rows = beside(self.inputs(batch.ids[:, :-1]), self.told(batch.controls))
        windows = _padded(rows, self.config.window - 1).unfold(1, self.config.window, 1)[chosen].mT
        parts = [windows] if torch.is_grad_enabled() else windows.chunk(-(-len(windows) // AT_ONCE))
        return torch.cat([self.read(part) for part in parts])

    def read(self, windows: Float[Tensor, "N W I"]) -> Float[Tensor, "N 1 D"]:
        """What heads read of windows."""
        outputs, (ends, _) = self.lstm(windows.to(self.lstm.all_weights[0][0].dtype))
        both = 1 + self.config.bidirectional
        found = outputs.amax(1) if self.config.pool == "max" else torch.cat(ends[-both:].unbind(0), -1)
        return cast(Tensor, self.dropout(found.float())).unsqueeze(1)

    def mixed(self, hidden: Float[Tensor, "N 1 D"], known: Int[Tensor, "N 1 c"]) -> Float[Tensor, "N 1 D"]:
        """What the head of the next column reads, given the columns ``known`` of its row."""
        if not self.config.conditional or not known.shape[-1]:
            return hidden
        return F.relu(self.mixes[known.shape[-1] - 1](torch.cat([hidden, self.inputs(known)], -1))).float()

    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Recent:
        """The state after a prefix; one that is shorter than the window stands behind rows of nothing."""
        told = self.told(controls)
        rows = beside(self.inputs(ids[:, -self.config.window :]), told)
        return self._heard(_padded(rows, self.config.window - rows.shape[1]), told)

    def advance(self, state: Recent, row: Int[Tensor, "B C"]) -> Recent:
        """The state after one more row."""
        newest = beside(self.inputs(row.unsqueeze(1)), state.told)
        return self._heard(torch.cat([state.rows[:, 1:], newest], 1), state.told)

    def select(self, state: Recent, pieces: Sequence[int]) -> Recent:
        """The state of some of its pieces alone."""
        chosen = list(pieces)
        return replace(state, rows=state.rows[chosen], told=state.told[chosen], hidden=state.hidden[chosen])

    def column_logits(self, state: Recent, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row."""
        return self._heads[chosen.shape[1]].logits(self.mixed(state.hidden, chosen.unsqueeze(1)))

    @property
    def _heads(self) -> Sequence[NumberHead]:
        return cast(Sequence[NumberHead], self.heads)

    def _head(self, column: Column) -> NumberHead:
        loss = getattr(self.config, f"{column.name}_loss") if says_number(column) else "ids"
        return NumberHead(self.width, column, loss, self.config.components, self.config.pressure)

    def _weight_of(self, column: Column) -> float:
        return cast(float, getattr(self.config, f"{column.name}_weight"))

    def _heard(self, rows: Float[Tensor, "N W I"], told: Tensor) -> Recent:
        spare = rows[:1].expand(max(LEAST - len(rows), 0), -1, -1)
        return Recent(rows, told, self.read(torch.cat([rows, spare]))[: len(rows)])

    def _drawn(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pieces and places of the rows that are learnt: ``per_window`` of each window, drawn anew, or all."""
        pieces, rows = batch.loss_mask.shape[:2]
        count = min(self.config.per_window or rows, rows)
        places = torch.rand(pieces, rows, generator=generator).argsort(1)[:, :count].flatten()
        whose = torch.arange(pieces).repeat_interleave(count)
        return whose.to(batch.ids.device), places.to(batch.ids.device)


def _padded(rows: Float[Tensor, "B T I"], count: int) -> Float[Tensor, "B T2 I"]:
    """``count`` rows of nothing before the first."""
    return F.pad(rows, (0, 0, count, 0))
