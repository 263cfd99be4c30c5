"""The families ``lstm`` and ``gru``: stacked recurrent layers over the rows of any codec.

Rows become vectors (embedded, one-hot or plain numbers), run through the layers and the hidden dense layers;
a row's columns are predicted one after another. The state is empty where a window begins, and every row of a
window is predicted from those before it. Shapes: B pieces, T rows, C columns, K controls, D width, V ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, cast

from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.activations import ACTIVATIONS
from ..nn.frozen import FrozenHead, Map, Tables
from ..nn.frozen_dense import frozen_copy, frozen_parts
from ..nn.inputs import Numeric, OneHot
from ..nn.layers import Linear, linear_maps
from ..nn.logits import Logits
from ..nn.losses import named, unfit
from ..nn.recurrent import CELLS, FrozenLayer, Memory, RecurrentDecoder, initialise_recurrent, recurrent_maps
from ..nn.rows import Head, Rows, initialise, stacked_maps
from ..nn.told import CONTROL_WIDTH, beside, embeddings, summed
from ..tokens import Column
from .family import Phase, RowFamily

INPUTS = ("embedded", "onehot", "numeric")


@dataclass(frozen=True)
class RecurrentConfig:
    """The sizes of the network."""

    layers: int = field(default=3, metadata={"help": "recurrent layers", "range": (1, 64)})
    units: int = field(default=256, metadata={"help": "units of each of them", "range": (1, 8192)})
    dropout: float = field(
        default=0.0, metadata={"help": "share dropped between layers and behind each dense one", "range": (0.0, 0.9)}
    )
    input: str = field(default="embedded", metadata={"help": "how a row is read", "choices": INPUTS})
    embedding: int = field(default=256, metadata={"help": "width of an embedded row", "range": (1, 8192)})
    layer_norm: bool = field(default=False, metadata={"help": "normalise embedded rows and the last output"})
    hidden_dense: int = field(default=2, metadata={"help": "dense layers behind the recurrent ones", "range": (0, 64)})
    hidden_dense_size: int = field(default=256, metadata={"help": "units of each dense layer", "range": (1, 8192)})
    activation: str = field(default="relu", metadata={"help": "of the dense layers", "choices": tuple(ACTIVATIONS)})
    loss: str = field(
        default="cross-entropy",
        metadata={"help": "by its usual name", **named("ids")},
    )


class Recurrent(RowFamily):
    """What ``lstm`` and ``gru`` share: all but the cell, which their name chooses from CELLS."""

    Config: ClassVar[type[RecurrentConfig]] = RecurrentConfig

    def __init__(self, config: RecurrentConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        self.cell = CELLS[self.name]
        self.inputs, width = _inputs(config, columns)
        self.controls = embeddings(controls)
        widths = [width + CONTROL_WIDTH * bool(controls), *[config.units] * config.layers]
        self.layers = nn.ModuleList(
            self.cell.layer(size, config.units, batch_first=True) for size in widths[: config.layers]
        )
        self.dropout = nn.Dropout(config.dropout)
        self.dense, width = _dense(config)
        self.chosen = Rows(columns[:-1], width, octaves=False)
        self.scores = Linear(width, columns[0].size)
        self.heads = nn.ModuleList(Head(width, column.size, points=False) for column in columns[1:])
        self.apply(initialise)
        for layer in self.layers:
            initialise_recurrent(cast(nn.RNNBase, layer), self.cell.maps)

    @classmethod
    def misfit(cls, config: RecurrentConfig, columns: tuple[Column, ...]) -> str:
        """Too many columns, or a loss that does not judge ids."""
        return super().misfit(config, columns) or unfit(config.loss, "ids")

    def phases(self) -> list[Phase]:
        """One phase; its matrices are the maps inside recurrent layers, dense layers and heads."""
        layers = [cast(nn.RNNBase, layer) for layer in self.layers]
        matrices = (*recurrent_maps(layers, self.cell.maps), *linear_maps(self.dense), *stacked_maps(self))
        return [Phase("all", tuple(self.parameters()), matrices=matrices)]

    def column_scores(self, batch: Batch) -> Iterator[Logits]:
        """Logits [B, T, V] of each column of rows 1..T in turn."""
        hidden, target = self.encode(batch.ids[:, :-1], batch.controls), batch.ids[:, 1:]
        yield Logits(self.scores(hidden))
        for c, head in enumerate(self.heads, 1):
            yield Logits(head(hidden + self.chosen(target[..., :c]))[0])

    def encode(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Float[Tensor, "B T D"]:
        """The vector of each row after the dense layers."""
        x = beside(self.inputs(ids), summed(self.controls, controls))
        for number, layer in enumerate(self.layers):
            x = layer(self.dropout(x) if number else x)[0]
        return self.dense(x)

    def frozen(self) -> RecurrentDecoder:
        """This network as it is now, for composing; later changes of its weights are not seen."""
        return RecurrentDecoder(
            inputs=frozen_copy(self.inputs),
            layers=[FrozenLayer(cast(nn.RNNBase, layer), self.cell) for layer in self.layers],
            after=frozen_parts(self.dense),
            first=Map(self.scores),
            chosen=Tables(self.chosen),
            others=[FrozenHead(cast(Head, head)) for head in self.heads],
        )

    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Memory:
        """The state after a prefix."""
        return self.frozen().start(ids.numpy(), summed(self.controls, controls).detach())

    def advance(self, state: Memory, row: Int[Tensor, "B C"]) -> Memory:
        """The state after one more row."""
        return state.decoder.advance(state, row.numpy())

    def select(self, state: Memory, pieces: Sequence[int]) -> Memory:
        """The state of some of its pieces alone."""
        return state.decoder.select(state, pieces)

    def column_logits(self, state: Memory, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row."""
        return state.decoder.logits(state, chosen.numpy())


class Lstm(Recurrent):
    """The family ``lstm``."""

    name = "lstm"


class Gru(Recurrent):
    """The family ``gru``."""

    name = "gru"


def _inputs(config: RecurrentConfig, columns: tuple[Column, ...]) -> tuple[nn.Module, int]:
    """What makes vectors of rows, and their width."""
    if config.input != "embedded":
        plain: OneHot | Numeric = (OneHot if config.input == "onehot" else Numeric)(columns)
        return plain, plain.width
    embedded = Rows(columns, config.embedding, octaves=False)
    normalised = [nn.LayerNorm(config.embedding)] if config.layer_norm else []
    return nn.Sequential(embedded, *normalised), config.embedding


def _dense(config: RecurrentConfig) -> tuple[nn.Sequential, int]:
    """What stands behind the recurrent layers, and the width of what it gives."""
    sizes = [config.units, *[config.hidden_dense_size] * config.hidden_dense]
    parts: list[nn.Module] = [nn.LayerNorm(config.units)] if config.layer_norm else []
    for size in sizes[:-1]:
        activation = ACTIVATIONS[config.activation]()
        parts += [Linear(size, config.hidden_dense_size), activation, nn.Dropout(config.dropout)]
    return nn.Sequential(*parts), sizes[-1]
