"""What a family of grids makes of four voices: every cell, given what the family is given when it writes.

Shapes: T 16ths, N notes.
"""

from collections.abc import Iterator

import numpy as np

from ..checkpoint import Checkpoint
from ..codecs.chorale import ChoraleCodec
from ..codecs.chorale_cells import QUARTER
from ..errors import UsageError
from ..models.grid import GridFamily
from ..models.likelihood import score_cells
from ..notation.bars import place
from ..score import Score
from ..voices import NAMES
from .explanation import Explanation, Moment
from .measure import judged_cells
from .words import Table, said

IN_ORDER = "each cell given all before it, voices from the highest down"
PSEUDO = "each cell given all others"


def explained_chorale(name: str, checkpoint: Checkpoint, score: Score, alternatives: int = 5) -> Explanation:
    """``score``, on the tracks of ``voices.NAMES``, as the model called ``name`` sees it.

    Raises UsageError for a piece without notes, InputError for one that the codec has no words for.
    """
    model, codec = checkpoint.model(), checkpoint.recipe.codec
    assert isinstance(model, GridFamily) and isinstance(codec, ChoraleCodec)
    if not len(score):
        raise UsageError(f"{score.title or 'the piece'}: has no notes, so there is nothing to explain")
    ids, counted = score_cells(codec, score, score.title or "the piece")
    voices = len(model.voices)
    inner = slice(1, -1)  # begin and end are no music
    table = Table(codec, ids[inner, :voices], counted[:-1, :voices], judged_cells(model, ids, alternatives))
    moments = tuple(_moments(score, table))
    nats = np.zeros(len(score))
    for moment in moments:
        nats[list(moment.notes)] = moment.nats
    about = {"weights_sha256": checkpoint.weights_hash, "codec": codec.name}
    return Explanation(name, about, PSEUDO if model.pseudo else IN_ORDER, score, moments, nats)


def _moments(score: Score, table: Table) -> Iterator[Moment]:
    """A moment for each voice in each 16th, in order of time and from the highest voice down."""
    sixteenth = score.ticks_per_quarter / QUARTER
    cells = (score.notes["onset"] / sixteenth).astype(np.int64).tolist()
    struck = {cell: note for note, cell in enumerate(zip(cells, score.notes["track"].tolist(), strict=True))}
    for row in range(len(table.ids)):
        tick = round(row * sixteenth)
        time_s, where = float(score.seconds(tick)), place(score, tick)
        for voice, called in enumerate(NAMES):
            note = struck.get((row, voice))
            notes = () if note is None else (note,)
            yield Moment(row + 1, time_s, f"{where}, {called.lower()}", notes, said(table, row, voice))
