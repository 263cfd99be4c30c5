"""What a model is judged by while it trains, lower is better: nats of validation pieces, or its distance from them."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np

from .. import edit
from ..audit import Statistics, audit, distance
from ..codecs import Codec
from ..compose import compose
from ..data.corpus import Corpus
from ..models.family import Family, PieceFamily, RowFamily
from ..models.likelihood import likelihoods, mean_per_note
from ..nn.precision import precision
from ..prompt import Length, from_nothing
from ..recipe import Recipe
from .trainer import Stopped

VALIDATION_PIECES = 15  # spread over the split: enough to steer by, quick enough to do often
DRAWN, DRAWN_S = 8, 20.0  # pieces of a family that draws them whole, and seconds of each
EXCERPTS = 32  # real ones, which cost next to nothing


def validated(model: Family, recipe: Recipe, corpus: Corpus, stopped: Stopped) -> float | None:
    """The figure that ``model.validation`` names; None without validation pieces, and after a stop on the way."""
    pieces = corpus.split("validation")
    if isinstance(model, RowFamily) and pieces:
        return _nats_per_note(model, recipe, corpus, spread(pieces, VALIDATION_PIECES), stopped)
    if isinstance(model, PieceFamily) and pieces:
        return _distance(model, recipe.codec, corpus, spread(pieces, EXCERPTS), stopped)
    return None


def _nats_per_note(
    model: RowFamily, recipe: Recipe, corpus: Corpus, pieces: Sequence[int], stopped: Stopped
) -> float | None:
    """Of ``pieces``, whole."""
    windows, parts = recipe.windows, []
    context, stride = model.windows_of_likelihood(model.config, windows.sequence)
    with precision(recipe.training.precision, next(model.parameters()).device):
        for part in likelihoods(model, recipe.codec, corpus, pieces, context, stride, windows.batch_size):
            parts.append(part)
            if stopped():
                return None
    return mean_per_note(parts)


def _distance(
    model: PieceFamily, codec: Codec, corpus: Corpus, pieces: Sequence[int], stopped: Stopped
) -> float | None:
    """Of a few pieces from nothing, always from the same seed, from how ``pieces`` begin as the codec can say it."""
    heard, prompt = list[Statistics](), from_nothing(Length(seconds=DRAWN_S))
    drawing = deepcopy(model).cpu() if next(model.parameters()).is_cuda else model
    for made in compose(drawing, codec, prompt, count=DRAWN):
        heard.append(audit(made.score))
        if stopped():
            return None
    return distance(heard, [_beginning(codec, corpus, piece) for piece in pieces])


def _beginning(codec: Codec, corpus: Corpus, piece: int) -> Statistics:
    score = corpus.score(piece)
    first = float(score.seconds(int(score.notes["onset"].min())))
    start, stop = (int(tick) for tick in score.ticks(np.array([first, first + DRAWN_S])))
    return audit(codec.canonical(edit.excerpt(score, start, stop)))


def spread(pieces: list[int], count: int) -> list[int]:
    """``count`` of ``pieces``, evenly spread."""
    return [pieces[i] for i in np.linspace(0, len(pieces) - 1, min(count, len(pieces))).round().astype(int)]
