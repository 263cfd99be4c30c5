"""The folder of a run: recipe.toml, log, checkpoints (the last two and the best), samples."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from ..checkpoint import RECIPE, Checkpoint, load_checkpoint, whole_recipe
from ..errors import CheckpointError, WorkFailed
from ..recipe import Recipe
from ..store import clear, discard, restore, write_atomically
from ..zoo import latest_first

LOG = "log.jsonl"
KEPT = 2
BEST = "best"


class Run:
    """The files of one run below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkpoints = folder / "checkpoints"
        self.samples = folder / "samples"

    @property
    def best(self) -> Path:
        """Where the model that validated best is kept."""
        return self.checkpoints / BEST

    def exists(self) -> bool:
        """Whether anything was saved under this name."""
        return bool(self.saved()) or self.best.exists()

    def place(self, step: int) -> Path:
        """The folder of the checkpoint after ``step`` steps."""
        return self.checkpoints / f"step-{step:08d}"

    def saved(self) -> list[Path]:
        """The checkpoints that can be resumed, the latest first."""
        restore(self.checkpoints)
        return latest_first(self.checkpoints.glob("step-[0-9]*"))

    def prune(self) -> None:
        """Drop all but the last two, and what killed runs left."""
        for old in self.saved()[KEPT:]:
            discard(old)
        clear(self.checkpoints)

    def latest(self) -> tuple[Checkpoint, list[str]]:
        """The latest whole checkpoint, and what was wrong with those after it. Raises CheckpointError."""
        damaged: list[str] = []
        for folder in self.saved():
            try:
                return load_checkpoint(folder), damaged
            except CheckpointError as error:
                damaged.append(str(error))
        raise CheckpointError(
            f"{self.folder}: has no whole checkpoint to go on from; {'; '.join(damaged) or 'train it first'}"
        )

    def recipe(self) -> Recipe | None:
        """The recipe of the latest checkpoint whose own is whole; None where there is none."""
        for folder in self.saved():
            with suppress(CheckpointError):
                return whole_recipe(folder)
        return None

    def describe(self, recipe: Recipe) -> None:
        """Write ``recipe`` where a person looks for it. Raises WorkFailed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkFailed(
                f"{self.folder} can't be made: {error.strerror}; choose another --name or --runs"
            ) from error
        write_atomically(self.folder / RECIPE, recipe.to_toml().encode())

    def log(self, row: Mapping[str, Any]) -> None:
        """Add a line to the log. A disk too full for it does not end the run: the checkpoint will say so."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / LOG).open("ab+") as file:
                file.write(_break(file) + json.dumps(row).encode() + b"\n")

    def history(self) -> Iterator[dict[str, Any]]:
        """The lines of the log; half a line, left by a kill, and a damaged one are passed over."""
        with suppress(OSError):
            for line in (self.folder / LOG).read_bytes().split(b"\n"):
                with suppress(ValueError):
                    yield json.loads(line)


def _break(log: BinaryIO) -> bytes:
    """What ends the half line that a killed run left, so that only that one is lost."""
    if not log.seek(0, os.SEEK_END):
        return b""
    log.seek(-1, os.SEEK_END)
    return b"" if log.read(1) == b"\n" else b"\n"
