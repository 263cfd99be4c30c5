"""The bar lines of a music21 part as METRE rows: each from where a full bar begins."""

from fractions import Fraction
from typing import Any, NamedTuple

MOST_BEATS = 255


class Measure(NamedTuple):
    """A bar as it is written, in quarters; ``full`` is what its metre asks for."""

    start: Fraction
    length: Fraction
    full: Fraction
    beats: int
    unit: int


def metre_rows(part: Any, quarter: int) -> list[tuple[int, int, int]]:
    """Tick, beats and unit wherever the metre changes or the count of bars begins anew.

    A short bar at the beginning is a pickup and stands before the first row. Elsewhere a bar that begins off the
    count begins it anew, unless it is the rest of a bar that a repeat sign divides.
    """
    measures = _measures(part)
    if len(measures) > 1 and measures[0].length < measures[0].full:
        measures = measures[1:]
    rows: list[tuple[Fraction, int, int]] = []
    for measure in measures:
        metre = (measure.beats, measure.unit)
        if rows and rows[-1][1:] == metre:
            off = (measure.start - rows[-1][0]) % measure.full
            if not off or off + measure.length == measure.full:
                continue
        rows.append((measure.start, *metre))
    return [(round(start * quarter), beats, unit) for start, beats, unit in rows]


def _measures(part: Any) -> list[Measure]:
    """The measures of a part, each with the metre in force; none where no metre is known."""
    found: list[Measure] = []
    metre = None
    for measure in part.getElementsByClass("Measure"):
        metre = measure.timeSignature or metre
        if metre is None or not 0 < metre.numerator <= MOST_BEATS:
            continue
        full = Fraction(4 * metre.numerator, metre.denominator)
        start = Fraction(measure.getOffsetInHierarchy(part))
        found.append(Measure(start, Fraction(measure.duration.quarterLength), full, metre.numerator, metre.denominator))
    return found
