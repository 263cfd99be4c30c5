"""How original held-out human pieces are: what the figures of a piece are read beside.

The originality baseline of Yin et al. 2021 ("A good algorithm does not steal, it imitates"): unseen music of the same
kind, against the same training pieces. Excerpts are as long as the piece is, as longer music has longer matches, and
other performances of the same work are left out (``works.py``).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..data.corpus import Corpus
from ..data.source import Piece
from .figures import Figures, figures
from .index import Index
from .lines import LINES
from .works import same_works

LENGTHS = {"texture": (128, 512, 2048), "melody": (32, 128, 512)}  # notes of the excerpts
EXCERPTS = 100  # of each length, each of another piece as far as there are so many
MIDDLE = (2.5, 97.5)  # percentiles: between them lie 95 % of excerpts
FIGURES: dict[str, Callable[[Figures], float]] = {
    "longest": lambda found: found.longest,
    "share": lambda found: found.share or 0.0,
    "common": lambda found: found.common,
}


def human_figures(
    index: Index, corpus: Corpus, held: Sequence[int], progress: Callable[[float], None] = lambda share: None
) -> dict[str, Any]:
    """By line and length: each figure's median over excerpts of the pieces ``held``, and where 95 % of them lie."""
    sources = [Piece(source.id, "", source.title, "", "", source.composer) for source in index.sources]
    told: dict[str, Any] = {name: {} for name in LENGTHS}
    rows = [(name, length) for name, lengths in LENGTHS.items() for length in lengths]
    for nth, (name, length) in enumerate(rows):
        progress(nth / len(rows))
        if found := _excerpts(index, corpus, held, name, length, sources):
            told[name][str(length)] = {"excerpts": len(found), **{k: _middle(f, found) for k, f in FIGURES.items()}}
    return told


def _excerpts(
    index: Index, corpus: Corpus, held: Sequence[int], name: str, length: int, sources: Sequence[Piece]
) -> list[Figures]:
    """The figures of EXCERPTS random excerpts; of every piece of that length, where there are fewer."""
    generator = np.random.default_rng(length)
    found: list[Figures] = []
    for piece in generator.permutation(np.array(held, np.int64)).tolist():
        line = LINES[name](corpus.score(piece))
        if len(line) >= length and len(found) < EXCERPTS:
            start = int(generator.integers(len(line) - length + 1))
            excluded = same_works(corpus.pieces[piece], sources)
            found.append(figures(name, line[start : start + length], index.lines[name], excluded))
    return found


def _middle(figure: Callable[[Figures], float], found: Sequence[Figures]) -> dict[str, Any]:
    values = [figure(one) for one in found]
    return {"median": float(np.median(values)), "interval": [float(x) for x in np.percentile(values, MIDDLE)]}


def beside(human: Mapping[str, Any], line: str, notes: int) -> Mapping[str, Any]:
    """The figures of the excerpts whose length is nearest to ``notes``, with that ``length``; empty: there are none."""
    lengths = human.get(line, {})
    if not lengths:
        return {}
    nearest = min(lengths, key=lambda length: abs(np.log(int(length) / max(notes, 1))))
    return {"length": int(nearest), **lengths[nearest]}
