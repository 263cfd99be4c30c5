"""Places in a score to which something is to be said, such as the faults that an audit found."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import UsageError
from .bars import WHOLE, Bar
from .staves import Staff

COLOURS = ("#C0392B", "#1F6FB2", "#8E44AD", "#B9770E", "#117A65")  # told apart on white, one text after the other


@dataclass(frozen=True)
class Mark:
    """``text`` about ``voices`` (names of tracks; all, where none is named) at ``beat`` of ``bar``, both as printed.

    ``beat`` counts from 1 in units of the metre and may lie between beats.
    """

    bar: int
    beat: float
    voices: tuple[str, ...]
    text: str

    @property
    def line(self) -> str:
        """The mark for people: where, in which voices, what."""
        who = f" ({', '.join(self.voices)})" if self.voices else ""
        return f"bar {self.bar}, beat {self.beat:.4g}: {self.text}{who}"


@dataclass(frozen=True)
class Drawn:
    """What marks do to the symbols of a score, each by its track and its start in steps.

    ``colours`` of heads, and ``numbers`` that stand above the staff.
    """

    colours: dict[tuple[int, int], str]
    numbers: dict[tuple[int, int], str]


def colour_of(marks: Sequence[Mark], mark: Mark) -> str:
    """The colour of ``mark``: the same for the same text."""
    texts = list(dict.fromkeys(each.text for each in marks))
    return COLOURS[texts.index(mark.text) % len(COLOURS)]


def drawn(marks: Sequence[Mark], bars: Sequence[Bar], staves: Sequence[Staff]) -> Drawn:
    """Which symbols ``marks`` colour, numbered from 1. Raises UsageError for a place that the score does not have."""
    colours: dict[tuple[int, int], str] = {}
    numbers: dict[tuple[int, int], list[str]] = {}
    for number, mark in enumerate(marks, 1):
        found = _marked(mark, bars, staves)
        colours |= dict.fromkeys(found, colour_of(marks, mark))
        for at in found[:1]:
            numbers.setdefault(at, []).append(str(number))
    return Drawn(colours, {at: ", ".join(each) for at, each in numbers.items()})


def _marked(mark: Mark, bars: Sequence[Bar], staves: Sequence[Staff]) -> list[tuple[int, int]]:
    """Track and start of the symbols that sound at the mark, in its voices."""
    bar = next((bar for bar in bars if bar.number == mark.bar), None)
    if bar is None:
        raise UsageError(f"a mark at bar {mark.bar}: the score has bars {bars[0].number} to {bars[-1].number}")
    wrong = [voice for voice in mark.voices if voice not in {staff.name for staff in staves}]
    if wrong:
        raise UsageError(f"a mark for {wrong[0]}: the score has {', '.join(staff.name for staff in staves)}")
    step = bar.origin + round((mark.beat - 1) * WHOLE / bar.unit)
    mine = [staff for staff in staves if not mark.voices or staff.name in mark.voices]
    symbols = [(staff.track, symbol) for staff in mine for symbol in staff.bars[bar.number - bars[0].number]]
    return [(track, symbol.start) for track, symbol in symbols if symbol.start <= step < symbol.start + symbol.steps]
