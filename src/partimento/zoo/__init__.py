"""The table of bundled models: each a checkpoint folder beside this file, with a LICENSE of its weights.

A name is looked up here first, then among the runs, then as a folder.
"""

import os
from pathlib import Path

from ..checkpoint import MANIFEST, Checkpoint, load_checkpoint
from ..errors import LicenceError, MissingData, UnknownName

BUNDLED = ("maestro",)
DEFAULT = "maestro"
HERE = Path(__file__).parent


def runs_home(folder: str = "") -> Path:
    """Where named runs live: ``folder``, or PARTIMENTO_HOME/runs, or ``runs`` here."""
    home = os.environ.get("PARTIMENTO_HOME")
    return Path(folder) if folder else Path(home) / "runs" if home else Path("runs")


def trained(runs: Path) -> list[str]:
    """The names of the runs that have something to compose with."""
    found = [*runs.glob("*/checkpoints/best"), *runs.glob("*/checkpoints/step-*")]
    return sorted({path.parent.parent.name for path in found})


def find(name: str, runs: Path | None = None) -> Path:
    """The checkpoint folder of a bundled model, a run or a folder. Raises UnknownName, MissingData."""
    runs = runs or runs_home()
    if name in BUNDLED:
        if not (HERE / name / MANIFEST).exists():
            raise MissingData(f"model {name!r}: its weights are not in this installation; reinstall, or train your own")
        return HERE / name
    run = runs / name / "checkpoints"
    for folder in (run / "best", *sorted(run.glob("step-*"), reverse=True), Path(name)):
        if (folder / MANIFEST).exists():
            return folder
    raise UnknownName("model", name, (*BUNDLED, *trained(runs)), "(a bundled model, a run or a checkpoint folder)")


def load(name: str = DEFAULT, runs: Path | None = None, commercial: bool = False) -> Checkpoint:
    """The checkpoint called ``name``. Raises LicenceError where ``commercial`` use is not allowed."""
    checkpoint = load_checkpoint(find(name, runs))
    licence = str(checkpoint.card.get("licence", "unknown"))
    if commercial and ("NC" in licence.split()[0].split("-") or licence.startswith("unknown")):
        raise LicenceError(f"model {name!r}: --commercial refuses its licence, {licence}; train on data that allow it")
    return checkpoint
