"""What a piece can be asked to be: by whom, how dense, how loud. Id 0 always means "not said".

A control is read off a Score in training and given by name or number in composing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import UnknownName, UsageError
from ..score import Score

DENSITY_EDGES = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0)  # notes per second
DYNAMICS_EDGES = (36.0, 44.0, 50.0, 56.0, 62.0, 68.0, 74.0, 80.0, 88.0)  # mean velocity


@dataclass(frozen=True)
class Controls:
    """The controls of a model: composers by name, and the edges of the bins of density and dynamics."""

    composers: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many ids each control has, "not said" included: composer, density, dynamics."""
        return len(self.composers) + 1, len(DENSITY_EDGES) + 2, len(DYNAMICS_EDGES) + 2

    def read(self, score: Score, composer: str) -> tuple[int, int, int]:
        """The ids of a piece or an excerpt."""
        return self.composer_id(composer), density_id(len(score), score.duration_s), dynamics_id(score)

    def composer_id(self, name: str) -> int:
        """The id of a composer as the corpus writes the name; 0 for one not known."""
        return self.composers.index(name) + 1 if name in self.composers else 0

    def asked(self, wanted: Mapping[str, str | float]) -> tuple[int, int, int]:
        """The ids of what a user asks for. Raises UnknownName, UsageError."""
        for name in wanted:
            if name not in ("composer", "density", "dynamics"):
                raise UnknownName("control", name, ("composer", "density", "dynamics"))
        composer = self._named(str(wanted["composer"])) if wanted.get("composer") else 0
        density = _number("density", wanted.get("density"), 0.1, 100, "notes per second")
        dynamics = _number("dynamics", wanted.get("dynamics"), 1, 127, "mean velocity")
        return composer, _bin(density, DENSITY_EDGES), _bin(dynamics, DYNAMICS_EDGES)

    def _named(self, part: str) -> int:
        found = [name for name in self.composers if part.lower() in name.lower()]
        if not found:
            raise UnknownName("composer", part, self.composers)
        return self.composer_id(found[0])


def composers(names: Sequence[str], at_least: int = 1) -> Controls:
    """Controls for the composers that are named ``at_least`` so many times, in alphabetical order."""
    found, counts = np.unique(np.array(names, dtype=str), return_counts=True)
    return Controls(tuple(str(name) for name, count in zip(found, counts, strict=True) if count >= at_least and name))


def density_id(notes: int, seconds: float) -> int:
    """The bin of ``notes`` in ``seconds``; 0 where there is no time."""
    return _bin(notes / seconds, DENSITY_EDGES) if seconds > 0 and notes else 0


def dynamics_id(score: Score) -> int:
    """The bin of the mean velocity; 0 without notes."""
    return _bin(float(score.notes["velocity"].mean()), DYNAMICS_EDGES) if len(score) else 0


def _bin(value: float | None, edges: Sequence[float]) -> int:
    return 0 if value is None else int(np.searchsorted(edges, value, side="right")) + 1


def _number(name: str, value: str | float | None, low: float, high: float, unit: str) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise UsageError(f"{name} {value} is out of range: {low:g} to {high:g} {unit}")
    return number
