"""A model by its name, as a musician holds it: one of performances, or one of chorales."""

from pathlib import Path

from ..models.grid import writes_cells
from ..zoo import DEFAULT
from ..zoo import load as load_from_zoo
from .chorales.model import ChoraleModel
from .model import Model


def load(name: str = DEFAULT, runs: str | Path | None = None, commercial: bool = False) -> Model | ChoraleModel:
    """A bundled model, a run or a checkpoint folder. Raises UnknownName, CheckpointError, LicenceError.

    A model for ``commercial`` use refuses such a primer and such music, too, where it is kept.
    """
    checkpoint = load_from_zoo(name, Path(runs) if runs else None, commercial)
    called = Path(name).absolute().name
    if writes_cells(checkpoint.recipe.family):
        return ChoraleModel(called, checkpoint, commercial)
    return Model(called, checkpoint, commercial)
