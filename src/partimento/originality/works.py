"""Which two pieces may be the same work, by their composers and titles: performances of one work copy each other.

Titles are written in many ways and sometimes wrong, so the rule errs towards "the same": what it takes out of a
comparison can hide a likeness between works, never count a second performance as a copy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..data.source import Piece, folded

CATALOGUES = re.compile(r"\b(op(?:us)?|bwv|hob|woo|sz|kv?|d|s|l|r|bb|hwv|rv)[. ]*([ivx]+:? *)?(\d+)")
KEYS = re.compile(r"\b([a-h])[- ]?(flat|sharp|b|#|moll|dur)?[- ]*(major|minor|maj|min|dmin|moll|dur)?\b\.?")
NUMBERS = re.compile(r"\bno[.s]* *(\d+)")
FLATS = {"b": "flat", "#": "sharp"}
MODES = {"maj": "major", "dur": "major", "min": "minor", "moll": "minor"}
SPELLINGS = {"son": "sonata", "sonate": "sonata", "var": "variations", "variation": "variations"}
GENRE_WORDS = (
    "sonata sonatina prelude fugue etude study impromptu nocturne waltz mazurka ballade scherzo polonaise rondo suite "
    "partita variations fantasia fantasie fantasy toccata rhapsody bagatelle intermezzo invention sinfonia concerto "
    "moment capriccio minuet gigue allemande courante sarabande gavotte bourree march dance song piece"
)
TERM_WORDS = (
    "major minor flat sharp maj min moll dur op opus no nos bwv hob woo the and und et de des du la le les a in of on "
    "for from to by der die das con e ma non i ii iii iv v vi vii viii ix x xi xii first second third fourth movement "
    "movements mov movt st nd rd th complete book vol volume volumes wtc wtk ed edition version arr arranged theme "
    "allegro adagio andante presto vivace moderato largo lento grave allegretto molto poco assai brio cantabile "
    "sostenuto maestoso concert grand grande musical piano solo new old selections excerpts xvi d k kv s l sz wo oo "
    "finale brillante quasi una after his with an bagatelles"
)
GENRES = frozenset(GENRE_WORDS.split())
GENERIC = GENRES | frozenset(TERM_WORDS.split())


@dataclass(frozen=True)
class Work:
    """What a title says: composers' names, catalogue numbers, keys, genres, numbers, and words that few titles have."""

    names: frozenset[str]
    catalogue: frozenset[str]
    keys: frozenset[str]
    genres: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=65536)
def work_of(composer: str, title: str) -> Work:
    """What the composer's name and the title of a piece say."""
    names = (part.split()[-1] for part in re.split(r"[/&,;]", folded(composer)) if part.split())
    text = folded(title).replace("études", "etudes")
    found = [SPELLINGS.get(word, word) for word in re.findall(r"[a-z]+", text)]
    singular = [word[:-1] if word[:-1] in GENRES else word for word in found]
    return Work(
        frozenset(names),
        frozenset(f"{_catalogue(kind)}{number}" for kind, _, number in CATALOGUES.findall(text)),
        frozenset(_keys(text)),
        frozenset(GENRES.intersection(singular)),
        frozenset(NUMBERS.findall(text)),
        frozenset(word for word in singular if word not in GENERIC and len(word) > 2),
    )


def may_be_same(one: Work, other: Work) -> bool:
    """Whether two titles may name the same work, or one a part of the other.

    A composer in common (or none known), and: a catalogue number, a word that is no musical term, or a genre
    with the same key or the same number, or with neither in one of the two.
    """
    if one.names and other.names and not one.names & other.names:
        return False
    if one.catalogue & other.catalogue or one.words & other.words:
        return True
    if not one.genres & other.genres:
        return not (one.catalogue | one.words | one.genres and other.catalogue | other.words | other.genres)
    vague = any(not (work.keys or work.numbers or work.catalogue) for work in (one, other))
    return bool(one.keys & other.keys or one.numbers & other.numbers or vague)


def same_works(piece: Piece, others: Sequence[Piece]) -> NDArray[np.bool_]:
    """bool[P]: which of ``others`` may be the same work as ``piece``."""
    work = work_of(piece.composer, piece.title)
    return np.array([may_be_same(work, work_of(other.composer, other.title)) for other in others], bool)


def _catalogue(kind: str) -> str:
    return {"opus": "op", "kv": "k"}.get(kind, kind)


def _keys(text: str) -> list[str]:
    """Keys such as ``bflat major``; a letter alone is one only with a mode behind it."""
    found = []
    for letter, accidental, mode in KEYS.findall(text):
        mode = mode.removeprefix("d") if mode == "dmin" else mode
        if accidental in ("moll", "dur"):
            accidental, mode = "", accidental
        if mode:
            found.append(f"{letter}{FLATS.get(accidental, accidental)} {MODES.get(mode, mode)}")
    return found
