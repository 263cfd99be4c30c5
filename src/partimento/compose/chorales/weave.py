"""From written ids to a Score: the kept notes tick for tick, and the new ones between them.

Shapes: R rows, C columns, N notes.
"""

from dataclasses import replace

import numpy as np

from ...codecs.chorale import ChoraleCodec
from ...codecs.chorale_cells import VELOCITY, notes_of
from ...errors import WorkFailed
from ...prompt import check_kept
from ...score import Array, Score
from ...tokens import TokenTable
from ...voices import NAMES
from .layout import Ids, Layout


def woven(codec: ChoraleCodec, layout: Layout, ids: Ids) -> Score:
    """The user's Score with the notes of ``ids`` [R, C] that begin in free cells; they give way to kept notes.

    A new note is cut where the next kept one of its voice begins. Raises WorkFailed where anything kept is altered.
    """
    if (ids != layout.ids)[:, : len(NAMES)][~layout.free].any() or (ids != layout.ids)[:, len(NAMES) :].any():
        raise WorkFailed("the model changed cells that were to be kept; nothing was saved; please report this")
    kept = layout.prompt.kept
    notes = notes_of(codec.cells(TokenTable(ids.astype(np.int16), codec.columns)), layout.ticks)
    new = notes[layout.free[1:-1][notes["onset"] // layout.ticks, notes["track"]]]
    new["velocity"] = np.median(kept.notes["velocity"]) if len(kept) else VELOCITY
    beside = [_beside(kept.notes[kept.notes["track"] == v], new[new["track"] == v]) for v in range(len(NAMES))]
    result = replace(kept, notes=np.concatenate([kept.notes, *beside]))
    check_kept(layout.prompt, result)
    return result


def _beside(kept: Array, new: Array) -> Array:
    """The ``new`` notes of a voice from where a ``kept`` one has ended to where the next begins."""
    ends = np.maximum.accumulate(np.append(0, kept["onset"].astype(np.int64) + kept["duration"]))
    following = np.append(kept["onset"], np.iinfo(np.int32).max)
    place = np.searchsorted(kept["onset"], new["onset"], side="left")
    releases = np.minimum(new["onset"] + new["duration"], following[place])
    new["onset"] = np.maximum(new["onset"], ends[place])
    new["duration"] = np.maximum(releases - new["onset"], 0)
    return new[new["duration"] > 0]
