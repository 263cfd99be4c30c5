"""Bars as one names them, by number or by range, and where they stand in a Score. A pickup is bar 0."""

import re
from collections.abc import Iterable, Sequence

from ..errors import UsageError
from ..notation.bars import STEPS, WHOLE, Bar
from ..notation.bars import bars as bars_of
from ..score import Score

RANGE = re.compile(r"(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?")  # a dash, too: word processors make it of a hyphen
NUMBER = re.compile(r"\d{1,5}")

Ticks = tuple[int, int]


def bar_range(flag: str, text: str | int) -> range:
    """``3-6`` or ``3`` as the numbers of bars. Raises UsageError."""
    found = RANGE.fullmatch(str(text).strip())
    if not found:
        raise UsageError(f"{flag} {str(text)!r} names no bars; say 3-6, or one bar such as 3")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise UsageError(f"{flag} {text} runs backwards; say {last}-{first}")
    return range(first, last + 1)


def bar_list(flag: str, text: str | Iterable[int]) -> tuple[int, ...]:
    """``4,8,12`` as the numbers of bars, in order. Raises UsageError."""
    given = text.split(",") if isinstance(text, str) else map(str, text)
    parts = [part.strip() for part in given if part.strip()]
    wrong = next((part for part in parts if not NUMBER.fullmatch(part)), None if parts else text)
    if wrong is not None:
        raise UsageError(f"{flag} {wrong!r} is no number of a bar; say bars with commas, such as 4,8")
    return tuple(sorted({int(part) for part in parts}))


def region(flag: str, score: Score, numbers: range) -> Ticks:
    """The ticks from the start of the first of these bars of ``score`` to the end of the last. Raises UsageError."""
    grid = bars_of(score)
    first, last = (_bar(flag, grid, number) for number in (numbers[0], numbers[-1]))
    return _tick(score, first.start), min(_tick(score, last.stop), score.end)


def middle_notes(flag: str, score: Score, numbers: Sequence[int], track: int) -> list[int]:
    """The tick of the note of ``track`` that sounds in the middle of each of these bars. Raises UsageError.

    There stand 88 % of the fermatas in the sopranos of the corpus ``chorales``; 39 % stand on the last beat.
    """
    grid = bars_of(score)
    return [_middle_note(flag, score, _bar(flag, grid, number), track) for number in numbers]


def _middle_note(flag: str, score: Score, bar: Bar, track: int) -> int:
    """Where none sounds that early or that late, the first or the last of the bar."""
    notes = score.notes[score.notes["track"] == track]
    start, stop = _tick(score, bar.start), _tick(score, bar.stop)
    middle = _tick(score, bar.origin + bar.beats // 2 * (WHOLE // bar.unit))
    inside = notes[(notes["onset"] + notes["duration"] > start) & (notes["onset"] < stop)]["onset"]
    if not len(inside):
        raise UsageError(f"{flag} {bar.number}: no note sounds there; choose a bar in which the melody sounds")
    return int(max(inside[inside <= middle], default=inside[0]))


def _bar(flag: str, grid: Sequence[Bar], number: int) -> Bar:
    found = next((bar for bar in grid if bar.number == number), None)
    if found is None:
        pickup = " (0 is the pickup)" if grid[0].number == 0 else ""
        there = f"the piece has bars {grid[0].number} to {grid[-1].number}{pickup}"
        raise UsageError(f"{flag} {number}: there is no such bar; {there}")
    return found


def _tick(score: Score, step: int) -> int:
    return step * score.ticks_per_quarter // STEPS
