"""What a piece can be asked to be: by whom, how dense, how loud, in which key. Id 0 always means "not said".

A control is read off a Score in training. In composing it is given by name or number; what is not given is
read off the primer, or, where there is none, drawn as the training pieces have it: a model that is told
nothing drifts to ever denser music, one that is told keeps to it (docs/experiments.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..edit import excerpt
from ..errors import UnknownName, UsageError
from ..keys import key_name, key_of
from ..score import Score
from .keys import estimated_key
from .masks import says_velocity
from .source import folded

DENSITY_EDGES = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0)  # notes per second
DYNAMICS_EDGES = (36.0, 44.0, 50.0, 56.0, 62.0, 68.0, 74.0, 80.0, 88.0)  # mean velocity
SIGNATURES = range(-5, 7)  # sharps of the keys that can be told apart by ear, each major and minor
OPENING_S = 60.0
Ids = tuple[int, ...]


class Control(Protocol):
    """What can be read off any Score and asked of a model. ``size`` counts its ids, "not said" included."""

    @property
    def size(self) -> int: ...  # noqa: D102
    def read(self, score: Score) -> int: ...  # noqa: D102
    def asked(self, value: str | float) -> int: ...  # noqa: D102
    def describe(self, given: int) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Binned:
    """A number, by the bin that it falls in."""

    name: str
    edges: tuple[float, ...]
    least: float
    most: float
    unit: str
    measure: Callable[[Score], float | None]

    @property
    def size(self) -> int:
        """A bin more than edges, and "not said"."""
        return len(self.edges) + 2

    def read(self, score: Score) -> int:
        """The bin of what is measured; 0 where nothing can be."""
        return self.bin(self.measure(score))

    def asked(self, value: str | float) -> int:
        """The bin of a number. Raises UsageError."""
        return self.bin(_number(self.name, value, self.least, self.most, self.unit))

    def bin(self, value: float | None) -> int:
        """From 1."""
        return 0 if value is None else int(np.searchsorted(self.edges, value, side="right")) + 1

    def describe(self, given: int) -> str:
        """The edges of a bin."""
        low, high = (0.0, *self.edges, float("inf"))[given - 1 : given + 1]
        return f"{low:g} to {high:g} {self.unit}"


@dataclass(frozen=True)
class Keyed:
    """One of 24 keys, as the notes suggest it."""

    size: int = 2 * len(SIGNATURES) + 1

    def read(self, score: Score) -> int:
        """The key estimated; 0 without notes."""
        return self._id(*estimated_key(score)) if len(score) else 0

    def asked(self, value: str | float) -> int:
        """By the name of a key. Raises UnknownName."""
        return self._id(*key_of(str(value)))

    def describe(self, given: int) -> str:
        """The name of a key."""
        minor, place = divmod(given - 1, len(SIGNATURES))
        return key_name(SIGNATURES[place], bool(minor))

    def _id(self, sharps: int, minor: bool) -> int:
        within = (sharps - SIGNATURES.start) % len(SIGNATURES)  # G flat is played as F sharp
        return 1 + within + len(SIGNATURES) * minor


def _density(score: Score) -> float | None:
    return len(score) / score.duration_s if len(score) and score.duration_s > 0 else None


def _dynamics(score: Score) -> float | None:
    return float(score.notes["velocity"].mean()) if len(score) else None


MEASURED: dict[str, Control] = {
    "density": Binned("density", DENSITY_EDGES, 0.1, 100, "notes per second", _density),
    "dynamics": Binned("dynamics", DYNAMICS_EDGES, 1, 127, "mean velocity", _dynamics),
    "key": Keyed(),
}
NAMES = ("composer", *MEASURED)
FIRST_NAMES = NAMES[:3]  # of models whose cards do not name them
DYNAMICS = NAMES.index("dynamics")  # its place in Ids


@dataclass(frozen=True)
class Controls:
    """The controls of a model by name: composers that it knows, and the ids of all that training pieces open with.

    One that is ``untold`` was trained without any: it is told nothing, whatever a primer has.
    """

    composers: tuple[str, ...] = ()
    openings: tuple[Ids, ...] = ()
    untold: bool = False
    names: tuple[str, ...] = NAMES

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many ids each control has, "not said" included."""
        return len(self.composers) + 1, *(MEASURED[name].size for name in self.names[1:])

    @property
    def nothing(self) -> Ids:
        """The ids of a model that is told nothing."""
        return (0,) * len(self.names)

    def read(self, score: Score, composer: str) -> Ids:
        """The ids of a piece or an excerpt."""
        return self.composer_id(composer), *(MEASURED[name].read(score) for name in self.names[1:])

    def composer_id(self, name: str) -> int:
        """The id of a composer as the corpus writes the name; 0 for one not known."""
        return self.composers.index(name) + 1 if name in self.composers else 0

    def asked(self, wanted: Mapping[str, str | float]) -> Ids:
        """The ids of what a user asks for. Raises UnknownName, UsageError."""
        for name in wanted:
            if name not in self.names:
                raise UnknownName("control", name, self.names, "that this model knows")
        if self.untold and wanted:
            raise UsageError(f"{', '.join(wanted)}: this model was trained without controls (forget 1); ask for none")
        composer = self._named(str(wanted["composer"])) if wanted.get("composer") else 0
        rest = ((MEASURED[name], wanted.get(name)) for name in self.names[1:])
        return composer, *(0 if value is None else control.asked(value) for control, value in rest)

    def said(self, wanted: Mapping[str, str | float], primer: Score, generator: np.random.Generator) -> Ids:
        """The ids that a model is told: what is asked, then what the primer or a training piece by chance has."""
        asked = self.asked(wanted)
        if self.untold:
            return asked
        if len(primer):
            rest = self.read(primer, "")
        else:
            fitting = [row for row in self.openings if all(a in (0, b) for a, b in zip(asked, row, strict=True))]
            rest = fitting[int(generator.integers(len(fitting)))] if fitting else self.nothing
        return tuple(a or b for a, b in zip(asked, rest, strict=True))

    def describe(self, ids: Ids) -> dict[str, str]:
        """What ids say, in words."""
        rest = zip(self.names[1:], ids[1:], strict=False)
        told = {name: MEASURED[name].describe(given) for name, given in rest if given}
        return ({"composer": self.composers[ids[0] - 1]} if ids[0] else {}) | told

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
    ids = controls.read(excerpt(score, first, stop), composer)
    return tuple(given * (place != DYNAMICS or says_velocity(score)) for place, given in enumerate(ids))


def composers(names: Sequence[str], at_least: int = 1) -> Controls:
    """Controls for the composers that are named ``at_least`` so many times, in alphabetical order."""
    found, counts = np.unique(np.array(names, dtype=str), return_counts=True)
    return Controls(tuple(str(name) for name, count in zip(found, counts, strict=True) if count >= at_least and name))


def _number(name: str, value: str | float, low: float, high: float, unit: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise UsageError(f"{name} {value} is out of range: {low:g} to {high:g} {unit}")
    return number
