"""The one-line report: what the hashes that travel with a model say of a piece, the corpus itself not being here.

A match is sought in the texture alone, note by note and in any key. None is overlooked; some are said to be a note
or two longer than they are (``compact.py`` says why, docs/trust.md how often).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..score import Score
from ..units import MILLISECONDS, clock_text
from .compact import LINE, SHORTEST, Compact
from .human import beside
from .lines import LINES
from .search import SHARE_WINDOW


@dataclass(frozen=True)
class Brief:
    """``notes`` compared; ``longest``: notes of the longest exact match (0: fewer than eight), from ``at_s`` on.

    ``share``: of the windows of 16 notes, None of a shorter piece; ``source``: composer, title and second of the
    longest match, where known; ``human``: the same of unseen human pieces (``human.beside``).
    """

    corpus: str
    fingerprint: str
    notes: int
    longest: int
    at_s: float
    share: float | None
    source: tuple[str, str, int] | None
    human: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """All of it, as plain values."""
        return asdict(self)

    def words(self) -> str:
        """One line."""
        found = f"{self.longest} notes at {clock_text(self.at_s)}" if self.longest else f"under {SHORTEST} notes"
        by = ": ".join(filter(None, self.source[:2])) if self.source else ""
        source = f", as in {by} at {clock_text(self.source[2])}" if self.source else ""
        share = "" if self.share is None else f"; {100 * self.share:.1f} % of its 16-note windows stand there"
        longest, windows = (self._human(*figure) for figure in (("longest", 1, ".0f", ""), ("share", 100, ".1f", " %")))
        where = f"longest exact match with {self.corpus}: {found}"
        return f"originality: {where}{longest}{source}{share}{windows if share else ''}"

    def _human(self, figure: str, times: float, form: str, unit: str) -> str:
        if not self.human:
            return ""
        low, high = (f"{times * each:{form}}" for each in self.human[figure]["interval"])
        said = "unseen human pieces of such a length: " if figure == "longest" else "they: "
        return f" ({said}{times * self.human[figure]['median']:{form}}{unit}, 95 % between {low} and {high}{unit})"


def brief(score: Score, compact: Compact) -> Brief:
    """The report of ``score``, in about a millisecond."""
    line = LINES[LINE](score)
    found = compact.found(line.pitches)
    first, stop = found.longest()
    place = compact.place(line, first, stop) if stop else None
    inside = found.matched(SHARE_WINDOW)
    return Brief(
        compact.said["corpus"],
        compact.said["fingerprint"],
        len(line),
        stop - first,
        float(line.onsets_ms[first]) / MILLISECONDS if stop else 0.0,
        float(inside.mean()) if len(inside) else None,
        _source(compact, place) if place else None,
        beside({LINE: compact.said["human"]}, LINE, len(line)),
    )


def _source(compact: Compact, place: tuple[int, int]) -> tuple[str, str, int]:
    composer, title = compact.said["sources"][place[0]]
    return str(composer), str(title), place[1]
