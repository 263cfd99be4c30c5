"""Where a primer is taken from: a position in a file, or a piece of a split of the model's own corpus.

The five systems had three ways: MechanicalBach and music-lstm a random window of a split, RNNMusicSynthesis
a file from its third on, MusicGeneration nothing. All are here; what is drawn is drawn from the request's seed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..data.corpus import Corpus
from ..data.corpus import corpus as open_corpus
from ..data.filters import filtered
from ..data.source import SPLITS, Piece, folded
from ..edit import excerpt, opening
from ..errors import UsageError
from ..recipe import DataConfig
from ..score import Provenance, Score

RANDOM = "random"
NUMBER = re.compile(r"(\d{1,5}(?:\.\d*)?|\.\d+)\s*(%|s)?")
POSITIONS = "seconds such as 30, a share such as 33%, or random"
CORPUS_S = 20.0  # of a piece of the corpus, where no length is asked for
STREAM = 2**32 - 1  # of chance: no piece has this number


@dataclass(frozen=True)
class Primer:
    """The music to go on from, how many seconds of it are used (None: all), and where it comes from."""

    score: Score | None = None
    seconds: float | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """``primer_from`` is seconds, a share or "random"; ``primer_piece`` part of a title or composer.

    Raises UsageError for what is none.
    """

    primer_from: str | float = ""
    primer_split: str = ""
    primer_piece: str = ""

    def __post_init__(self) -> None:
        _position(self.primer_from)
        if self.primer_split not in ("", *SPLITS):
            raise UsageError(f"--primer-split {self.primer_split}: not one of {', '.join(SPLITS)}")
        if self.primer_piece and not self.primer_split:
            raise UsageError(f"--primer-piece needs --primer-split, one of {', '.join(SPLITS)}")

    def check(self, has_file: bool) -> None:
        """Refuse a place in nothing, or in two pieces of music. Raises UsageError."""
        if has_file and self.primer_split:
            raise UsageError("--primer and --primer-split exclude each other: one is a file, one a piece of the corpus")
        if self.primer_from != "" and not has_file and not self.primer_split:
            raise UsageError("--primer-from needs --primer FILE or --primer-split SPLIT")

    def taken(self, score: Score | None, seconds: float | None, data: DataConfig, seed: int) -> Primer:
        """What stands here: of ``score``, or of the corpus and the pieces that ``data`` names.

        Raises MissingData for a corpus that is not prepared, UsageError where nothing is found.
        """
        self.check(score is not None)
        generator = np.random.default_rng([seed, STREAM])
        if self.primer_split:
            score, origin = self._drawn(data, generator)
            return self._part(score, CORPUS_S if seconds is None else seconds, origin, generator)
        if score is None or self.primer_from == "":
            return Primer(score, seconds, _own_terms(score))
        return self._part(score, seconds, _own_terms(score), generator)

    def _drawn(self, data: DataConfig, generator: np.random.Generator) -> tuple[Score, dict[str, Any]]:
        """A piece of the split, and what is to be said of it."""
        corpus = open_corpus(data.corpus)
        view = filtered(corpus, data.filter) if data.filter else corpus
        found = self._candidates(view, data.corpus)
        index = found[int(generator.integers(len(found)))]
        piece, score = view.pieces[index], view.score(index)
        origin = {"corpus": data.corpus, "fingerprint": corpus.fingerprint, "split": piece.split, "piece": piece.id}
        told = {"composer": piece.composer, "title": piece.title}
        return score, {**origin, **told, "licence": score.provenance.licence, "credit": score.provenance.credit}

    def _candidates(self, view: Corpus, name: str) -> list[int]:
        """The pieces of the split that are meant. Raises UsageError where there is none."""
        pieces = view.split(self.primer_split)
        if not pieces:
            raise UsageError(f"--primer-split {self.primer_split}: corpus {name} has no piece in it; take another")
        found = [i for i in pieces if folded(self.primer_piece) in folded(_named(view.pieces[i]))]
        if not found:
            near = _nearest(self.primer_piece, [view.pieces[i] for i in pieces])
            advice = f"nearest: {'; '.join(near)}" if near else "leave it out, and one is drawn"
            where = f"none of the {len(pieces)} {self.primer_split} pieces of {name} is called so"
            raise UsageError(f"--primer-piece {self.primer_piece!r}: {where}; {advice}")
        return found

    def _part(
        self, score: Score, seconds: float | None, origin: Mapping[str, Any], generator: np.random.Generator
    ) -> Primer:
        """``score`` from the position on, as far as it is needed."""
        start = _start(self.primer_from, score, seconds or 0.0, generator)
        part = excerpt(score, start, max(score.end, start + 1))
        if not len(part):
            last = float(score.seconds(int(score.notes["onset"].max(initial=0))))
            raise UsageError(f"--primer-from {self.primer_from}: no note begins there; the last begins at {last:.1f} s")
        from_s = round(float(score.seconds(start)), 3)
        return Primer(part if seconds is None else opening(part, seconds), seconds, {**origin, "from_s": from_s})


def _own_terms(score: Score | None) -> dict[str, Any]:
    """On what terms a file may be used that says so itself, as those do that Partimento wrote."""
    origin = score.provenance if score is not None else Provenance()
    said = {"piece": origin.source, "licence": origin.licence, "credit": origin.credit}
    return said if origin.licence else {}


def terms(own: str, primer: object) -> str:
    """The licence or credit of a model's output that keeps a primer under terms of its own."""
    return own if primer in (None, "", own) else f"{own}; primer: {primer}"


def _position(text: str | float) -> tuple[float, bool]:
    """A number, and whether it is per cent of the whole; nothing and "random" are the beginning. Raises UsageError."""
    if text in ("", RANDOM):
        return 0.0, False
    match = NUMBER.fullmatch(str(text).strip())
    number, is_share = (float(match[1]), match[2] == "%") if match else (0.0, False)
    if not match or (is_share and number >= 100):
        raise UsageError(f"--primer-from {text}: not a position; {POSITIONS}")
    return number, is_share


def _start(text: str | float, score: Score, seconds: float, generator: np.random.Generator) -> int:
    """The tick of a position; a random one is that of a note with ``seconds`` behind it, where there is any."""
    if text == RANDOM:
        onsets = score.notes["onset"]
        early = onsets[score.seconds(onsets) <= max(score.duration_s - seconds, 0.0)]
        return int(generator.choice(early if len(early) else onsets[:1])) if len(onsets) else 0
    number, is_share = _position(text)
    return int(score.ticks(number / 100 * score.duration_s if is_share else number))


def _named(piece: Piece) -> str:
    return ": ".join(filter(None, (piece.composer, piece.title)))


def _nearest(text: str, pieces: Sequence[Piece]) -> list[str]:
    """Up to three pieces of which a word resembles ``text``."""
    words = {word: _named(piece) for piece in pieces for word in (*folded(_named(piece)).split(), folded(piece.title))}
    return list(dict.fromkeys(words[word] for word in get_close_matches(folded(text), words, n=6, cutoff=0.6)))[:3]
