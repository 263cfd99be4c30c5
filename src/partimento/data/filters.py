"""Choosing pieces: ``composer=Chopin,title=Sonata,year=2004-2008,kind=solo,licence=CC-BY``; all must hold.

Texts match anywhere, whatever their case and accents; a comma within a value stays in it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import get_close_matches

from ..errors import UnknownName, UsageError
from .corpus import Corpus
from .source import Piece, folded

Predicate = Callable[[Piece], bool]


def parse_filter(text: str) -> Predicate:
    """The predicate that ``text`` writes. Raises UnknownName for a key, UsageError for a value."""
    conditions = [_condition(key, value) for key, value in _pairs(text)]
    return lambda piece: all(condition(piece) for condition in conditions)


def filtered(corpus: Corpus, text: str) -> Corpus:
    """The view of ``corpus`` that the filter chooses. Raises UsageError where it chooses nothing."""
    wanted, licence = parse_filter(text), corpus.manifest.licence  # of pieces that name none of their own
    view = corpus.select(lambda piece: wanted(piece if piece.licence else replace(piece, licence=licence)))
    if not len(view):
        raise UsageError(f"filter {text!r}: chooses none of {len(corpus)} pieces; {_advice(corpus, text)}")
    return view


def _advice(corpus: Corpus, text: str) -> str:
    """The nearest composers, where it is the composer that nobody is."""
    wanted = dict(_pairs(text)).get("composer", "")
    composers = {piece.composer for piece in corpus.pieces}
    known = any(folded(wanted) in folded(name) for name in composers)
    near = [] if known else _nearest(wanted, composers)
    return f"nearest composers: {', '.join(near)}" if near else "leave a condition out"


def _pairs(text: str) -> list[tuple[str, str]]:
    """Keys and values; ``title=Op. 11, No. 2`` is one pair, because ``No. 2`` has no key."""
    parts = re.split(r",(?=\s*\w+\s*=)", text)
    pairs = [part.partition("=") for part in parts if part.strip()]
    return [(key.strip().lower(), value.strip()) for key, _, value in pairs]


def _condition(key: str, value: str) -> Predicate:
    if key not in FIELDS:
        raise UnknownName("filter key", key, FIELDS)
    if not value:
        raise UsageError(f"filter {key}: has no value; write {key}={'2004-2008' if key == 'year' else 'TEXT'}")
    return FIELDS[key](value)


def _text(name: str) -> Callable[[str], Predicate]:
    """The condition that a field of the piece holds a text."""

    def condition(value: str) -> Predicate:
        wanted = folded(value)
        return lambda piece: wanted in folded(getattr(piece, name))

    return condition


def _year(value: str) -> Predicate:
    match = re.fullmatch(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?", value)
    if not match:
        raise UsageError(f"filter year={value}: a year or a range of years, such as 2004 or 2004-2008")
    first, last = int(match[1]), int(match[2] or match[1])
    return lambda piece: first <= piece.year <= last


FIELDS: dict[str, Callable[[str], Predicate]] = {
    **{name: _text(name) for name in ("composer", "title", "kind", "licence")},
    "year": _year,
}


def _nearest(value: str, composers: Iterable[str]) -> list[str]:
    """Up to three composers of whom a word resembles ``value``."""
    words = {word: name for name in sorted(composers) for word in (*folded(name).split(), folded(name))}
    near = get_close_matches(folded(value), words, n=6, cutoff=0.6)
    return list(dict.fromkeys(words[word] for word in near))[:3]
