"""What a piece can be asked to be: by whom, how dense, how loud. Id 0 always means "not said".

A control is read off a Score in training. In composing it is given by name or number; what is not given is
read off the primer, or, where there is none, drawn as the training pieces have it: a model that is told
nothing drifts to ever denser music, one that is told keeps to it (docs/experiments.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..edit import excerpt
from ..errors import UnknownName, UsageError
from ..score import Score
from .masks import says_velocity
from .source import folded

DENSITY_EDGES = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0)  # notes per second
OPENING_S = 60.0
Ids = tuple[int, int, int]  # composer, density, dynamics
DYNAMICS = 2  # its place in Ids
DYNAMICS_EDGES = (36.0, 44.0, 50.0, 56.0, 62.0, 68.0, 74.0, 80.0, 88.0)  # mean velocity


@dataclass(frozen=True)
class Controls:
    """The controls of a model: composers by name, and the ids of all three that training pieces open with.

    One that is ``untold`` was trained without any: it is told nothing, whatever a primer has.
    """

    composers: tuple[str, ...] = ()
    openings: tuple[Ids, ...] = ()
    untold: bool = False

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many ids each control has, "not said" included: composer, density, dynamics."""
        return len(self.composers) + 1, len(DENSITY_EDGES) + 2, len(DYNAMICS_EDGES) + 2

    def read(self, score: Score, composer: str) -> Ids:
        """The ids of a piece or an excerpt."""
        return self.composer_id(composer), density_id(len(score), score.duration_s), dynamics_id(score)

    def composer_id(self, name: str) -> int:
        """The id of a composer as the corpus writes the name; 0 for one not known."""
        return self.composers.index(name) + 1 if name in self.composers else 0

    def asked(self, wanted: Mapping[str, str | float]) -> Ids:
        """The ids of what a user asks for. Raises UnknownName, UsageError."""
        for name in wanted:
            if name not in ("composer", "density", "dynamics"):
                raise UnknownName("control", name, ("composer", "density", "dynamics"))
        if self.untold and wanted:
            raise UsageError(f"{', '.join(wanted)}: this model was trained without controls (forget 1); ask for none")
        composer = self._named(str(wanted["composer"])) if wanted.get("composer") else 0
        density = _number("density", wanted.get("density"), 0.1, 100, "notes per second")
        dynamics = _number("dynamics", wanted.get("dynamics"), 1, 127, "mean velocity")
        return composer, _bin(density, DENSITY_EDGES), _bin(dynamics, DYNAMICS_EDGES)

    def said(self, wanted: Mapping[str, str | float], primer: Score, generator: np.random.Generator) -> Ids:
        """The ids that a model is told: what is asked, then what the primer or a training piece by chance has."""
        asked = self.asked(wanted)
        if self.untold:
            return asked
        if len(primer):
            rest = self.read(primer, "")
        else:
            fitting = [row for row in self.openings if all(a in (0, b) for a, b in zip(asked, row, strict=True))]
            rest = fitting[int(generator.integers(len(fitting)))] if fitting else (0, 0, 0)
        composer, density, dynamics = (a or b for a, b in zip(asked, rest, strict=True))
        return composer, density, dynamics

    def describe(self, ids: Ids) -> dict[str, str]:
        """What ids say, in words."""
        composer, density, dynamics = ids
        told = {"composer": self.composers[composer - 1] if composer else ""}
        told["density"] = _between(density, DENSITY_EDGES, "notes per second")
        told["dynamics"] = _between(dynamics, DYNAMICS_EDGES, "mean velocity")
        return {name: text for name, text in told.items() if text}

    def _named(self, part: str) -> int:
        """The id of the composer that ``part`` names: one alone before an arranged one, then the shortest name."""
        found = [name for name in self.composers if folded(part) in folded(name)]
        if not found:
            raise UnknownName("composer", part, self.composers)
        return self.composer_id(min(found, key=lambda name: ("/" in name, len(name))))


def opening(score: Score, controls: Controls, composer: str) -> Ids:
    """The ids of the first minute of a piece; a piece that says nothing of velocity has no dynamics."""
    first = int(score.notes["onset"].min(initial=0))
    stop = int(score.ticks(float(score.seconds(first)) + OPENING_S))
    named, density, dynamics = controls.read(excerpt(score, first, stop), composer)
    return named, density, dynamics * says_velocity(score)


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


def _between(ids: int, edges: Sequence[float], unit: str) -> str:
    low, high = (0.0, *edges, float("inf"))[max(ids - 1, 0) : ids + 1][:2] if ids else (0.0, 0.0)
    return f"{low:g} to {high:g} {unit}" if ids else ""


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
