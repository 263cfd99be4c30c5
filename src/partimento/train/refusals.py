"""What is refused before a run begins: a codec or windows that do not fit the family, windows that no piece fills."""

from collections.abc import Sequence

from ..data.corpus import Corpus
from ..errors import UnknownName, UsageError
from ..models import family_of
from ..models.family import PieceFamily
from ..recipe import Recipe


def check_fit(recipe: Recipe) -> None:
    """Refuse a codec or windows that the family cannot be trained on, or that it cannot compose as is said.

    Raises UsageError.
    """
    family, rows, columns = family_of(recipe.family), recipe.windows.sequence, recipe.codec.columns
    reason = family.misfit(recipe.model, columns) or family.misfit_windows(recipe.model, rows)
    if reason:  # for columns that no options make fit, there is a codec that does
        advice = f"; say --codec {family.codec}" if family.misfit(family.Config(), columns) else ""
        raise UsageError(f"family {family.name} refuses: {reason}{advice}")
    check_sampling(recipe)


def check_sampling(recipe: Recipe) -> None:
    """Refuse a way to compose that the family or the codec has no use for. Raises UsageError, UnknownName."""
    sampling, known = recipe.sampling, [column.name for column in recipe.codec.columns]
    for name in filter(None, sampling.columns.split(",")):
        if name not in known:
            raise UnknownName("column", name, known, "(sampling.columns; none named: all)")
    if issubclass(family_of(recipe.family), PieceFamily) and recipe.preset.keys() - {"temperature"}:
        raise UsageError(f"family {recipe.family} draws whole pieces: of [sampling] it has temperature alone")


def check_length(recipe: Recipe, corpus: Corpus, pieces: Sequence[int]) -> None:
    """Refuse windows that are longer than the longest of ``pieces``. Raises UsageError.

    The rows behind a piece's first are counted. Pieces of many notes come first, so that one is mostly enough.
    """
    asked, longest = recipe.windows.sequence, 0
    for piece in sorted(pieces, key=lambda piece: -corpus.entries[piece].notes):
        longest = max(longest, len(recipe.codec.encode(corpus.score(piece))) - 1)
        if longest >= asked:
            return
    place = f"the {len(pieces)} pieces to train on: the longest has {longest} rows"
    raise UsageError(f"sequence {asked} is longer than any of {place}; say --sequence {longest} or less")
