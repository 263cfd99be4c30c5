"""Windows of encoded pieces: shuffled and augmented for training.

The order and every augmentation are a pure function of (seed, epoch); windows do not cross pieces.
Shapes: B windows, T rows, C columns, K controls.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from .. import edit
from ..batch import Batch
from ..codecs import Codec
from ..errors import UsageError
from ..score import Score
from .controls import DYNAMICS, Controls
from .corpus import Corpus
from .holds import require_holds
from .masks import counted, says_velocity
from .transposing import drawn, is_chorale, transpositions

Cells = TypeVar("Cells", NDArray[np.int16], NDArray[np.bool_])
POOL = 96  # pieces whose windows are shuffled together: enough to mix, little to wait for


@dataclass(frozen=True)
class WindowConfig:
    """How pieces become batches."""

    sequence: int = field(default=256, metadata={"help": "rows in a window", "range": (2, 65536)})
    batch_size: int = field(default=8, metadata={"help": "windows in a batch", "range": (1, 65536)})
    transpose: int = field(default=6, metadata={"help": "semitones up or (one fewer) down at most", "range": (0, 12)})
    stretch: float = field(default=0.1, metadata={"help": "share by which the tempo may change", "range": (0.0, 0.5)})
    louder: int = field(default=8, metadata={"help": "velocity steps up or down at most", "range": (0, 64)})
    loudness: float = field(
        default=0.0, metadata={"help": "share by which all velocities may be stretched", "range": (0.0, 0.5)}
    )
    endings: int = field(
        default=0, metadata={"help": "times more that the window which ends a piece is learnt", "range": (0, 64)}
    )
    forget: float = field(
        default=0.3, metadata={"help": "chance that a control is not said; 1: a model without any", "range": (0.0, 1.0)}
    )


@dataclass(frozen=True)
class Windows:
    """The windows of some pieces of a corpus."""

    corpus: Corpus
    pieces: Sequence[int]
    codec: Codec
    config: WindowConfig
    controls: Controls = Controls()
    seed: int = 0

    def __post_init__(self) -> None:
        if not len(self.pieces):
            raise UsageError(f"corpus {self.corpus.manifest.source} has no pieces to train on in this split")

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Batch]:
        """The batches of an epoch in its own order, without the first ``skip``."""
        generator = np.random.default_rng([self.seed, epoch])
        order = generator.permutation(np.asarray(self.pieces))
        for start in range(0, len(order), POOL):
            pool = [self._windows(int(piece), epoch) for piece in order[start : start + POOL]]
            ids, masks, controls = (np.concatenate(part) for part in zip(*pool, strict=True))
            shuffled = generator.permutation(len(ids))
            for first in range(0, len(shuffled), self.config.batch_size):
                chosen = shuffled[first : first + self.config.batch_size]
                if skip:
                    skip -= 1
                    continue
                yield _batch(ids[chosen], masks[chosen], controls[chosen])

    def _windows(self, piece: int, epoch: int) -> tuple[NDArray[np.int16], NDArray[np.bool_], NDArray[np.int64]]:
        """ids [N, T + 1, C], mask [N, T, C] and controls [N, K] of one piece, augmented for this epoch."""
        generator = np.random.default_rng([self.seed, epoch, piece])
        require_holds(self.corpus, piece, self.codec)
        plain = self.corpus.score(piece)
        ids = self.codec.encode(augmented(plain, self.config, generator)).ids
        counts = counted(ids, self.codec.columns, plain)
        starts = _starts(len(ids), self.config.sequence, generator)
        starts += starts[-1:] * self.config.endings
        rows = self.config.sequence + 1
        cut, mask = _cut(ids, starts, rows), _cut(counts, starts, rows)
        composer = self.controls.composer_id(self.corpus.pieces[piece].composer)
        said = np.array([self._said(window, composer) for window in cut])
        said[generator.random(said.shape) < self.config.forget] = 0
        said[:, DYNAMICS] *= says_velocity(plain)
        return cut, mask[:, 1:], said

    def _said(self, ids: NDArray[np.int16], composer: int) -> tuple[int, ...]:
        """The controls of one window, read off its own rows."""
        from ..tokens import TokenTable

        return (composer, *self.controls.read(self.codec.decode(TokenTable(ids, self.codec.columns)), "")[1:])


def augmented(score: Score, config: WindowConfig, generator: np.random.Generator) -> Score:
    """``score`` transposed, stretched and made louder or softer by chance, each within its range.

    A chorale is only transposed, and only as far as every voice stays in its own range: its time is the beat's.
    """
    if is_chorale(score):
        return edit.transpose(score, drawn(transpositions(score), config.transpose, generator))
    semitones = int(generator.integers(min(1 - config.transpose, 0), config.transpose + 1))
    factor = float(np.exp(generator.uniform(-1, 1) * np.log1p(config.stretch)))
    steps = int(generator.integers(-config.louder, config.louder + 1))
    heard = edit.louder(edit.stretch(edit.transpose(score, semitones), factor), steps)
    if not config.loudness:  # nothing is drawn: what is drawn after this stays as it was
        return heard
    return edit.scale_velocities(heard, 1 + config.loudness * float(generator.uniform(-1, 1)))


def _starts(rows: int, window: int, generator: np.random.Generator) -> list[int]:
    """Window starts a window apart from a chance offset; the first and last are moved inside the piece."""
    last = max(rows - window - 1, 0)
    offset = int(generator.integers(window)) - window
    return sorted({min(max(start, 0), last) for start in range(offset, rows - 1, window)})


def _cut(table: Cells, starts: Sequence[int], rows: int) -> Cells:
    """[N, rows, C] from a table [T, C]; what stands after its end is 0."""
    windows = [table[start : start + rows] for start in starts]
    return np.stack([np.pad(window, ((0, rows - len(window)), (0, 0))) for window in windows])


def _batch(ids: NDArray[np.int16], mask: NDArray[np.bool_], controls: NDArray[np.int64]) -> Batch:
    return Batch(torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(mask), torch.from_numpy(controls))
