"""Two of the published systems as their authors' way has them: plain torch modules, tokens from pretty_midi.

Written anew from what `docs/systems.md` says of them. ``plain_lstm`` reads a window of 50 token numbers and
predicts the one that follows, so every token of an epoch costs a window (MechanicalBach); ``plain_transformer``
predicts every token of a chunk (RNNMusicSynthesis). Shapes: B windows, T tokens, D width, H heads, V tokens.
"""

import io
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

SIXTEENTH_S = 0.125  # at 120 quarters a minute
ONSET_S = 0.03  # notes that begin within this are one chord
Tokens = NDArray[np.int64]


class PlainLstm(nn.Module):
    """Three layers of 256, two dense ones of 256; one prediction for a window, or one for ``every`` token."""

    def __init__(self, vocabulary: int, every: bool = False) -> None:
        super().__init__()
        self.vocabulary, self.every = vocabulary, every
        self.lstm = nn.LSTM(1, 256, 3, batch_first=True)
        self.dense = nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU())
        self.out = nn.Linear(256, vocabulary)

    def loss(self, windows: Tensor) -> Tensor:
        """Of the last token of each window [B, T + 1], or of every one but the first, given those before it."""
        seen, target = self.lstm(windows[:, :-1, None] / self.vocabulary)[0], windows[:, 1:]
        seen, target = (seen, target) if self.every else (seen[:, -1:], target[:, -1:])
        return F.cross_entropy(self.out(self.dense(seen)).flatten(0, 1), target.flatten())


class PlainBlock(nn.Module):
    """Attention of heads as wide as the model and a feed-forward part, each normalised behind its sum."""

    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.inward, self.outward = nn.Linear(width, 3 * heads * width), nn.Linear(heads * width, width)
        self.forth, self.back = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, D] to [B, T, D]."""
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.inward(x).chunk(3, -1))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = self.first(x + F.dropout(self.outward(seen), self.dropout, self.training))
        return self.second(x + F.dropout(self.back(F.relu(self.forth(x))), self.dropout, self.training))


class PlainTransformer(nn.Module):
    """Four causal blocks of 128, 12 heads, sinusoidal positions."""

    positions: Tensor

    def __init__(self, vocabulary: int, width: int = 128, length: int = 2048) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.blocks = nn.Sequential(*(PlainBlock(width, 12, 512, 0.05) for _ in range(4)))
        self.out = nn.Linear(width, vocabulary)
        angles = torch.arange(length)[:, None] / 10_000 ** (torch.arange(0, width, 2) / width)
        self.register_buffer("positions", torch.cat([angles.sin(), angles.cos()], -1))

    def loss(self, windows: Tensor) -> Tensor:
        """The mean over all tokens of chunks [B, T + 1] but the first."""
        x = self.embedding(windows[:, :-1]) * self.embedding.embedding_dim**0.5
        scores = self.out(self.blocks(x + self.positions[: x.shape[1]]))
        return F.cross_entropy(scores.flatten(0, 1), windows[:, 1:].flatten())


def chords(files: Sequence[bytes]) -> tuple[list[Tokens], int]:
    """The chord names of each file as numbers, and how many different ones there are."""
    names = [[".".join(map(str, chord)) for chord in _together(_notes(data))] for data in files]
    numbers = {name: i for i, name in enumerate(sorted(set(chain(*names))))}
    return [np.array([numbers[name] for name in piece]) for piece in names], len(numbers)


def note_durations(files: Sequence[bytes]) -> tuple[list[Tokens], int]:
    """Note, duration and separator tokens on a grid of sixteenths."""
    return [np.fromiter(_spoken(_notes(data)), np.int64) for data in files], 312


def windows(pieces: Sequence[Tokens], rows: int, stride: int, batch: int, seed: int) -> Iterator[Tensor]:
    """Shuffled batches of windows [B, rows + 1], ``stride`` apart."""
    cut = [piece[i : i + rows + 1] for piece in pieces for i in range(0, len(piece) - rows, stride)]
    order, batch = np.random.default_rng(seed).permutation(len(cut)), min(batch, len(cut))
    for first in range(0, len(order) - batch + 1, batch):
        yield torch.from_numpy(np.stack([cut[i] for i in order[first : first + batch]]))


def _notes(data: bytes) -> list[tuple[float, float, int]]:
    """Onset, end and pitch of the first instrument's notes, in order."""
    from pretty_midi import PrettyMIDI

    return sorted((note.start, note.end, note.pitch) for note in PrettyMIDI(io.BytesIO(data)).instruments[0].notes)


def _together(notes: Sequence[tuple[float, float, int]]) -> Iterator[list[int]]:
    chord: list[int] = []
    began = 0.0
    for onset, _, pitch in notes:
        if chord and onset - began > ONSET_S:
            yield sorted(set(chord))
            chord = []
        began = began if chord else onset
        chord.append(pitch)
    if chord:
        yield sorted(set(chord))


def _spoken(notes: Sequence[tuple[float, float, int]]) -> Iterator[int]:
    """Ids of the 312 tokens: notes from 9, durations from 137, the separator 8."""
    now = 0
    for onset, end, pitch in notes:
        step = round(onset / SIXTEENTH_S)
        if step > now:
            yield from (8, 137 + min(step - now, 160))
        now = step
        yield from (9 + pitch, 137 + min(max(round((end - onset) / SIXTEENTH_S), 1), 128))
