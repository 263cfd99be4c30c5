"""Composed pieces beside real excerpts of the same length: listening with numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .. import edit
from ..compose.model import Model
from ..compose.request import Request
from ..data.corpus import Corpus
from ..nn.filters import Sampling
from ..prompt import Length
from ..score import Score

PRIMER_S = 10.0


@dataclass(frozen=True)
class Listening:
    """How many pieces, how long, on which split, from which seed."""

    pieces: int = 50
    seconds: float = 60.0
    split: str = "test"
    seed: int = 0


def excerpts(corpus: Corpus, plan: Listening, start_s: float = 0.0) -> Iterator[Score]:
    """The ``seconds`` of real pieces that begin ``start_s`` after their first onset, in the model's terms."""
    chosen = corpus.split(plan.split)
    for index in chosen[:: max(len(chosen) // plan.pieces, 1)][: plan.pieces]:
        score = corpus.score(index)
        first = float(score.seconds(int(score.notes["onset"].min()))) + start_s
        start, stop = (int(tick) for tick in score.ticks(np.array([first, first + plan.seconds])))
        yield edit.excerpt(score, start, stop)


def from_nothing(model: Model, plan: Listening, sampling: Sampling | None = None) -> list[Score]:
    """Pieces of which nothing was given."""
    request = Request(length=Length(plan.seconds), sampling=sampling or model.preset, seed=plan.seed, count=plan.pieces)
    return [piece.score for piece in model.pieces(request)]


def continuations(model: Model, corpus: Corpus, plan: Listening, sampling: Sampling | None = None) -> list[Score]:
    """What the model writes after the first seconds of real pieces, without them."""
    primers = excerpts(corpus, Listening(plan.pieces, PRIMER_S, plan.split))
    written = []
    for number, primer in enumerate(primers):
        asked = Request(
            primer,
            keep_primer=False,
            length=Length(plan.seconds),
            sampling=sampling or model.preset,
            seed=plan.seed + number,
        )
        written.append(next(model.pieces(asked)).score)
    return written
