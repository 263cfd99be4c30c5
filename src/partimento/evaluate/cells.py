"""What families that write grids make of chorales: nats by cell, by 16th and by voice, of tunes seen and unseen.

What a cell is given decides which figures stand beside each other: a row of MEASURES for each way, and nothing of one
way is compared with anything of another. Shapes: P pieces, V voices.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from ..checkpoint import Checkpoint
from ..models.cell_likelihood import CellLikelihood, cell_likelihoods
from ..models.grid import GridFamily
from ..nn.precision import precision as number_format
from .chorale_anchor import seen_tunes
from .chorale_floors import sung
from .likelihood import Conditions, Material
from .units import Estimate, Floats, ratio

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Measure:
    """A way to judge cells: the head of its table, and what a cell is given."""

    caption: str
    given: str


LIKELIHOOD, PSEUDO, ORDERS, COCONET = "likelihood", "pseudo-likelihood", "any order", "Coconet's frames"
MEASURES = {
    LIKELIHOOD: Measure(
        "Likelihood of cells in order of time",
        "each cell given all 16ths before it and the higher voices of its own",
    ),
    PSEUDO: Measure(
        "Pseudo-likelihood of cells",
        "each cell given all others, those that come after it too: no likelihood, and never beside one",
    ),
    ORDERS: Measure(
        "Likelihood of cells in random orders",
        "16ths in a random order, in each the voices in a random order, each cell given all that were taken before",
    ),
    COCONET: Measure(
        "Cells in random orders by Coconet's framewise measure",
        "as in random orders, but in place of the voices taken in the same 16th the model's own likeliest: no "
        "likelihood (Huang et al. 2017; FrameEvaluator in magenta/models/coconet/lib_evaluation.py)",
    ),
}
FIGURES = {  # of a row, by name, as a table heads them
    "nats_per_cell": "nats per cell",
    "nats_per_16th": "nats per 16th",
    "nats_per_16th_ensembled": "per 16th, orders ensembled",
    "nats_per_cell_seen": "per cell, seen tunes",
    "nats_per_cell_unseen": "per cell, unseen tunes",
}


@dataclass(frozen=True)
class Spent:
    """By piece and voice [P, V]: nats and cells, and how many of these were guessed; None: not known.

    ``ensembled`` [P]: nats of each piece with the probabilities of each 16th averaged over orders.
    """

    cells: Floats
    nats: Floats | None = None
    right: Floats | None = None
    ensembled: Floats | None = None

    @classmethod
    def of(cls, parts: Iterable[CellLikelihood]) -> "Spent":
        """Of one CellLikelihood for each piece."""
        every = list(parts)
        gathered = {name: np.array([getattr(each, name) for each in every], float) for name in ("cells", "nats")}
        return cls(**gathered, right=np.array([each.right for each in every], float))


@dataclass(frozen=True)
class Chorales:
    """Held-out chorales, and of each whether a training soprano has its tune."""

    material: Material
    seen: NDArray[np.bool_]

    @classmethod
    def of(cls, material: Material) -> "Chorales":
        """Compared with the training split of the same corpus."""
        codec, corpus = material.codec, material.corpus
        train, held = (
            [sung(codec, corpus, piece).frames for piece in pieces]
            for pieces in (corpus.split("train"), material.pieces)
        )
        return cls(material, seen_tunes(train, held))

    @property
    def voices(self) -> list[str]:
        """Their names, from the highest down."""
        return [column.name for column in self.material.codec.columns if not column.given]


@dataclass(frozen=True)
class CellRow:
    """One line of the result: a model, the count model or the hold floor on some chorales, by one of MEASURES."""

    name: str
    kind: str  # model, anchor or floor
    measure: str
    chorales: Chorales
    figures: Mapping[str, Estimate]
    by_voice: Mapping[str, Estimate]
    accuracy: Mapping[str, Estimate]
    frames: int
    conditions: str = ""  # of a model, in words
    crop: int = field(default=0)  # 16ths that were taken of each piece; 0: all

    @property
    def material(self) -> Material:
        """What it was measured on."""
        return self.chorales.material

    @property
    def claim(self) -> tuple[str, ...]:
        """Equal where figures may be compared."""
        return self.measure, str(self.crop), *self.material.claim


def cell_row(
    name: str, kind: str, chorales: Chorales, spent: Spent, measure: str, conditions: str = "", crop: int = 0
) -> CellRow:
    """The row of what was spent."""
    frames = int(spent.cells.max(1).sum())
    voices, known = chorales.voices, spent.nats is not None
    by_voice = _by_voice(voices, spent.nats, spent.cells)
    accuracy = _by_voice(voices, spent.right, spent.cells)
    figures = _figures(spent, chorales.seen) if known else {}
    return CellRow(name, kind, measure, chorales, figures, by_voice, accuracy, frames, conditions, crop)


def model_row(
    name: str,
    checkpoint: Checkpoint,
    chorales: Chorales,
    conditions: Conditions,
    progress: Progress = lambda share, remark: None,
) -> CellRow:
    """A model on whole chorales, as its family writes them. Raises InputError for what its codec has no ids for."""
    model, material = grid_model(checkpoint), chorales.material
    found = []
    with number_format(conditions.precision, next(model.parameters()).device):
        for part in cell_likelihoods(model, material.codec, material.corpus, material.pieces):
            found.append(part)
            progress(len(found) / len(material.pieces), f"{len(found)} of {len(material.pieces)} pieces")
    measure = PSEUDO if model.pseudo else LIKELIHOOD
    return cell_row(name, "model", chorales, Spent.of(found), measure, conditions.precision)


def grid_model(checkpoint: Checkpoint) -> GridFamily:
    """The model of a checkpoint of such a family, on the device there is."""
    model = checkpoint.model()
    assert isinstance(model, GridFamily)
    return model.to(torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def _figures(spent: Spent, seen: NDArray[np.bool_]) -> dict[str, Estimate]:
    """Those of FIGURES that there are."""
    assert spent.nats is not None
    nats, cells, frames = spent.nats.sum(1), spent.cells.sum(1), spent.cells.max(1)
    found = {"nats_per_cell": ratio(nats, cells), "nats_per_16th": ratio(nats, frames)}
    if spent.ensembled is not None:
        found["nats_per_16th_ensembled"] = ratio(spent.ensembled, frames)
    for name, some in (("nats_per_cell_seen", seen), ("nats_per_cell_unseen", ~seen)):
        if some.any():
            found[name] = ratio(nats[some], cells[some])
    return found


def _by_voice(voices: Sequence[str], over: Floats | None, cells: Floats) -> dict[str, Estimate]:
    return {} if over is None else {name: ratio(over[:, v], cells[:, v]) for v, name in enumerate(voices)}
