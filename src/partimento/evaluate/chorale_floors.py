"""What a model of chorales must beat on the same pieces: the count model in nats, and in accuracy the hold floor.

The hold floor says that every voice goes on with what it did in the cell before; the first cell of a piece it misses.
Shapes: T 16ths, P pieces, the columns are the four voices.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..codecs import Codec
from ..codecs.chorale import ChoraleCodec
from ..codecs.chorale_cells import HOLD, REST, Cells, frames_of
from ..data.corpus import Corpus
from ..models.likelihood import piece_cells
from ..tokens import TokenTable
from .chorale_anchor import ChoraleAnchor, fitted, limits_of, transposed
from .likelihood import Material
from .units import Floats

HOLD_FLOOR = "hold floor"
WAYS: dict[str, bool] = {  # of counting the training pieces: whether a transposition stays within each voice's range
    "count model, transposed within the ranges": True,
    "count model, 12 transpositions": False,
}


@dataclass(frozen=True)
class Sung:
    """A piece int[T, 4]: the ``frames`` that sound, and what its cells ``said``: the same, or that it is held."""

    frames: Cells
    said: Cells

    def moved(self, limits: Sequence[range] | None) -> Iterator["Sung"]:
        """The piece in the transpositions that ``limits`` allow."""
        held = (self.said == HOLD) & (self.frames != HOLD)
        for frames in transposed(self.frames, limits):
            yield Sung(frames, np.where(held, HOLD, frames).astype(np.int16))


def sung(codec: Codec, corpus: Corpus, piece: int) -> Sung:
    """The piece as ``codec`` says it, begin and end left out. Raises InputError for what it has no ids for."""
    assert isinstance(codec, ChoraleCodec)
    cells = codec.cells(TokenTable(piece_cells(codec, corpus, piece)[0], codec.columns))
    frames = frames_of(cells)
    return Sung(frames, cells if codec.hold else frames)


def count_models(
    material: Material, progress: Callable[[float, str], None] = lambda share, remark: None
) -> Iterator[tuple[str, Floats]]:
    """The name and the nats [P, 4] of each way of counting the training split; nothing where that is empty."""
    train = [sung(material.codec, material.corpus, piece) for piece in material.corpus.split("train")]
    held = [sung(material.codec, material.corpus, piece) for piece in material.pieces]
    limits = limits_of([piece.frames for piece in train]) if train else []
    for number, (name, within) in enumerate(WAYS.items() if train else (), 1):
        anchor = _counted(train, limits if within else None)
        yield name, np.array([anchor.nats(piece.frames, piece.said).sum(0) for piece in held])
        progress(number / len(WAYS), name)


def held_cells(material: Material) -> tuple[Floats, Floats]:
    """Cells of each piece and voice [P, 4], and how many of them the hold floor guesses."""
    codec = material.codec
    pieces = [sung(codec, material.corpus, piece) for piece in material.pieces]
    right = np.array([_goes_on(piece, codec.says_holds).sum(0) for piece in pieces], float)
    return np.array([[len(piece.frames)] * piece.frames.shape[1] for piece in pieces], float), right


def _goes_on(piece: Sung, holds: bool) -> NDArray[np.bool_]:
    """bool[T, 4]: the cells that say no more than that their voice goes on; with ``holds`` it must be held for that."""
    before = piece.frames[:-1]
    guess = np.where(before > REST, HOLD, REST) if holds else before
    return np.concatenate([np.zeros((1, before.shape[1]), np.bool_), piece.said[1:] == guess])


def _counted(train: Sequence[Sung], limits: Sequence[range] | None) -> ChoraleAnchor:
    moved = [each for piece in train for each in piece.moved(limits)]
    return fitted([each.frames for each in moved], [each.said for each in moved])
