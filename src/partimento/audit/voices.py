"""The voice-leading audit: which faults a four-part piece has, where, and how many beside the corpus's own.

Rates are per 1,000 *moving voice pairs*: pairs of voices that both change pitch between consecutive 16ths, rests in
neither frame. Shapes: T frames of a 16th, 4 voices, G groups of voices of a rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

import numpy as np

from ..errors import UnknownName
from ..score import Score
from ..voices import NAMES
from .grid import Place, frames_of, place, tick_of, tonics_of
from .passage import Integers, Truths, passage
from .rules import FAULTS, Rule

PER = 1000  # moving voice pairs


@dataclass(frozen=True)
class Found:
    """A fault in frames: the row of FAULTS, the voices, and the frames ``start`` to ``stop`` (not included)."""

    kind: str
    voices: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Fault:
    """A fault in a Score: of which kind, in which voices (0 the soprano), and where it is heard."""

    kind: str
    voices: tuple[int, ...]
    tick: int
    place: Place

    def __str__(self) -> str:
        names = " and ".join(NAMES[voice] for voice in self.voices)
        return f"{self.place}: {self.kind}: {names} {FAULTS[self.kind].sentence}"

    def to_json(self) -> dict[str, object]:
        """Plain values, the voices by name, and the sentence for people."""
        names = [NAMES[voice] for voice in self.voices]
        return {"kind": self.kind, "voices": names, "tick": self.tick, **asdict(self.place), "text": str(self)}


@dataclass(frozen=True)
class Tally:
    """How many faults of each kind, over how many moving voice pairs; tallies of pieces add up."""

    moving: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FAULTS, 0))

    def __add__(self, other: "Tally") -> "Tally":
        counts = {kind: count + other.counts[kind] for kind, count in self.counts.items()}
        return Tally(self.moving + other.moving, counts)

    @property
    def rates(self) -> dict[str, float]:
        """Faults of each kind per 1,000 moving voice pairs; 0 where nothing moves."""
        return {kind: PER * count / max(self.moving, 1) for kind, count in self.counts.items()}


def faults(score: Score, kinds: Iterable[str] = FAULTS) -> list[Fault]:
    """The faults of a four-voice Score in order of time.

    A fault of two frames stands where the second begins. Raises InputError where there are not four tracks.
    """
    frames = frames_of(score)
    found = find(frames, tonics_of(score, len(frames)), kinds)
    heard = [(tick_of(each.start + FAULTS[each.kind].span - 1, score), each) for each in found]
    return [Fault(each.kind, each.voices, tick, place(tick, score)) for tick, each in heard]


def find(frames: Integers, tonics: Integers | None = None, kinds: Iterable[str] = FAULTS) -> list[Found]:
    """The faults of frames int[T, 4] in order of time; what lasts (a crossing) is one fault until it ends.

    ``tonics`` int[T]: the tonic's pitch class, 12 more in minor, -1 where unknown.
    """
    heard = passage(frames, tonics)
    every = [found for rule in rules(kinds) for found in _found(rule, rule.find(heard))]
    return sorted(every, key=lambda each: (each.start, each.kind, each.voices))


def tally(frames: Integers, tonics: Integers | None = None) -> Tally:
    """The faults of frames int[T, 4], counted."""
    kinds = [each.kind for each in find(frames, tonics)]
    return Tally(moving_pairs(frames), {kind: kinds.count(kind) for kind in FAULTS})


def rates(score: Score) -> dict[str, float]:
    """Faults of each kind per 1,000 moving voice pairs of a four-voice Score."""
    frames = frames_of(score)
    return tally(frames, tonics_of(score, len(frames))).rates


def moving_pairs(frames: Integers) -> int:
    """How often two voices both change pitch between consecutive frames of int[T, 4]."""
    return int(np.count_nonzero(passage(frames).motion))


def rules(kinds: Iterable[str]) -> list[Rule]:
    """The rows of FAULTS by name. Raises UnknownName."""
    names = list(kinds)
    for name in names:
        if name not in FAULTS:
            raise UnknownName("kind of fault", name, FAULTS)
    return [FAULTS[name] for name in names]


def _found(rule: Rule, marks: Truths) -> Iterator[Found]:
    """The faults of ``marks`` bool[T - span + 1, G]: each of two frames is one, a run of single frames is one."""
    for group, column in zip(rule.groups, marks.T, strict=True):
        starts, stops = _runs(column) if rule.span == 1 else (np.flatnonzero(column), np.flatnonzero(column) + 2)
        yield from (Found(rule.name, group, int(a), int(b)) for a, b in zip(starts, stops, strict=True))


def _runs(marked: Truths) -> tuple[Integers, Integers]:
    """The first frame, and one past the last, of each run."""
    edges = np.diff(marked.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
