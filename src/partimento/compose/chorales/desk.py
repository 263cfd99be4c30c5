"""Where cells are drawn: a model with its codec, a prompt as cells, a manner. Shapes: B pieces, R rows, C columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...codecs.chorale import ChoraleCodec
from ...codecs.chorale_cells import HOLD, REST, Cells, frames_of
from ...codecs.chorale_grammar import SILENT
from ...models.grid import GridFamily
from ...nn.gibbs import Gibbs, gibbs, noise
from ...tokens import TokenTable
from ...voices import NAMES
from .cadences import cadences_of
from .layout import Ids, Layout
from .manner import Manner
from .pick import ChoralePick
from .prompts import Mask
from .surroundings import Reader

Progress = Callable[[float], None]
Generators = Sequence[np.random.Generator]


def unheard(share: float) -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True, eq=False)
class Desk:
    """What writes; every piece has its own generator."""

    model: GridFamily
    codec: ChoraleCodec
    layout: Layout
    manner: Manner

    def drafts(self, generators: Generators, progress: Progress = unheard) -> Ids:
        """int[B, R, C]: pieces in which every free cell is written."""
        ids = np.stack([self.layout.ids] * len(generators))
        free = np.stack([self.layout.free] * len(generators))
        if self.model.from_noise:
            ids = noise(ids, free, self.codec.columns, generators)
        return self.drawn(ids, free, generators, self.manner.schedule(self.model), progress)

    def drawn(self, ids: Ids, free: Mask, generators: Generators, way: Gibbs, progress: Progress = unheard) -> Ids:
        """``ids`` [B, R, C] with the ``free`` cells [B, R, 4] written in this ``way``; none of them holds nothing."""
        reader = Reader(self.codec.columns[: len(NAMES)], self.layout.tonics, self.layout.kept)
        ends = cadences_of(self.layout) if self.manner.cadences else None
        pick = ChoralePick(reader, generators, self.manner.sampling, self.manner.leading, ends)

        def pick_at(temperature: float) -> ChoralePick:
            return replace(pick, sampling=replace(pick.sampling, temperature=temperature))

        found = gibbs(self.model.rewrite, ids, free, way, generators, pick_at, progress)
        return np.stack([self._tidy(*each) for each in zip(found, free, strict=True)])

    def frames(self, ids: Ids) -> Cells:
        """int[T, 4]: the pitches that sound in ``ids`` [R, C]."""
        return frames_of(self._cells(ids))

    def _tidy(self, ids: Ids, free: Mask) -> Ids:
        """``ids`` [R, C] with rests where a free cell [R, 4] holds nothing."""
        cells = self._cells(ids)
        nothing = np.pad((cells == HOLD) & (frames_of(cells) == REST), ((1, 1), (0, 0))) & free
        ids = ids.copy()
        ids[:, : len(NAMES)][nothing] = SILENT
        return ids

    def _cells(self, ids: Ids) -> Cells:
        return self.codec.cells(TokenTable(ids.astype(np.int16), self.codec.columns))
