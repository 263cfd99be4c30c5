"""How the ``chords`` codec says a piece without rhythm: a token per group, each 250 ms after the last.

The steps of MechanicalBach: half a quarter at 120 from group to group, every note a quarter long (music21's
default) and at velocity 90. ``rest`` is never written: it is what a kept token says of the written music.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..edit import cut_repeats
from ..score import NOTE, Score
from ..tokens import Column, Ids, Range, TokenTable
from ..units import PITCHES
from .chords_vocabulary import Integers, Vocabulary, chords, firsts
from .codec import Grammar, Mask
from .grid import STEP_MS, on_grid

APART, LASTS = 25, 50  # grid steps
VELOCITY = 90
BEGIN, END, REST, FIRST = range(4)


@dataclass(frozen=True)
class ChordTokens:
    """Tokens over the chords of a vocabulary."""

    vocabulary: Vocabulary

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """One column of tokens."""
        known = (Range("pitch", PITCHES), Range("chord", len(self.vocabulary.chords)))
        return (Column("chord", (Range("begin"), Range("end"), Range("rest"), *known)),)

    def grammar(self) -> "ChordTokensGrammar":
        """The grammar before the first token."""
        return ChordTokensGrammar(self.columns[0].size)

    def encode(self, score: Score) -> TokenTable:
        """Begin, the groups, end."""
        notes = on_grid(score).notes
        places = self.vocabulary.places(chords(notes["pitch"], firsts(notes["onset"].astype(np.int64) // STEP_MS)))
        return TokenTable(np.concatenate([[BEGIN], FIRST + places, [END]]).astype(np.int16)[:, None], self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The chords up to an end."""
        ends = np.flatnonzero(table.ids[:, 0] == END)
        ids = table.ids[: ends[0]] if len(ends) else table.ids
        spoken = np.flatnonzero(ids[:, 0] >= FIRST)
        group, pitch = np.nonzero(self.vocabulary.strikes[ids[spoken, 0] - FIRST])
        notes = np.zeros(len(pitch), NOTE)
        notes["onset"], notes["pitch"] = times(ids)[spoken[group]] * STEP_MS, pitch
        notes["duration"], notes["velocity"] = LASTS * STEP_MS, VELOCITY
        return cut_repeats(Score(notes))


class ChordTokensGrammar(Grammar):
    """Begin, any chords, end."""

    def __init__(self, size: int) -> None:
        self.size, self.last = size, -1

    def allowed(self, chosen: Sequence[int]) -> Mask:
        """bool[V] for the next token."""
        mask = np.arange(self.size) >= FIRST
        mask[END] = True
        if self.last in (-1, END):
            mask[:] = False
            mask[BEGIN] = self.last == -1
        return mask

    def push(self, row: Sequence[int]) -> None:
        """Take a token, legal or not, as past."""
        self.last = int(row[0])


def times(ids: Ids) -> Integers:
    """int[T]: the grid step at which each token stands: time moves on from one that sounds or rests to the next."""
    counts = ids[:, 0] >= REST
    moves = counts & np.concatenate([[False], counts[:-1]])[: len(counts)]
    return np.cumsum(moves * APART, dtype=np.int64)
