"""The family ``three-head`` (Arloste/MusicGeneration): a note's embedding, LSTM layers, a pipeline per column.

The note is chosen from ids; time, velocity and, where a codec says it, duration are numbers, judged by l1 or squared
error, or distributions of their own. Pipelines are independent given the state, and by default each has its optimizer:
that of the notes moves the embedding and the LSTM too, the others nothing but their own pipeline.
Shapes: B pieces, T rows, C columns, K controls, D width, V ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import ClassVar, cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.activations import ACTIVATIONS
from ..nn.frozen_dense import Part, frozen_copy, frozen_parts
from ..nn.inputs import NoteFirst
from ..nn.layers import Linear, linear_maps
from ..nn.logits import Logits
from ..nn.losses import counted_mean, named, unfit_numbers
from ..nn.numbers import NumberHead
from ..nn.recurrent import LSTM, recurrent_maps
from ..nn.rows import initialise
from ..nn.stacked import Stack
from ..nn.told import Told, beside
from ..tokens import Column
from .family import Losses, Phase, RowFamily, named_columns
from .three_head_decoder import FrozenFollower, FrozenWindow, Heard, ThreeHeadDecoder
from .three_head_lstm import Follower, Windowed

NOTE = "pitch"
PHASES = {NOTE: "notes", "step": "times", "velocity": "velocities", "duration": "durations"}  # by column
LOSSES_OF = ("step_loss", "velocity_loss", "duration_loss")
FEEDS = ("notes", "everything")


@dataclass(frozen=True)
class ThreeHeadConfig:
    """The sizes of the network and what its pipelines are judged by; defaults are the README's."""

    embedding: int = field(default=8, metadata={"help": "width of a note's vector", "range": (1, 8192)})
    layers: int = field(default=2, metadata={"help": "LSTM layers", "range": (1, 64)})
    units: int = field(default=256, metadata={"help": "units of each of them and direction", "range": (1, 8192)})
    dropout: float = field(
        default=0.3, metadata={"help": "share dropped between layers and in the pipelines", "range": (0.0, 0.9)}
    )
    bidirectional: bool = field(default=False, metadata={"help": "read the rows of a window in both directions"})
    window: int = field(
        default=256, metadata={"help": "rows that are read in both directions before those to come", "range": (1, 4096)}
    )
    ahead: int = field(default=1, metadata={"help": "rows that are predicted from one state", "range": (1, 64)})
    hidden: int = field(default=256, metadata={"help": "units of a pipeline's first dense layer", "range": (1, 8192)})
    narrow: int = field(default=128, metadata={"help": "units of its second", "range": (1, 8192)})
    activation: str = field(default="relu", metadata={"help": "of the pipelines", "choices": tuple(ACTIVATIONS)})
    step_loss: str = field(default="l1", metadata={"help": "of the step between notes", **named("numbers")})
    velocity_loss: str = field(default="mse", metadata={"help": "of the velocity", **named("numbers")})
    duration_loss: str = field(default="l1", metadata={"help": "of the duration", **named("numbers")})
    components: int = field(default=5, metadata={"help": "logistics of a mixture", "range": (1, 64)})
    feed: str = field(default="notes", metadata={"help": "what of a row is read", "choices": FEEDS})
    joint: bool = field(default=False, metadata={"help": "one optimizer moves all by the sum of the losses"})


class Pipeline(nn.Module):
    """Dense layers and the head of one column."""

    def __init__(self, config: ThreeHeadConfig, width: int, column: Column) -> None:
        super().__init__()
        sizes, parts = [width, config.hidden, config.narrow], list[nn.Module]()
        for size, following in pairwise(sizes):
            parts += [Linear(size, following), nn.Dropout(config.dropout), ACTIVATIONS[config.activation]()]
        self.dense = nn.Sequential(*parts).apply(initialise)
        loss = getattr(config, f"{column.name}_loss", "ids")
        self.head = NumberHead(config.narrow, column, loss, config.components)

    def maps(self) -> list[tuple[nn.Parameter, int]]:
        """The linear maps of the dense layers."""
        return linear_maps(self.dense)

    def frozen(self) -> Part:
        """Vectors [N, D] to scores [N, V], for composing."""
        parts, head = frozen_parts(self.dense), cast(NumberHead, frozen_copy(self.head))

        def scores(x: Tensor) -> Tensor:
            for part in parts:
                x = part(x)
            return head(x[:, None])[:, 0]

        return scores


