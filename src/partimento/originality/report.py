"""How much of a piece stands in a corpus: as values, as JSON, and in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..score import Score
from ..units import MILLISECONDS, clock_text
from .figures import COPY, Figures, figures
from .human import beside
from .index import Index
from .lines import LINES, Line
from .postings import Postings
from .search import SHARE_WINDOW, Passage


@dataclass(frozen=True)
class Nearest:
    """The passage of a piece that is nearest to one of the corpus; times in seconds from the beginning of each.

    ``higher``: by how many semitones, and ``faster``: how many times as fast the piece has it, 0.0 where unknown.
    """

    composer: str
    title: str
    at_s: tuple[float, float]
    there_s: tuple[float, float]
    figures: int
    notes: int
    higher: int
    faster: float


@dataclass(frozen=True)
class LineReport:
    """What is told of one line; ``human``: the same figures of held-out human pieces (``human.beside``)."""

    notes: int
    longest: int
    longest_at_s: float
    share: float | None
    nearest: Nearest | None
    copied: bool
    human: Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """``lines`` by their names; ``marks``: rows of the score's notes that lie in exact matches of 16 notes or more."""

    corpus: str
    fingerprint: str
    lines: Mapping[str, LineReport]
    marks: tuple[int, ...] = ()

    @property
    def copied(self) -> bool:
        """Whether a passage of any line counts as copied."""
        return any(line.copied for line in self.lines.values())

    def to_json(self) -> dict[str, Any]:
        """All but the marks, as plain values."""
        said = {name: asdict(line) for name, line in self.lines.items()}
        return {"corpus": self.corpus, "fingerprint": self.fingerprint, "copied": self.copied, "lines": said}

    def words(self) -> list[str]:
        """The report in lines of text."""
        told = [words for name, line in self.lines.items() for words in _words(name, line, self.corpus)]
        verdict = "a passage counts as copied" if self.copied else "no passage counts as copied"
        return [*told, f"{verdict} from {self.corpus}"]


def report(score: Score, index: Index) -> Report:
    """The report of ``score`` against ``index``."""
    lines = {name: make(score) for name, make in LINES.items()}
    found = {name: figures(name, line, index.lines[name]) for name, line in lines.items()}
    told = {name: _told(name, lines[name], found[name], index) for name in LINES}
    marks = {row for name, line in lines.items() for row in _marked(line, found[name])}
    return Report(index.corpus, index.fingerprint, told, tuple(sorted(marks)))


def _told(name: str, line: Line, found: Figures, index: Index) -> LineReport:
    best = int(np.argmax(found.runs.stop - found.runs.first)) if found.longest else 0
    at_s = float(line.onsets_ms[found.runs.first[best]]) / MILLISECONDS if found.longest else 0.0
    nearest = _nearest(line, index.lines[name], found.nearest, index) if found.nearest else None
    human = beside(index.human, name, len(line))
    return LineReport(len(line), found.longest, at_s, found.share, nearest, found.copied, human)


def _nearest(line: Line, postings: Postings, passage: Passage, index: Index) -> Nearest:
    piece = int(postings.piece(np.array([passage.there]))[0])
    here = _span(line.onsets_ms, passage.first, passage.stop)
    there = _span(postings.onsets_ms, passage.there, passage.there_stop)
    source = index.sources[piece]
    lasts = here[1] - here[0]
    faster = round((there[1] - there[0]) / lasts, 2) if lasts else 0.0
    return Nearest(source.composer, source.title, here, there, passage.figures, passage.notes, passage.higher, faster)


def _span(onsets_ms: Any, first: int, stop: int) -> tuple[float, float]:
    times = onsets_ms[first:stop]
    return float(times.min()) / MILLISECONDS, float(times.max()) / MILLISECONDS


def _marked(line: Line, found: Figures) -> list[int]:
    long = found.runs.stop - found.runs.first >= SHARE_WINDOW
    pairs = zip(found.runs.first[long].tolist(), found.runs.stop[long].tolist(), strict=True)
    return [row for first, stop in pairs for row in line.rows[first:stop].tolist()]


def _words(name: str, line: LineReport, corpus: str) -> list[str]:
    """Three lines of text about one line of notes."""
    length = f", excerpts of {line.human['length']} notes" if line.human else ""
    lines = [f"{name}, {line.notes} notes (in brackets: unseen human pieces{length}; 95 % of them lie between)"]
    at = f" at {clock_text(line.longest_at_s)}" if line.longest else ""
    lines.append(f"  longest exact match: {line.longest} notes{at}{_human(line.human, 'longest', 1, '.0f')}")
    if line.share is not None:
        human = _human(line.human, "share", 100, ".1f", " %")
        lines.append(f"  windows of {SHARE_WINDOW} notes that stand in {corpus}: {100 * line.share:.1f} %{human}")
    if line.nearest:
        limit = f"; a copy from {COPY[name].figures} on"
        human = _human(line.human, "common", 1, ".0f")
        lines.append(
            f"  nearest passage: {line.nearest.figures} figures in common{human}{limit}: {_place(line.nearest)}"
        )
    return lines


def _human(human: Mapping[str, Any], figure: str, times: float, form: str, unit: str = "") -> str:
    if not human:
        return ""
    middle, (low, high) = human[figure]["median"] * times, human[figure]["interval"]
    return f" ({middle:{form}}{unit}; {low * times:{form}} to {high * times:{form}}{unit})"


def _place(nearest: Nearest) -> str:
    here, there = ("-".join(clock_text(second) for second in span) for span in (nearest.at_s, nearest.there_s))
    key = f", {abs(nearest.higher)} semitones {'higher' if nearest.higher > 0 else 'lower'}" if nearest.higher else ""
    pace = f", {nearest.faster:g} times as fast" if nearest.faster else ""
    by = f"{nearest.composer}: " if nearest.composer else ""
    return f"{here} is like {by}{nearest.title} at {there}{key}{pace}"
