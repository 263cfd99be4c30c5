"""What a model is judged by while it trains, lower is better: nats of validation pieces, or its distance from them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np

from .. import edit
from ..audit import Statistics, audit, distance
from ..codecs import Codec
from ..compose import compose
from ..data.corpus import Corpus
from ..models.cell_likelihood import CellLikelihood, cell_likelihoods
from ..models.family import Family, PieceFamily, RowFamily
from ..models.grid import GridFamily
from ..models.guessed import Guessed
from ..models.likelihood import likelihoods, mean_per_note
from ..nn.precision import precision
from ..prompt import Length, from_nothing
from ..recipe import Recipe
from .trainer import Stopped

VALIDATION_CHORALES = 40  # which are short
VALIDATION_PIECES = 15  # spread over the split: enough to steer by, quick enough to do often
DRAWN, DRAWN_S = 8, 20.0  # pieces of a family that draws them whole, and seconds of each
EXCERPTS = 32  # real ones, which cost next to nothing


@dataclass(frozen=True)
class Validation:
    """The figure that ``model.validation`` names, and by column the share of cells guessed right, where it has one.

    ``nats``: by voice of a grid, what its cells cost.
    """

    value: float
    accuracy: Mapping[str, float] = field(default_factory=dict)
    nats: Mapping[str, float] = field(default_factory=dict)


def validated(model: Family, recipe: Recipe, corpus: Corpus, stopped: Stopped) -> Validation | None:
    """How good the model is; None without validation pieces that it does not learn, and after a stop on the way."""
    pieces = [] if recipe.data.all_but_test else corpus.split("validation")
    if isinstance(model, RowFamily) and pieces:
        return _row_by_row(model, recipe, corpus, spread(pieces, VALIDATION_PIECES), stopped)
    if isinstance(model, GridFamily) and pieces:
        return _cell_by_cell(model, recipe, corpus, spread(pieces, VALIDATION_CHORALES), stopped)
    if isinstance(model, PieceFamily) and pieces:
        return _distance(model, recipe.codec, corpus, spread(pieces, EXCERPTS), stopped)
    return None


def _row_by_row(
    model: RowFamily, recipe: Recipe, corpus: Corpus, pieces: Sequence[int], stopped: Stopped
) -> Validation | None:
    """Nats per note and accuracy of ``pieces``, whole."""
    windows, parts, guessed = recipe.windows, [], Guessed.none(len(model.columns))
    context, stride = model.windows_of_likelihood(model.config, windows.sequence)
    with precision(recipe.training.precision, next(model.parameters()).device):
        for part in likelihoods(model, recipe.codec, corpus, pieces, context, stride, windows.batch_size, guessed):
            parts.append(part)
            if stopped():
                return None
    return Validation(mean_per_note(parts), guessed.shares(model.columns))


def _cell_by_cell(
    model: GridFamily, recipe: Recipe, corpus: Corpus, pieces: Sequence[int], stopped: Stopped
) -> Validation | None:
    """Nats per cell and accuracy by voice of ``pieces``, whole."""
    parts: list[CellLikelihood] = []
    with precision(recipe.training.precision, next(model.parameters()).device):
        for part in cell_likelihoods(model, recipe.codec, corpus, pieces):
            parts.append(part)
            if stopped():
                return None
    total = sum(parts[1:], parts[0])
    names = [column.name for column in model.voices]
    shares, nats = ((each / np.maximum(total.cells, 1)).tolist() for each in (total.right, total.nats))
    return Validation(total.per_cell, *(dict(zip(names, each, strict=True)) for each in (shares, nats)))


def _distance(
    model: PieceFamily, codec: Codec, corpus: Corpus, pieces: Sequence[int], stopped: Stopped
) -> Validation | None:
    """Of a few pieces from nothing, always from the same seed, from how ``pieces`` begin as the codec can say it."""
    heard, prompt = list[Statistics](), from_nothing(Length(seconds=DRAWN_S))
    drawing = deepcopy(model).cpu() if next(model.parameters()).is_cuda else model
    for made in compose(drawing, codec, prompt, count=DRAWN):
        heard.append(audit(made.score))
        if stopped():
            return None
    return Validation(distance(heard, [_beginning(codec, corpus, piece) for piece in pieces]))


def _beginning(codec: Codec, corpus: Corpus, piece: int) -> Statistics:
    score = corpus.score(piece)
    first = float(score.seconds(int(score.notes["onset"].min())))
    start, stop = (int(tick) for tick in score.ticks(np.array([first, first + DRAWN_S])))
    return audit(codec.canonical(edit.excerpt(score, start, stop)))


def spread(pieces: list[int], count: int) -> list[int]:
    """``count`` of ``pieces``, evenly spread."""
    return [pieces[i] for i in np.linspace(0, len(pieces) - 1, min(count, len(pieces))).round().astype(int)]
