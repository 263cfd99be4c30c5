"""Pieces from families that draw them whole: as many rows as the length asked for needs. Shapes: T rows, C columns."""

from collections.abc import Callable
from itertools import islice
from math import ceil

import numpy as np

from ..codecs import Codec
from ..errors import UsageError
from ..models.family import PieceFamily
from ..nn.filters import Sampling
from ..prompt import Length, Prompt
from ..score import Score
from ..tokens import TokenTable

MOST_ROWS = 100_000  # of a piece whose notes are counted: where a model strikes none
MOST_STRETCHES = 100_000  # of a piece whose family yields nothing


def drawn(
    model: PieceFamily,
    codec: Codec,
    prompt: Prompt,
    sampling: Sampling,
    generator: np.random.Generator,
    progress: Callable[[float], None] = lambda share: None,
) -> Score:
    """One piece, as long as the prompt says. Raises UsageError for a prompt or a sampler that the family refuses."""
    refusal = model.refuses(prompt)
    if refusal:
        raise UsageError(f"{model.name} cannot serve this prompt: {refusal}")
    taken, rows, notes = [np.zeros((0, len(codec.columns)), np.int16)], 0, 0
    for stretch in islice(model.draw(prompt, sampling, generator), MOST_STRETCHES):
        taken.append(stretch)
        rows, notes = rows + len(stretch), notes + len(codec.decode(TokenTable(stretch, codec.columns)))
        share = _share(prompt.length, codec, rows, notes)
        progress(min(share, 1.0))
        if share >= 1:
            break
    return _cut(codec, np.concatenate(taken), prompt.length)


def _share(length: Length, codec: Codec, rows: int, notes: int) -> float:
    """How much of the length asked for is drawn."""
    if length.notes is not None:
        return max(notes / length.notes, rows / MOST_ROWS)
    return rows / MOST_ROWS if length.seconds is None else rows / (length.seconds * codec.steps_per_second)


def _cut(codec: Codec, ids: np.ndarray, length: Length) -> Score:
    """The first rows, or the first notes of all."""
    if length.seconds is not None:
        ids = ids[: ceil(length.seconds * codec.steps_per_second)]
    score = codec.decode(TokenTable(ids, codec.columns))
    return score.with_notes(score.notes[: length.notes])
