"""The family ``deepbach``: a cell from the rows before it, those behind it and the other voices of its own 16th.

Hadjeres, Pachet and Nielsen, "DeepBach", ICML 2017: two LSTMs read towards the cell from either side, dense layers
read its own 16th, in which the cell itself stands as unknown, and what they say together becomes a softmax over the
voice's own ids. Each voice has a network of its own with its own optimizer, or, as in deep-bach (Keras, 2021), all
voices have one. Beside the notes every row says its place in the beat, fermata and key. Chorales are written by
pseudo-Gibbs sampling (nn/gibbs.py). The original's LSTMs begin with random states even when they compose; these
begin with nothing. Shapes: B pieces, T rows, C columns, V voices, N cells, W rows around a cell, D width.
"""

from collections.abc import Sequence
from typing import ClassVar, cast

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from ..batch import Batch
from ..nn.gibbs import Gibbs
from ..nn.precision import precision
from ..tokens import Column
from .deepbach_cells import END, admissible, centres, surroundings
from .deepbach_config import DeepBachConfig
from .deepbach_net import Conditional
from .family import Losses, Phase
from .grid import Cells, Free, GridFamily, Ids, Pick

BEAT, QUARTER = "beat", 4  # 16ths
CELLS_AT_ONCE = 512  # that are read outside training: more is no faster on one thread, and takes memory
NEVER = -1e4  # score of an id that no cell has; finite, so that cells that do not count cost no NaN


