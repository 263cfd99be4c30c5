"""How a campaign of faults ended: trials, survivors, and one line for each that failed."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.measure import Result


@dataclass(frozen=True)
class Tally:
    """``failures``: a line for each trial that did not survive, with the seed that repeats it."""

    name: str
    trials: int
    survived: int
    failures: list[str] = field(default_factory=list)
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every trial survived."""
        return self.survived == self.trials and not self.failures

    def row(self) -> Result:
        """The line of the table."""
        notes = "; ".join(f"{name} {value}" for name, value in self.notes.items())
        return {"campaign": self.name, "trials": self.trials, "survived": self.survived, "notes": notes}

    def to_json(self) -> Result:
        """All of it, as plain values."""
        return asdict(self) | {"notes": dict(self.notes)}


Campaign = Callable[[int, int], Tally]  # trials and seed


def tallied(name: str, outcomes: Mapping[str, str], notes: Mapping[str, Any] | None = None) -> Tally:
    """The tally of trials by what repeats each of them; an outcome is what went wrong, or nothing."""
    failures = [f"{trial}: {wrong}" for trial, wrong in outcomes.items() if wrong]
    return Tally(name, len(outcomes), len(outcomes) - len(failures), failures, notes or {})
