"""What an import did: files read, files that are twice, and for each refused file which, why, and under which code."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import REASONS, InputError
from .source import PassedOver

PASSED_OVER = "passed_over"  # reports of earlier versions have none


@dataclass(frozen=True)
class Refused:
    """A file that is no part of the corpus; ``code`` is a row of REASONS, ``reason`` a line for people."""

    path: str
    code: str
    reason: str


@dataclass
class Report:
    """``files`` in all, ``counts`` the sums of what was dropped and repaired; ``unchanged``: it was all there;
    ``passed_over``: what is no MIDI by its name, none of the ``files``."""

    files: int = 0
    duplicates: int = 0
    refused: list[Refused] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unchanged: bool = False
    passed_over: PassedOver = PassedOver()

    def refuse(self, path: str, refusal: InputError) -> None:
        """Note a file that is refused."""
        self.refused.append(Refused(path, refusal.code, str(refusal)))

    def recall(self, told: Mapping[str, Any]) -> None:
        """Take over what ``to_json`` told of an earlier run."""
        self.files, self.duplicates = told["files"], told["duplicates"]
        self.refused = [Refused(**row) for row in told["refused"]]
        self.counts = Counter(told["counts"])
        self.passed_over = PassedOver(**told.get(PASSED_OVER, {}))

    def require_whole(self) -> None:
        """Raises InputError where any file was refused."""
        if self.refused:
            first, many = self.refused[0], f"{len(self.refused):,} of {self.files:,} files refused"
            advice = "mend or remove them, or leave out --strict"
            raise InputError(f"{many}, the first: {first.reason}; {advice}", first.code)

    def reasons(self) -> list[dict[str, Any]]:
        """A row for each code that came: ``code``, ``count``, ``meaning``, and the ``first`` file; most first."""
        first = {row.code: row.path for row in reversed(self.refused)}
        counted = Counter(row.code for row in self.refused).most_common()
        return [
            {"code": code, "count": count, "meaning": REASONS[code], "first": first[code]} for code, count in counted
        ]

    def to_json(self) -> dict[str, Any]:
        """The report without ``unchanged``, which tells of the run and not of the corpus."""
        return {
            "files": self.files,
            "read": self.files - self.duplicates - len(self.refused),
            "duplicates": self.duplicates,
            "reasons": self.reasons(),
            "refused": [asdict(row) for row in self.refused],
            "counts": dict(sorted(self.counts.items())),
            PASSED_OVER: asdict(self.passed_over),
        }


def is_report(data: bytes) -> bool:
    """Whether a file of these bytes is empty or one that ``to_json`` was written to."""
    try:
        told = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return False
    known = Report().to_json().keys()
    return isinstance(told, dict) and told.keys() in (set(), known, known - {PASSED_OVER})
