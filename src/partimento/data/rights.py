"""Whose the pieces of a corpus are, and what its models have to say of them: licences, credits, remarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..score import Score
from . import SOURCES
from .corpus import Corpus
from .masks import says_velocity
from .transposing import is_chorale


@dataclass(frozen=True)
class Credit:
    """Someone who made pieces known, under one licence: ``pieces`` names each, with its composer."""

    credit: str
    licence: str
    pieces: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, as a card holds them."""
        return {"credit": self.credit, "licence": self.licence, "pieces": list(self.pieces)}


def rights(corpus: Corpus, pieces: Sequence[int]) -> dict[str, Any]:
    """The part of a card that says on what terms these pieces may be used: plain values, nothing where there is
    nothing to say beyond the licence and credit of the source."""
    credits = credits_of(corpus, pieces)
    more = f"; {len(credits)} credits, by name and piece, stand on the model's card" if credits else ""
    said = {"licence": licences_of(corpus, pieces), "credit": corpus.manifest.credit + more}
    lists = {"credits": [credit.to_json() for credit in credits], "remarks": list(remarks_of(corpus, pieces))}
    return {**said, **{name: values for name, values in lists.items() if values}}


def licences_of(corpus: Corpus, pieces: Sequence[int]) -> str:
    """Every licence that one of the pieces is under, in alphabetical order."""
    return ", ".join(sorted({corpus.pieces[i].licence or corpus.manifest.licence for i in pieces}))


def credits_of(corpus: Corpus, pieces: Sequence[int]) -> tuple[Credit, ...]:
    """Everyone whom a piece of its own credits, by licence and name; pieces that the source's credit covers: none."""
    found: dict[tuple[str, str], list[str]] = {}
    for piece in (corpus.pieces[i] for i in pieces):
        if piece.credit:
            named = ": ".join(text for text in (piece.composer, piece.title or piece.id) if text)
            found.setdefault((piece.licence or corpus.manifest.licence, piece.credit), []).append(named)
    return tuple(Credit(who, licence, tuple(sorted(named))) for (licence, who), named in sorted(found.items()))


def remarks_of(corpus: Corpus, pieces: Sequence[int]) -> tuple[str, ...]:
    """What the source has its models say, and how many pieces taught nothing of velocity; chorales never do."""
    source = SOURCES.get(corpus.manifest.source)
    silent = sum(_lacks_loudness(corpus.score(i)) for i in pieces)
    counted = f"Loudness was learnt from {len(pieces) - silent} of {len(pieces)} pieces: the others have three"
    return (*(source.remarks if source else ()), *([f"{counted} velocities or fewer."] if silent else []))


def _lacks_loudness(score: Score) -> bool:
    return not says_velocity(score) and not is_chorale(score)
