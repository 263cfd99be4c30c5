"""Where fetched data lies: ``downloads`` in the corpora's home, a folder for each source."""

import shutil
from pathlib import Path

from ...errors import WorkFailed
from ...store import restore
from ...units import MEGABYTE
from ..corpus import DOWNLOADS, home


def downloads() -> Path:
    """The folder of fetched data; it may not be there yet."""
    return home() / DOWNLOADS


def fetched(name: str) -> Path | None:
    """The unpacked files of a source, or None. They are there only when all of them were verified."""
    folder = downloads() / name
    restore(folder.parent)
    return folder if folder.is_dir() else None


def require_space(folder: Path, needed: int) -> None:
    """Raise WorkFailed unless ``needed`` bytes are free on the disk of ``folder``."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WorkFailed(
            f"{folder}: {free / MEGABYTE:,.0f} MB are free there, {needed / MEGABYTE:,.0f} MB are needed: "
            "make room, or name a folder on another disk in PARTIMENTO_DATA"
        )
