"""The family ``seq2seq``: an encoder of the last rows, a decoder of those that follow (tocab/music-lstm, iteration 2).

A bidirectional LSTM reads the last ``encoder_rows`` rows. Its greatest outputs over time, projected, are the output
and the cell with which an LSTM begins that writes a segment of ``decoder_rows`` rows; then the last rows are encoded
anew, so that a piece can have any length and nothing older is remembered. The columns of a row are independent of
each other given the decoder's output, numbers among them judged by an error or by a distribution (nn/numbers.py).

Rows are counted from the first one known. While fewer than ``encoder_rows`` are known, the encoder reads what there
is, and the first segment ends as soon as that many are there: a window of 60 rows is thus nine rows decoded from one,
then fifty decoded from ten, and composing from nothing goes through the same segments.

Where the original begins a segment with MIDI pitch 0, this has a learnt vector, and its heads know their decoder's
size. Shapes: B pieces, T rows, C columns, K controls, S segments, L rows of a segment, D width, V ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import ClassVar, cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ..batch import Batch
from ..nn.frozen import Map
from ..nn.frozen_dense import frozen_copy
from ..nn.inputs import NoteFirst
from ..nn.layers import Linear, linear_maps
from ..nn.logits import Logits
from ..nn.losses import named, unfit
from ..nn.numbers import NumberHead, says_number
from ..nn.recurrent import LSTM, FrozenLayer, initialise_recurrent, recurrent_maps
from ..nn.rows import initialise
from ..nn.stacked import Stack
from ..nn.told import Told, beside
from ..tokens import Column
from .family import Losses, Phase, RowFamily, named_columns
from .seq2seq_decoder import Encoded, Seq2SeqDecoder, segments

NOTE = "pitch"


@dataclass(frozen=True)
class Seq2SeqConfig:
    """The sizes of the network; defaults are the original's."""

    embedding: int = field(default=32, metadata={"help": "width of a pitch's vector", "range": (1, 8192)})
    encoder_units: int = field(
        default=1024, metadata={"help": "units of the encoder in each direction", "range": (1, 8192)}
    )
    decoder_units: int = field(default=1024, metadata={"help": "units of the decoder", "range": (1, 8192)})
    dropout: float = field(
        default=0.5, metadata={"help": "share dropped of the decoder's first output and cell", "range": (0.0, 0.9)}
    )
    encoder_rows: int = field(default=10, metadata={"help": "rows that are encoded", "range": (1, 4096)})
    decoder_rows: int = field(default=50, metadata={"help": "rows decoded from one encoding", "range": (1, 65536)})
    reencode: bool = field(
        default=True, metadata={"help": "of composing alone: encode anew after decoder_rows; else decode on and on"}
    )
    loss: str = field(
        default="mse", metadata={"help": "of steps, durations and velocities; pitches are ids", **named("numbers")}
    )
    components: int = field(default=5, metadata={"help": "logistics of the loss mixture", "range": (1, 64)})