class ThreeHead(RowFamily):
    """The family ``three-head``."""

    name = "three-head"
    codec = "events"
    Config: ClassVar[type[ThreeHeadConfig]] = ThreeHeadConfig

    def __init__(self, config: ThreeHeadConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        self.note_at = [column.name for column in columns].index(NOTE)
        self.inputs = NoteFirst(columns, self.note_at, config.embedding, config.feed == "everything")
        self.told = Told(controls)
        self.width = self.inputs.width + self.told.width
        stack = Stack(self.width, config.units, config.layers, config.bidirectional, config.dropout)
        self.lstm = (
            Windowed(stack, config.ahead, config.window) if config.bidirectional else Follower(stack, config.ahead)
        )
        self.pipelines = nn.ModuleList(Pipeline(config, stack.width, column) for column in columns)

    @classmethod
    def misfit(cls, config: ThreeHeadConfig, columns: tuple[Column, ...]) -> str:
        """Columns without a pipeline, a window shorter than the rows predicted from it, a loss that does not fit."""
        names = [column.name for column in columns]
        if NOTE not in names or not set(names) <= set(PHASES):
            return f"it has a pipeline each for {', '.join(PHASES)}, and the table has {named_columns(columns)}"
        if config.bidirectional and config.window < config.ahead:
            return f"window {config.window} holds fewer rows than the {config.ahead} ahead"
        return unfit_numbers(config, LOSSES_OF)

    def phases(self) -> list[Phase]:
        """That of the notes, with all that pipelines share, and one for each other column; or one for all."""
        shared = recurrent_maps(self.lstm.stack.layers, LSTM.maps)
        maps = [cast(Pipeline, each).maps() for each in self.pipelines]
        if self.config.joint:
            return [Phase("all", tuple(self.parameters()), matrices=tuple(sum(maps, shared)))]
        own = [tuple(each.parameters()) for each in self.pipelines]
        common = [parameter for part in (self.inputs, self.told, self.lstm) for parameter in part.parameters()]
        own[self.note_at] = (*common, *own[self.note_at])
        maps[self.note_at] = shared + maps[self.note_at]
        found = zip(self.columns, own, maps, strict=True)
        return [Phase(PHASES[column.name], own, matrices=tuple(maps)) for column, own, maps in found]

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """What each pipeline is judged by, mean per row that counts; the figures are nats, whatever that is."""
        hidden, target = self.encode(batch.ids[:, :-1], batch.controls), batch.ids[:, 1:]
        apart = hidden.detach()
        losses, figures = dict[str, Tensor](), dict[str, Tensor]()
        for c, column in enumerate(self.columns):
            phase, counts = PHASES[column.name], batch.loss_mask[..., c]
            if not self.config.joint and phase not in due:
                continue
            pipeline = cast(Pipeline, self.pipelines[c])
            z = pipeline.dense(hidden if self.config.joint or c == self.note_at else apart)
            losses[phase] = counted_mean(pipeline.head.loss(z, target[..., c], counts), counts)
            if counts.any():
                figures[column.name] = counted_mean(pipeline.head.nll(z.detach(), target[..., c]).detach(), counts)
        return Losses({"all": torch.stack(list(losses.values())).sum()} if self.config.joint else losses, figures)

    def row_nll(self, batch: Batch) -> Float[Tensor, "B T C"]:
        """Nats of every column of rows 1..T, each given what its block of rows is predicted from."""
        hidden, target = self.encode(batch.ids[:, :-1], batch.controls), batch.ids[:, 1:]
        heads = ((each.head, each.dense(hidden)) for each in cast(Sequence[Pipeline], self.pipelines))
        return torch.stack([head.nll(z, target[..., c]) for c, (head, z) in enumerate(heads)], dim=-1)

    def column_scores(self, batch: Batch) -> Iterator[Logits]:
        """Logits [B, T, V] of each column of rows 1..T in turn."""
        hidden = self.encode(batch.ids[:, :-1], batch.controls)
        for each in cast(Sequence[Pipeline], self.pipelines):
            yield Logits(each.head(each.dense(hidden)))

    def encode(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Float[Tensor, "B T D"]:
        """The vector of the row behind each row; blocks of rows are counted from the first."""
        return cast(Tensor, self.lstm(beside(self.inputs(ids), self.told(controls))))

    def frozen(self) -> ThreeHeadDecoder:
        """This network as it is now, for composing; later changes of its weights are not seen."""
        layers = self.lstm
        reader = FrozenFollower(layers) if isinstance(layers, Follower) else FrozenWindow(layers, self.width)
        pipelines = [cast(Pipeline, each).frozen() for each in self.pipelines]
        return ThreeHeadDecoder(frozen_copy(self.inputs), reader, pipelines, self.config.ahead)

    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Heard:
        """The state after a prefix."""
        return self.frozen().start(ids.numpy(), self.told(controls).detach().float())

    def advance(self, state: Heard, row: Int[Tensor, "B C"]) -> Heard:
        """The state after one more row."""
        return state.decoder.advance(state, row.numpy())

    def select(self, state: Heard, pieces: Sequence[int]) -> Heard:
        """The state of some of its pieces alone."""
        return state.decoder.select(state, pieces)

    def column_logits(self, state: Heard, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row, which it does not depend on."""
        pipeline = cast(Pipeline, self.pipelines[chosen.shape[1]])
        return replace(state.decoder.logits(state, chosen.shape[1]), spread=pipeline.head.spread)
