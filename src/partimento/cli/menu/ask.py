"""Questions on a line, answers on a line: asked again until an answer will do. Plain text, for any terminal."""

from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import TypeVar

from ...errors import PartimentoError, UsageError
from ...printable import printable

T = TypeVar("T")
BACK = 0
SHOWN = 40  # letters of a wrong answer


class Back(Exception):
    """The answer that leads back to the menu."""


def say(*lines: str) -> None:
    """Lines for people, of which nothing steers the terminal."""
    for line in lines:
        print(printable(line), flush=True)


def answer(question: str, read: Callable[[str], T], default: str = "") -> T:
    """What ``read`` makes of the answer; where it refuses one, its reason is said and the question asked again.

    Raises EOFError at the end of the input.
    """
    shown = f"{question} [{default}]: " if default else f"{question}: "
    while True:
        text = input(printable(shown)).strip()
        try:
            return read(text or default)
        except (PartimentoError, OSError, ValueError) as error:  # a path can be refused by the system too
            say(str(error))


def choice(title: str, options: Sequence[str], default: str = "", back: bool = True) -> int:
    """The index of the option whose number is entered, from 0. Raises Back."""
    return pick(title, options, lambda index: index, default, back)


def pick(title: str, options: Sequence[str], take: Callable[[int], T], default: str = "", back: bool = True) -> T:
    """What ``take`` makes of the option whose number is entered; it may refuse it. Raises Back."""
    say(title, *(f"  {number}  {option}" for number, option in enumerate(options, 1)))
    if back:
        say(f"  {BACK}  back to the menu")
    lowest = BACK if back else 1

    def read(text: str) -> T:
        number = whole(lowest, len(options))(text)
        if number == BACK:
            raise Back
        return take(number - 1)

    return answer("number", read, default)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number in a range."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < SHOWN else low - 1
        if not low <= number <= high:
            raise UsageError(f"{_quoted(text)}: enter a number from {low} to {high}")
        return number

    return read


def number(low: float, high: float, what: str) -> Callable[[str], float]:
    """Reads a number in a range."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = nan
        if not low <= value <= high:
            raise UsageError(f"{_quoted(text)}: enter a number of {what}, {low:g} to {high:g}")
        return value

    return read


def path_of(text: str) -> Path:
    """The path that was entered; a terminal puts one in quotes that was dropped there. Raises UsageError."""
    try:
        return Path(text.strip("'\"")).expanduser()
    except RuntimeError:
        raise UsageError(f"{text[:SHOWN]}: there is no such user here") from None


def _quoted(text: str) -> str:
    return repr(text[:SHOWN]) if text else "nothing was entered"