class Seq2Seq(RowFamily):
    """The family ``seq2seq``."""

    name = "seq2seq"
    codec = "timed"
    Config: ClassVar[type[Seq2SeqConfig]] = Seq2SeqConfig

    def __init__(self, config: Seq2SeqConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        note_at = [column.name for column in columns].index(NOTE)
        self.inputs, self.told = NoteFirst(columns, note_at, config.embedding, everything=True), Told(controls)
        width = self.inputs.width + self.told.width
        self.encoder = Stack(width, config.encoder_units, layers=1, both=True, dropout=0.0)
        self.outputs, self.cells = (Linear(self.encoder.width, config.decoder_units) for _ in range(2))
        self.dropout = nn.Dropout(config.dropout)
        self.begin = nn.Parameter(torch.randn(1, self.inputs.width) * 0.5)
        self.decoder = nn.LSTM(width, config.decoder_units, batch_first=True)
        for each in (self.outputs, self.cells):
            initialise(each)
        initialise_recurrent(self.decoder, LSTM.maps)
        kinds = [config.loss if says_number(column) else "ids" for column in columns]
        self.heads = nn.ModuleList(
            NumberHead(config.decoder_units, column, kind, config.components)
            for column, kind in zip(columns, kinds, strict=True)
        )

    @classmethod
    def misfit(cls, config: Seq2SeqConfig, columns: tuple[Column, ...]) -> str:
        """Columns among which no pitch has one to itself, a loss that judges no numbers."""
        names = [column.name for column in columns]
        if NOTE not in names:
            return f"it reads a column {NOTE}, and the table has {named_columns(columns)}"
        return unfit(config.loss, "numbers")

    @classmethod
    def windows_of_likelihood(cls, config: Seq2SeqConfig, sequence: int) -> tuple[int, int]:
        """As many whole segments as ``sequence`` holds, at least one, after those that lead to a whole encoding.

        Only whole segments are counted, so each row once and as if the piece were one window: were it otherwise,
        rows early in a segment, of which an encoding has just told, would count more often than late ones.
        """
        known = config.encoder_rows - 1
        stride = max((sequence - known) // config.decoder_rows, 1) * config.decoder_rows
        return known + stride, stride

    def phases(self) -> list[Phase]:
        """One phase; its matrices are the maps inside the recurrent layers and the projections."""
        layers = [*self.encoder.layers, cast(nn.RNNBase, self.decoder)]
        matrices = (*recurrent_maps(layers, LSTM.maps), *linear_maps([self.outputs, self.cells]))
        return [Phase("all", tuple(self.parameters()), matrices=matrices)]

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """The sum of what the heads are judged by, mean per row that counts; the figures are nats, whatever that is."""
        hidden, target = self.decode(batch.ids, batch.controls), batch.ids[:, 1:]
        cells = batch.loss_mask.sum((0, 1))
        loss, figures = hidden.new_zeros(()), dict[str, Tensor]()
        for c, (column, head) in enumerate(self._named_heads()):
            share = batch.loss_mask[..., c] / cells[c].clamp_min(1)
            loss = loss + (head.loss(hidden, target[..., c], batch.loss_mask[..., c]) * share).sum()
            if cells[c]:
                with torch.no_grad():
                    figures[column.name] = (head.nll(hidden, target[..., c]) * share).sum()
        return Losses({"all": loss}, figures)

    def row_nll(self, batch: Batch) -> Float[Tensor, "B T C"]:
        """Nats of every column of rows 1..T, each given the rows of its segment and those encoded before that."""
        hidden, target = self.decode(batch.ids, batch.controls), batch.ids[:, 1:]
        heads = enumerate(self._named_heads())
        return torch.stack([head.nll(hidden, target[..., c]) for c, (_, head) in heads], dim=-1)

    def column_scores(self, batch: Batch) -> Iterator[Logits]:
        """Logits [B, T, V] of each column of rows 1..T in turn."""
        hidden = self.decode(batch.ids, batch.controls)
        for _, head in self._named_heads():
            yield Logits(head(hidden))

    def decode(self, ids: Int[Tensor, "B T1 C"], controls: Int[Tensor, "B K"]) -> Float[Tensor, "B T D"]:
        """The decoder's output from which each of rows 1..T is predicted; segments of one shape are run together."""
        rows, told = self.inputs(ids), self.told(controls)
        spans = segments(ids.shape[1], self.config.encoder_rows, self.config.decoder_rows)
        alike = groupby(spans, key=lambda span: (span.known, span.length))
        return torch.cat([self._decoded(rows, told, [span.start for span in group], *key) for key, group in alike], 1)

    def _decoded(
        self, rows: Float[Tensor, "B T I"], told: Tensor, starts: Sequence[int], known: int, length: int
    ) -> Float[Tensor, "B SL D"]:
        """Segments of ``length`` rows that begin at ``starts``, each from the ``known`` rows before it."""
        before = torch.stack([rows[:, start - known : start] for start in starts], 1).flatten(0, 1)
        past = torch.stack([rows[:, start : start + length - 1] for start in starts], 1).flatten(0, 1)
        past = torch.cat([self.begin.to(past.dtype).expand(len(past), 1, -1), past], 1)
        before, past = (beside(x, told.repeat_interleave(len(starts), 0)) for x in (before, past))
        read = self.encoder(before).amax(1)
        first = [self.dropout(each(read)).unsqueeze(0).to(past.dtype) for each in (self.outputs, self.cells)]
        hidden = self.decoder(past, (first[0], first[1]))[0]
        return cast(Tensor, hidden.reshape(len(rows), len(starts) * length, -1))

    def frozen(self) -> Seq2SeqDecoder:
        """This network as it is now, for composing; later changes of its weights are not seen."""
        forwards, backwards, decoder = (FrozenLayer(each, LSTM) for each in (*self.encoder.layers, self.decoder))
        return Seq2SeqDecoder(
            inputs=frozen_copy(self.inputs),
            encoders=(forwards, backwards),
            project=Map(self.outputs, self.cells),
            decoder=decoder,
            begin=self.begin.detach().float().cpu().clone(),
            heads=[frozen_copy(head) for _, head in self._named_heads()],
            encoder_rows=self.config.encoder_rows,
            decoder_rows=self.config.decoder_rows,
            reencode=self.config.reencode,
        )

    def start(self, ids: Int[Tensor, "B T C"], controls: Int[Tensor, "B K"]) -> Encoded:
        """The state after a prefix."""
        return self.frozen().start(ids.numpy(), self.told(controls).detach().float())

    def advance(self, state: Encoded, row: Int[Tensor, "B C"]) -> Encoded:
        """The state after one more row."""
        return state.decoder.advance(state, row.numpy())

    def select(self, state: Encoded, pieces: Sequence[int]) -> Encoded:
        """The state of some of its pieces alone."""
        return state.decoder.select(state, pieces)

    def column_logits(self, state: Encoded, chosen: Int[Tensor, "B c"]) -> Logits:
        """Logits [B, 1, V] of the column after those chosen for the next row, which it does not depend on."""
        _, head = self._named_heads()[chosen.shape[1]]
        return replace(state.decoder.logits(state, chosen.shape[1]), spread=head.spread)

    def _named_heads(self) -> list[tuple[Column, NumberHead]]:
        return [(column, cast(NumberHead, head)) for column, head in zip(self.columns, self.heads, strict=True)]