class DeepBach(GridFamily):
    """The family ``deepbach``."""

    name = "deepbach"
    Config: ClassVar[type[DeepBachConfig]] = DeepBachConfig
    gibbs = Gibbs(schedule="parallel")
    from_noise = True
    pseudo = True

    def __init__(self, config: DeepBachConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        self.places = _places(self.voices)
        sizes = [column.size + 1 for column in self.voices] + [_told(column) for column in columns[len(self.voices) :]]
        union = max(int(places.max()) for places in self.places) + 1
        outputs = [union] if config.shared else [column.size for column in self.voices]
        self.nets = nn.ModuleList(Conditional(config, sizes, size) for size in outputs)

    @classmethod
    def misfit_windows(cls, config: DeepBachConfig, sequence: int) -> str:
        """Windows that are too short for what is read around a cell."""
        if sequence >= 2 * config.dt:
            return ""
        return (
            f"it reads {config.dt} rows on either side of a cell; say --sequence {2 * config.dt} or more, or less --dt"
        )

    def phases(self) -> list[Phase]:
        """One for each voice, or for the network that they share."""
        names = ["all"] if self.config.shared else [column.name for column in self.voices]
        nets = [cast(Conditional, net) for net in self.nets]
        return [
            Phase(name, tuple(net.parameters()), matrices=tuple(net.maps()))
            for name, net in zip(names, nets, strict=True)
        ]

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """Mean nats of a cell, of each voice or of all; the figures are those of each voice."""
        nats, counts, figures = dict[str, Tensor](), dict[str, int](), dict[str, Tensor]()
        for v, where in enumerate(self._drawn(batch, generator)):
            phase = "all" if self.config.shared else self.voices[v].name
            if phase not in due:
                continue
            spent = self._spent(batch.ids, where, v)
            nats[phase] = nats.get(phase, torch.zeros(())) + spent
            counts[phase] = counts.get(phase, 0) + len(where)
            if len(where):
                figures[self.voices[v].name] = spent.detach() / len(where)
        return Losses({phase: total / max(counts[phase], 1) for phase, total in nats.items()}, figures)

    def cell_scores(self, batch: Batch) -> list[Float[Tensor, "B T ids"]]:
        """Logits of the cells of rows 1..T given all others; of rows that do not count, nothing (0)."""
        rows = batch.loss_mask.any(-1)
        where = rows.nonzero() + torch.tensor([0, 1], device=rows.device)
        found = [torch.zeros(*rows.shape, column.size, device=rows.device) for column in self.voices]
        return [table.index_put((rows,), self._scored(batch.ids, where, v)) for v, table in enumerate(found)]

    def scores(self, ids: Int[Tensor, "B T C"], where: Int[Tensor, "N 2"], voice: int) -> Float[Tensor, "N ids"]:
        """Logits of cells of a voice, given all others; none is ever a begin or an end."""
        around = surroundings(ids, where, self.config.dt, len(self.voices))
        said = torch.stack([_read(column, around[..., c]) for c, column in enumerate(self.columns)], -1)
        said[:, self.config.dt, voice] = self.voices[voice].size  # unknown
        found = self.nets[0](said)[:, self.places[voice]] if self.config.shared else self.nets[voice](said)
        return cast(Tensor, found.index_fill(1, torch.arange(END + 1, device=ids.device), NEVER))

    @torch.inference_mode()
    def rewrite(self, ids: Ids, free: Free, pick: Pick) -> Ids:
        """The free cells, each given all the others as they stood before: a step of parallel Gibbs sampling."""
        written, known, state = ids.copy(), ~free, torch.from_numpy(ids)
        cells = [np.argwhere(free[..., v]) for v in range(len(self.voices))]
        said = [self._log_probabilities(state, where, v) for v, where in enumerate(cells)]
        for v, (where, each) in enumerate(zip(cells, said, strict=True)):
            if len(where):
                at = where[:, 0], where[:, 1], v
                written[at] = pick(Cells(v, where, written, known), each)
                known[at] = True
        return written

    def _log_probabilities(self, ids: Tensor, where: NDArray[np.int64], voice: int) -> NDArray[np.float32]:
        """float[N, ids]."""
        device = next(self.parameters()).device
        with precision("auto", device):
            scores = self._scored(ids.to(device), torch.from_numpy(where).to(device), voice)
        return scores.log_softmax(-1).cpu().numpy()

    def _scored(self, ids: Tensor, where: Tensor, voice: int) -> Float[Tensor, "N ids"]:
        """The scores of any number of cells, some at a time; of none, none."""
        starts = range(0, len(where), CELLS_AT_ONCE)
        parts = [self.scores(ids, where[start : start + CELLS_AT_ONCE], voice).float() for start in starts]
        return torch.cat([torch.zeros(0, self.voices[voice].size, device=ids.device), *parts])

    def _drawn(self, batch: Batch, generator: torch.Generator) -> list[Int[Tensor, "N 2"]]:
        """The cells of each voice that a step takes: all voices of a centre, or of a shared network one by chance."""
        voices = batch.ids[..., : len(self.voices)]
        eligible = admissible(voices, self.config.dt)
        eligible[:, 0] = False
        eligible[:, 1:] &= self.counts(batch).all(-1)
        where = centres(eligible, self.config.gap, self.config.centres, generator)
        if not self.config.shared:
            return [where] * len(self.voices)
        chosen = torch.randint(len(self.voices), (len(where),), generator=generator).to(where.device)
        return [where[chosen == v] for v in range(len(self.voices))]

    def _spent(self, ids: Tensor, where: Tensor, voice: int) -> Tensor:
        """The summed nats of cells; of none 0, which still has a gradient."""
        if not len(where):
            net = self.nets[0 if self.config.shared else voice]
            return torch.stack([(0.0 * parameter).sum() for parameter in net.parameters()]).sum()
        target = ids[where[:, 0], where[:, 1], voice]
        return F.cross_entropy(self.scores(ids, where, voice).float(), target, reduction="sum")


def _told(column: Column) -> int:
    """How many ids are read of what is given."""
    return column.offsets[BEAT] + QUARTER if column.name == BEAT else column.size


def _read(column: Column, ids: Int[Tensor, "N W"]) -> Int[Tensor, "N W"]:
    """Ids as they are read: of the place in the bar that in its beat."""
    first = column.offsets.get(BEAT, 0) if column.name == BEAT else 0
    return torch.where(ids < first, ids, first + (ids - first) % QUARTER) if first else ids


def _places(voices: Sequence[Column]) -> list[Int[Tensor, " ids"]]:
    """Of each voice the places of its ids among those that any voice has."""
    names = list(dict.fromkeys(name for column in voices for name in column.names))
    union = {name: place for place, name in enumerate(names)}
    return [torch.tensor([union[name] for name in column.names]) for column in voices]
