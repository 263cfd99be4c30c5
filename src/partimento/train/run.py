"""The folder of a run: recipe.toml, log, checkpoints (the last two and the best), samples."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..checkpoint import RECIPE, Checkpoint, load_checkpoint
from ..errors import CheckpointError, WorkFailed
from ..recipe import Recipe
from ..store import write_atomically
from ..zoo import latest_first

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
        return latest_first(self.checkpoints.glob("step-[0-9]*"))

    def prune(self) -> None:
        """Drop all but the last two."""
        for old in self.saved()[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)

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
            with (self.folder / "log.jsonl").open("a") as file:
                file.write(json.dumps(row) + "\n")

    def history(self) -> Iterator[dict[str, Any]]:
        """The lines of the log; half a line, left by a kill, is passed over."""
        with suppress(OSError):
            for line in (self.folder / "log.jsonl").read_text().splitlines():
                with suppress(ValueError):
                    yield json.loads(line)
