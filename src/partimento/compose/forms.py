"""A piece in sections of one length, some of which come back: ``AABA``.

The first section is written from nothing and laid where its letter stands; every other letter is written with all that
is there already known, before it and ahead; and the end is written anew, so that it closes. Times are seconds.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .. import edit
from ..errors import UsageError
from ..prompt import Length
from ..score import Score
from .compose import Composition
from .request import Request
from .steering import Task

LETTERS = re.compile(r"[A-Z]{2,16}")
SHORTEST_SECTION_S = 4.0
ENDING_S = 4.0  # at most half a section
ANOTHER = 1_000_003  # between the seeds of two sections
Write = Callable[[Request], Composition]


@dataclass(frozen=True)
class Form:
    """``letters``, each a section of ``section_s``."""

    letters: str
    section_s: float

    @classmethod
    def of(cls, letters: str, length: Length) -> "Form":
        """A form for so much music. Raises UsageError."""
        if not LETTERS.fullmatch(letters):
            raise UsageError(f"--form {letters}: letters A to Z, 2 to 16 of them, one for each section, such as AABA")
        if length.seconds is None:
            raise UsageError("--form needs a length in seconds; say --seconds in place of --notes")
        section_s = length.seconds / len(letters)
        if section_s < SHORTEST_SECTION_S:
            least = SHORTEST_SECTION_S * len(letters)
            raise UsageError(f"--seconds {length.seconds:g} is too short for --form {letters}: at least {least:g}")
        return cls(letters, section_s)

    @property
    def seconds(self) -> float:
        """Of the whole."""
        return self.section_s * len(self.letters)

    def places(self, letter: str) -> Iterator[float]:
        """Where a letter's sections begin."""
        return (i * self.section_s for i, each in enumerate(self.letters) if each == letter)


def formed(write: Write, request: Request, form: Form) -> Composition:
    """One piece of ``form``: ``write`` is asked for one section after another. Raises UsageError."""
    first, *others = dict.fromkeys(form.letters)
    plain = replace(request, task=None, count=1, length=Length(form.section_s))
    made = write(plain)
    score = _laid(made.score, made.score, form, first)
    for number, letter in enumerate(others, 1):
        asked = _asked(replace(plain, primer=score, seed=_seed(request, number)), form, next(form.places(letter)))
        whole = write(asked).score
        score = _laid(whole, score, form, letter)
    ending_s = min(ENDING_S, form.section_s / 2)
    close = replace(plain, primer=score, primer_s=form.seconds - ending_s, length=Length(ending_s))
    closed = write(replace(close, seed=_seed(request, len(others) + 1)))
    return replace(closed, piece=made.piece, written_from_s=0.0, written=closed.score, told=made.told)


def _seed(request: Request, number: int) -> int:
    return (request.seed + number * ANOTHER) % 2**63


def _asked(request: Request, form: Form, start_s: float) -> Request:
    """The section from ``start_s`` on: a gap, or what comes after everything."""
    score = request.primer or request.prompt.score
    stop_s = start_s + form.section_s
    if score.duration_s > stop_s:
        return replace(request, task=Task("fill", start_s, stop_s))
    from_s = float(score.seconds(int(score.notes["onset"].max(initial=0))))
    return replace(request, length=Length(stop_s - from_s))


def _laid(source: Score, score: Score, form: Form, letter: str) -> Score:
    """``score`` with the letter's first section, as it stands in ``source``, wherever the letter stands."""
    places = list(form.places(letter))
    first = int(source.ticks(places[0]))
    section = edit.excerpt(source, first, int(source.ticks(places[0] + form.section_s)))
    copies = [edit.delayed(section, int(source.ticks(place))) for place in places]
    kept = [] if score is source else [score]
    return edit.cut_repeats(edit.merged(*kept, *copies))
