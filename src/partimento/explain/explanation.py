"""What a model makes of a piece, note by note: frozen values, saved as JSON or as a picture.

Shapes: N notes, M points of a curve.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import picture
from ..errors import UnknownName, UsageError
from ..score import Score
from ..store import write_atomically

SMOOTHED_S = 2.0  # over which the curve is a mean
POINTS = 1000  # of the curve, at most
STEP_S = 0.25  # from one to the next, at least

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Alternative:
    """What could have stood there, in words, and how likely it was."""

    words: str
    probability: float


@dataclass(frozen=True)
class Said:
    """One column of a row, or one voice of a 16th: what stands there, and how likely that was.

    ``rank``: 1 if nothing was likelier. ``counts``: whether a likelihood counts it, as it does no velocity that was
    typeset. ``alternatives``: the likeliest, among them what stands there where it is one.
    """

    column: str
    words: str
    probability: float
    nats: float
    rank: int
    counts: bool
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Moment:
    """A row of a piece, or a voice in a 16th, with all that the model said of it.

    ``notes``: those of the Score that begin with it, counted from 0; ``place`` is in words.
    """

    row: int
    time_s: float
    place: str
    notes: tuple[int, ...]
    said: tuple[Said, ...]

    @property
    def nats(self) -> float:
        """The surprise: nats of all that counts."""
        return math.fsum(each.nats for each in self.said if each.counts)

    def to_json(self) -> dict[str, Any]:
        """Plain values; notes are counted from 1."""
        return {**asdict(self), "notes": [note + 1 for note in self.notes], "nats": self.nats}


@dataclass(frozen=True, eq=False)
class Explanation:
    """What the model called ``model`` makes of ``score``, which is the piece as its codec says it.

    ``given`` says in words what every cell was judged by; ``note_nats`` float[N] is the surprise of each note.
    """

    model: str
    about: Mapping[str, Any]
    given: str
    score: Score
    moments: tuple[Moment, ...]
    note_nats: Floats = field(repr=False)

    @property
    def nats(self) -> float:
        """Of the whole piece, as ``partimento evaluate`` sums them."""
        return math.fsum(each.nats for each in self.moments)

    @property
    def nats_per_note(self) -> float:
        """The mean, of all that is not a note too."""
        return self.nats / max(len(self.score), 1)

    @cached_property
    def curve(self) -> tuple[Floats, Floats]:
        """Times and mean surprise [M]: nats per note over SMOOTHED_S around each; none where no note begins."""
        onsets = self.score.seconds(self.score.notes["onset"])
        step = max(STEP_S, self.score.duration_s / POINTS)
        times = np.arange(0.0, self.score.duration_s + step, step)
        first, last = (np.searchsorted(onsets, times + way * SMOOTHED_S / 2) for way in (-1, 1))
        summed, count = np.append(0.0, np.cumsum(self.note_nats)), last - first
        heard = count > 0
        return times[heard], (summed[last] - summed[first])[heard] / count[heard]

    def nats_by(self, column: str = "") -> Floats:
        """float[N]: the surprise of each note, or that of one column of its row alone. Raises UnknownName."""
        if not column:
            return self.note_nats
        known = dict.fromkeys(each.column for moment in self.moments for each in moment.said)
        if column not in known:
            raise UnknownName("column", column, known, "(--by)")
        of_moments = [sum(each.nats for each in moment.said if each.column == column) for moment in self.moments]
        found = np.zeros(len(self.score))
        for note, place in self._place.items():
            found[note] = of_moments[place]
        return found

    def most_surprising(self, count: int = 5, by: str = "") -> list[Moment]:
        """The moments of the most surprising notes, the most surprising first; ``by`` one column or all."""
        order = np.argsort(-self.nats_by(by), kind="stable").tolist()
        places = dict.fromkeys(self._place[note] for note in order if note in self._place)
        return [self.moments[place] for place in list(places)[:count]]

    def note(self, number: int) -> Moment:
        """The moment of a note, counted from 1. Raises UsageError."""
        if number - 1 not in self._place:
            raise UsageError(f"--note {number} is out of range: the piece has notes 1 to {len(self.score)}")
        return self.moments[self._place[number - 1]]

    def at(self, seconds: float) -> list[Moment]:
        """The moments of the notes that begin together, nearest to ``seconds``. Raises UsageError."""
        if not 0 <= seconds <= self.score.duration_s:
            raise UsageError(f"--at {seconds:g} is out of range: 0 to {self.score.duration_s:.1f} seconds")
        struck = [each for each in self.moments if each.notes]
        nearest = min((each.time_s for each in struck), key=lambda time_s: abs(time_s - seconds))
        return [each for each in struck if each.time_s == nearest]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        times, means = (each.round(6).tolist() for each in self.curve)
        sums = {"given": self.given, "nats": self.nats, "nats_per_note": self.nats_per_note}
        curve = {"time_s": times, "nats_per_note": means, "mean_over_s": SMOOTHED_S}
        rows = [each.to_json() for each in self.moments]
        return {
            "model": self.model,
            **self.about,
            **sums,
            "note_nats": self.note_nats.tolist(),
            "curve": curve,
            "rows": rows,
        }

    def save(self, path: str | Path) -> Path:
        """Write JSON, or as PNG or SVG the piano roll coloured by surprise. Raises UnknownName, WorkFailed."""
        path = Path(path)
        if path.suffix.lower() not in SUFFIXES:
            raise UnknownName("file type", path.suffix, SUFFIXES)
        if path.suffix.lower() == ".json":
            write_atomically(path, (json.dumps(self.to_json(), indent=1) + "\n").encode())
        else:
            title = f"{self.score.title or 'surprise'} ({self.model}, {self.nats_per_note:.2f} nats per note)"
            picture.write_surprise(self.score, self.note_nats, self.curve, path, title)
        return path

    @cached_property
    def _place(self) -> dict[int, int]:
        """Which of the moments a note begins with."""
        return {note: place for place, moment in enumerate(self.moments) for note in moment.notes}


SUFFIXES = (".json", *picture.FORMATS)
