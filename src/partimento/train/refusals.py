"""What is refused before a run begins: a codec or windows that do not fit the family, windows that no piece fills."""

from collections.abc import Sequence

from ..data.corpus import Corpus
from ..errors import UsageError
from ..models import family_of
from ..recipe import Recipe


def check_fit(recipe: Recipe) -> None:
    """Refuse a codec or windows that the family cannot be trained on. Raises UsageError."""
    family, rows = family_of(recipe.family), recipe.windows.sequence
    reason = family.misfit(recipe.model, recipe.codec.columns) or family.misfit_windows(recipe.model, rows)
    if reason:
        raise UsageError(f"family {family.name} refuses: {reason}")


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
