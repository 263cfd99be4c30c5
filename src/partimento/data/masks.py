"""Which cells of an encoded piece a loss may be taken on: a score typeset from notation says nothing of velocity.

Shapes: T rows, C columns.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..score import Score
from ..tokens import Column, Ids

FEWEST_VELOCITIES = 4  # with three or fewer, velocities are a program's defaults and accents, not dynamics
VELOCITY = "velocity"  # the name of a column, or of a range among others in a column


def says_velocity(score: Score) -> bool:
    """Whether the velocities of a piece, as it was before any augmentation, are worth learning."""
    return len(np.unique(score.notes["velocity"])) >= FEWEST_VELOCITIES


def counted(ids: Ids, columns: Sequence[Column], score: Score) -> NDArray[np.bool_]:
    """bool[T, C]: the cells of ``ids`` that a loss may count; ``score`` is the piece before augmentation."""
    mask = np.ones(ids.shape, bool)
    if not says_velocity(score):
        for c, column in enumerate(columns):
            mask[:, c] = _is_silent_on_velocity(column, ids[:, c])
    return mask


def predicted(columns: Sequence[Column]) -> NDArray[np.bool_]:
    """bool[C]: the columns of which a likelihood is taken: all that are not given."""
    return np.array([not column.given for column in columns])


def _is_silent_on_velocity(column: Column, ids: Ids) -> NDArray[np.bool_]:
    """bool[T]. Of a whole column for velocity nothing counts: left to its other ids, it would only learn these."""
    if column.name == VELOCITY:
        return np.zeros(ids.shape, bool)
    if VELOCITY not in column.offsets:
        return np.ones(ids.shape, bool)
    span = column.span(VELOCITY)
    return (ids < span.start) | (ids >= span.stop)
