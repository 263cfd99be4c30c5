"""What a long benchmark has found so far, as lines of JSON: a run that was cut short goes on where it stopped."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partimento.errors import WorkFailed


@dataclass
class Ledger:
    """Findings by key, in a file or, without one, for this run alone. Half a line that a kill left is passed over."""

    path: Path | None = None
    found: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is None or not self.path.exists():
            return
        for line in self.path.read_bytes().split(b"\n"):
            with suppress(ValueError, KeyError, TypeError):
                row = json.loads(line)
                self.found[row["key"]] = row["found"]

    def of(self, key: str, work: Callable[[], Any]) -> Any:
        """What ``work`` found for ``key``, now or in an earlier run; plain values. Raises WorkFailed."""
        if key not in self.found:
            self.found[key] = work()
            self._keep(key)
        return self.found[key]

    def _keep(self, key: str) -> None:
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a") as file:
                file.write(f"\n{json.dumps({'key': key, 'found': self.found[key]})}\n")
        except OSError as error:
            raise WorkFailed(f"--ledger {self.path}: {error.strerror}; choose another place") from error
