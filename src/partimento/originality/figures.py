"""What is told of a line: its longest exact match, the share of its windows found elsewhere, its nearest passage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lines import Line
from .postings import Postings
from .search import Passage, Runs, covered, exact, hits, passages


@dataclass(frozen=True)
class Limit:
    """A passage counts as copied from ``figures`` figures in common on, or from ``fewer`` over ``notes`` notes on."""

    figures: int
    fewer: int
    notes: int

    def is_copy(self, passage: Passage) -> bool:
        """Whether ``passage`` counts as copied."""
        return passage.figures >= (self.fewer if passage.notes >= self.notes else self.figures)


# Where of 314 unseen human pieces of MAESTRO fewer than one in a hundred has such a passage: docs/trust.md
COPY = {"texture": Limit(26, 20, 48), "melody": Limit(16, 16, 48)}


@dataclass(frozen=True)
class Figures:
    """``longest``: notes of the longest exact match; ``share``: of the 16-note windows, None of a shorter line.

    ``nearest``: the passage with most figures in common, one that counts as ``copied`` before all others, None where
    nothing is; ``runs``: all exact matches.
    """

    longest: int
    share: float | None
    nearest: Passage | None
    copied: bool
    runs: Runs

    @property
    def common(self) -> int:
        """How many figures the nearest passage has in common."""
        return self.nearest.figures if self.nearest else 0


def figures(name: str, line: Line, postings: Postings, excluded: NDArray[np.bool_] | None = None) -> Figures:
    """The figures of ``line``, a row of LINES, against a corpus without the pieces ``excluded``, bool[P]."""
    found = hits(line, postings, excluded)
    runs = exact(line, postings, found)
    inside = covered(runs, len(line))
    near = passages(line, postings, found, runs)
    copies = [passage for passage in near if COPY[name].is_copy(passage)]
    return Figures(
        int((runs.stop - runs.first).max(initial=0)),
        float(inside.mean()) if len(inside) else None,
        next(iter([*copies, *near]), None),
        bool(copies),
        runs,
    )
