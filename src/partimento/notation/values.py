"""Which note values, tied together, say a note or a rest: none hides a beat that it crosses.

Time is in steps (``bars.STEPS`` to the quarter).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .bars import STEPS, Bar

TYPES = {"breve": 128, "whole": 64, "half": 32, "quarter": 16, "eighth": 8, "16th": 4, "32nd": 2, "64th": 1}
PLAIN = {steps: (kind, 0) for kind, steps in TYPES.items()}
DOTTED = {steps * 3 // 2: (kind, 1) for kind, steps in TYPES.items() if steps > 1}
VALUES = dict(sorted((PLAIN | DOTTED).items(), reverse=True))  # the longest first: steps to type and dots
BEAM_LEVELS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}
Beams = tuple[str, ...]  # of one note, what its beams do, the first level first


@dataclass(frozen=True)
class Value:
    """A note head or a rest: ``start`` and ``steps``, its type and dots."""

    start: int
    steps: int

    @property
    def kind(self) -> str:
        """The name of the type in MusicXML."""
        return VALUES[self.steps][0]

    @property
    def dots(self) -> int:
        """How many dots lengthen it."""
        return VALUES[self.steps][1]


def note_values(start: int, stop: int, bar: Bar) -> list[Value]:
    """What is tied together to say a note from ``start`` to ``stop`` within ``bar``."""
    return list(_values(start, stop, bar, rest=False))


def rest_values(start: int, stop: int, bar: Bar) -> list[Value]:
    """The rests from ``start`` to ``stop`` within ``bar``; these show every beat on which they stand."""
    return list(_values(start, stop, bar, rest=True))


def _values(start: int, stop: int, bar: Bar, rest: bool) -> Iterator[Value]:
    fits = _rest_fits if rest else _note_fits
    while start < stop:
        steps = next(s for s in VALUES if s <= stop - start and fits(start - bar.origin, s, stop - start - s, bar))
        yield Value(start, steps)
        start += steps


def _note_fits(at: int, steps: int, left: int, bar: Bar) -> bool:
    """Whether a value of ``steps`` may stand ``at`` steps into the bar, ``left`` of the note to come after it."""
    beat = bar.beat
    if at % beat + steps <= beat:
        return True
    if at % beat == 0:
        return beat in PLAIN or steps % beat == 0
    syncopated = steps == beat and at % beat * 2 == beat and not left
    return syncopated and not _crosses_middle(at, steps, bar)


def _rest_fits(at: int, steps: int, left: int, bar: Bar) -> bool:
    if at % bar.beat + steps <= bar.beat:
        return (steps in PLAIN and at % bar.beat % steps == 0) or steps == bar.beat
    return steps == 2 * bar.beat and bar.length % steps == 0 and at % steps == 0 and steps in PLAIN


def _crosses_middle(at: int, steps: int, bar: Bar) -> bool:
    middle = bar.length // 2
    return bar.length // bar.beat % 2 == 0 and at < middle < at + steps


def beams(values: Sequence[Value | None], bar: Bar) -> list[Beams]:
    """For each note value, in order, what its beams do; None, a rest, ends a beam, and so does every beat."""
    told: list[Beams] = [() for _ in values]
    for group in _groups(values, bar):
        levels = [BEAM_LEVELS[value.kind] for i in group if (value := values[i])]
        for k, i in enumerate(group):
            told[i] = tuple(_beam(levels, k, level) for level in range(1, levels[k] + 1))
    return told


def _groups(values: Sequence[Value | None], bar: Bar) -> Iterator[list[int]]:
    """The numbers of two values and more that lie under one beam."""
    group: list[int] = []
    beat = -1
    together = bar.length if bar.length < 2 * STEPS else max(bar.beat, STEPS)  # 3/8 has one beam
    for i, value in enumerate([*values, None]):
        mine = value is not None and value.kind in BEAM_LEVELS
        here = (value.start - bar.origin) // together if value and mine else -1
        if here != beat or not mine:
            if len(group) > 1:
                yield group
            group, beat = [], here
        if mine:
            group.append(i)


def _beam(levels: Sequence[int], k: int, level: int) -> str:
    before = k > 0 and levels[k - 1] >= level
    after = k + 1 < len(levels) and levels[k + 1] >= level
    if before or after:
        return "continue" if before and after else "end" if before else "begin"
    return "backward hook" if k else "forward hook"
