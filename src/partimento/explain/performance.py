"""What a family of rows makes of a piece: every column of every row, given the rows before it.

Shapes: R rows behind the first, C columns, N notes.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..checkpoint import Checkpoint
from ..codecs import Codec
from ..errors import UsageError
from ..models import family_of
from ..models.family import RowFamily
from ..models.likelihood import score_cells
from ..score import Score
from ..tokens import Ids
from .explanation import Explanation, Moment
from .measure import judged_rows
from .words import Table, said

GIVEN = "each given all before it"
NO_LIKELIHOOD = "draws pieces whole and says no probability of a note; take a model that writes rows, such as maestro"


def explained_performance(name: str, checkpoint: Checkpoint, score: Score, alternatives: int = 5) -> Explanation:
    """``score`` as the model called ``name`` sees it, with so many ``alternatives`` for each column.

    Raises UsageError for a family without likelihoods and for a piece without notes, InputError for one that the
    codec has no words for.
    """
    recipe = checkpoint.recipe
    codec, family = recipe.codec, family_of(recipe.family)
    if not issubclass(family, RowFamily):
        raise UsageError(f"model {name}: family {family.name} {NO_LIKELIHOOD}")
    played = codec.canonical(score)
    if not len(played):
        raise UsageError(f"{score.title or 'the piece'}: has no notes, so there is nothing to explain")
    ids, counted = score_cells(codec, score, score.title or "the piece")
    context, stride = family.windows_of_likelihood(recipe.model, recipe.windows.sequence)
    model = checkpoint.model()
    assert isinstance(model, RowFamily)
    table = Table(codec, ids[1:], counted, judged_rows(model, ids, context, stride, alternatives))
    moments = tuple(_moments(codec, ids, table, len(played)))
    about = {
        "weights_sha256": checkpoint.weights_hash,
        "codec": codec.name,
        "context_rows": context,
        "stride_rows": stride,
    }
    return Explanation(name, about, GIVEN, played, moments, _note_nats(codec, moments, len(played)))


def _moments(codec: Codec, ids: Ids, table: Table, notes: int) -> Iterator[Moment]:
    """A moment for each row behind the first; the notes are counted as they are said."""
    times, heard, rows = codec.times(ids) / codec.steps_per_second, 0, ids.tolist()
    for row in range(1, len(rows)):
        begun = range(heard, min(heard + codec.says_note(rows[row], rows[row - 1]), notes))
        heard = begun.stop
        time_s = float(times[row])
        what = f"note {begun.start + 1}" if begun else f"row {row}"
        yield Moment(row, time_s, f"{what} at {time_s:.2f} s", tuple(begun), said(table, row - 1))


def _note_nats(codec: Codec, moments: Sequence[Moment], notes: int) -> NDArray[np.float64]:
    """float[N]: of each note its row's nats; where it is said in several rows, those since the note before, too."""
    found = np.zeros(notes)
    since: list[float] = []
    for moment in moments:
        since = [moment.nats] if codec.one_row_per_note else [*since, moment.nats]
        for note in moment.notes:
            found[note] = math.fsum(since) / len(moment.notes)
        since = [] if moment.notes else since
    return found
