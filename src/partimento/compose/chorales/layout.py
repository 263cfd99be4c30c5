"""A prompt laid out on the grid of 16ths: what every cell says, and which of them are free.

A cell is free where its 16th begins in a free span of its voice, unless a kept note sounds there. A note whose onset
is free goes, and what of it reaches beyond its span becomes a hold of whatever will be written before it.
Shapes: T 16ths, R = T + 2 rows of the table (begin and end stand around it), C columns.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from ...audit.grid import tonics_of
from ...audit.passage import NO_TONIC
from ...codecs.chorale import ChoraleCodec
from ...codecs.chorale_cells import HOLD, QUARTER, REST, Cells, cells_of
from ...edit import stretch
from ...errors import UsageError
from ...prompt import Prompt
from ...score import Score
from ...units import PITCHES, pitch_name
from ...voices import NAMES, VOICES
from .prompts import Mask

MOST_ROWS = 16_384  # a thousand bars of 4/4

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layout:
    """``ids`` int[R, C] with what is known, ``free`` bool[R, 4], and the prompt whose ticks divide into 16ths.

    ``kept`` bool[R, 4]: where kept notes sound, which nothing may prolong.
    """

    prompt: Prompt
    ids: Ids
    free: Mask
    kept: Mask

    @property
    def length(self) -> int:
        """T."""
        return len(self.ids) - 2

    @property
    def ticks(self) -> int:
        """Of a 16th."""
        return self.prompt.score.ticks_per_quarter // QUARTER

    @cached_property
    def tonics(self) -> NDArray[np.int64]:
        """int[R]: the pitch class of the tonic in force, -1 where it is unknown."""
        return np.pad(tonics_of(self.prompt.score, self.length), 1, constant_values=NO_TONIC)


def laid_out(codec: ChoraleCodec, prompt: Prompt) -> Layout:
    """``prompt`` in the ids of ``codec``; the free cells hold what its Score has there.

    Raises UsageError for what is no prompt for four voices.
    """
    _check(codec, prompt)
    prompt = _divided(prompt)
    length = _length(prompt)
    kept, every = (_padded(cells_of(score), length) for score in (prompt.kept, prompt.score))
    free = _covered(prompt, length) & (kept == REST)
    if not free.any():
        raise UsageError("nothing is free: no 16th of what may be written is without a kept note; free more of it")
    cells = np.where(free, every, np.where((kept == REST) & (every != REST), HOLD, kept)).astype(np.int16)
    ids = codec.table(cells, prompt.score).ids.astype(np.int64)
    return Layout(prompt, ids, *(np.pad(mask, ((1, 1), (0, 0))) for mask in (free, kept != REST)))


def _check(codec: ChoraleCodec, prompt: Prompt) -> None:
    if not codec.hold:
        raise UsageError("the model's codec has no holds, so that it cannot write notes; train one with hold = true")
    if prompt.score.tracks != NAMES:
        raise UsageError(f"a prompt for a chorale has the tracks {', '.join(NAMES)}, not {prompt.score.tracks}")
    if any(span.pitches != range(PITCHES) for span in prompt.free):
        raise UsageError("of a chorale voices and times can be free, not pitches; free a voice instead")
    if not prompt.free:
        raise UsageError("nothing is free: say which voices or bars are to be written")
    _check_ranges(prompt.kept)


def _check_ranges(kept: Score) -> None:
    for voice, name in zip(VOICES, NAMES, strict=True):
        pitches = kept.notes["pitch"][kept.notes["track"] == NAMES.index(name)]
        for pitch in (pitches[:0] if not len(pitches) else np.array([pitches.min(), pitches.max()])).tolist():
            if pitch not in voice.pitches:
                lowest, highest = pitch_name(voice.low), pitch_name(voice.high)
                raise UsageError(
                    f"{name}: {pitch_name(pitch)} is out of its range ({lowest} to {highest}); transpose the music"
                )


def _divided(prompt: Prompt) -> Prompt:
    """``prompt`` in ticks of which a 16th has a whole number."""
    factor = QUARTER // gcd(prompt.score.ticks_per_quarter, QUARTER)
    if factor == 1:
        return prompt
    finer = replace(stretch(prompt.score, factor), ticks_per_quarter=prompt.score.ticks_per_quarter * factor)
    spans = (replace(s, start=s.start * factor, stop=None if s.stop is None else s.stop * factor) for s in prompt.free)
    return replace(prompt, score=finer, free=tuple(spans))


def _length(prompt: Prompt) -> int:
    """T: 16ths until the last release, or the last stop of what is free. Raises UsageError."""
    end = max([prompt.score.end, *(span.stop or 0 for span in prompt.free)])
    length = -(-end * QUARTER // prompt.score.ticks_per_quarter)
    if not 1 <= length <= MOST_ROWS:
        raise UsageError(f"a chorale of {length} 16ths is out of range: 1 to {MOST_ROWS}; say how long it is to be")
    return length


def _covered(prompt: Prompt, length: int) -> Mask:
    """bool[T, 4]: the cells whose 16th begins in a free span."""
    starts = np.arange(length) * (prompt.score.ticks_per_quarter // QUARTER)
    covered = np.zeros((length, len(NAMES)), np.bool_)
    for span in prompt.free:
        inside = (starts >= span.start) & (starts < (np.inf if span.stop is None else span.stop))
        covered[inside, slice(None) if span.track is None else span.track] = True
    return covered


def _padded(cells: Cells, length: int) -> Cells:
    return np.pad(cells[:length], ((0, max(length - len(cells), 0)), (0, 0)))
