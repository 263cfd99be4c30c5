"""The table of bundled models: each a checkpoint folder beside this file, with a LICENSE of its weights.

A name is looked up here first, then among the runs, then as a folder.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from ..checkpoint import MANIFEST, Checkpoint, load_checkpoint
from ..errors import LicenceError, MissingData, UnknownName
from ..store import restore

BUNDLED = ("maestro", "free", "chorales")
FOR_SALE = "take free, whose output may be sold, or train on data that allow it"
DEFAULT = "maestro"
HERE = Path(__file__).parent
NOT_FOR_SALE = re.compile(r"(?<![a-z])nc(?![a-z])|non[- ]?commercial|unknown", re.IGNORECASE)  # in any part


def runs_home(folder: str = "") -> Path:
    """Where named runs live: ``folder``, or PARTIMENTO_HOME/runs, or ``runs`` here."""
    home = os.environ.get("PARTIMENTO_HOME")
    return Path(folder) if folder else Path(home) / "runs" if home else Path("runs")


def trained(runs: Path) -> list[str]:
    """The names of the runs that have something to compose with."""
    _restore_all(runs)
    return sorted({path.parents[2].name for path in runs.glob(f"*/checkpoints/*/{MANIFEST}") if _is_saved(path.parent)})


def begun(runs: Path) -> list[str]:
    """The names of all runs that have a checkpoint, whole or not."""
    _restore_all(runs)
    return sorted({path.parents[1].name for path in runs.glob("*/checkpoints/*") if _is_saved(path)})


def _restore_all(runs: Path) -> None:
    """Put back what a killed run had moved away to make room for its next."""
    for checkpoints in runs.glob("*/checkpoints"):
        restore(checkpoints)


def _is_saved(checkpoint: Path) -> bool:
    return checkpoint.name == "best" or checkpoint.name.startswith("step-")


def latest_first(checkpoints: Iterable[Path]) -> list[Path]:
    """Checkpoints named ``step-NUMBER`` by their number, the highest first."""
    return sorted(checkpoints, key=lambda path: (len(path.name), path.name), reverse=True)


def find(name: str, runs: Path | None = None) -> Path:
    """The checkpoint folder of a bundled model, a run or a folder. Raises UnknownName, MissingData."""
    runs = runs or runs_home()
    if name in BUNDLED:
        if not (HERE / name / MANIFEST).exists():
            raise MissingData(f"model {name!r}: its weights are not in this installation; reinstall, or train your own")
        return HERE / name
    run = runs / name / "checkpoints"
    restore(run)
    for folder in (run / "best", *latest_first(run.glob("step-*")), Path(name)):
        if (folder / MANIFEST).exists():
            return folder
    raise UnknownName("model", name, (*BUNDLED, *trained(runs)), "(a bundled model, a run or a checkpoint folder)")


def load(name: str = DEFAULT, runs: Path | None = None, commercial: bool = False) -> Checkpoint:
    """The checkpoint called ``name``. Raises LicenceError where ``commercial`` use is not allowed."""
    checkpoint = load_checkpoint(find(name, runs))
    if commercial:
        require_for_sale(f"model {name!r}", checkpoint.card.get("licence"), FOR_SALE)
    return checkpoint


def require_for_sale(what: str, licence: object, advice: str) -> None:
    """Raise LicenceError where the licence of ``what`` is unknown or forbids commercial use."""
    if NOT_FOR_SALE.search(str(licence or "unknown")):
        raise LicenceError(f"{what}: --commercial refuses its licence, {licence or 'unknown'}; {advice}")
