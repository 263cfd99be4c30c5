"""A row per group of notes that sound together: the one token of DigitalTorterra/MechanicalBach, with its octaves.

With ``rhythm`` (10 ms, 32 velocities, the pedal folded in):

    begin    opens a piece, ``end`` closes it
    wait     3.85 s in which nothing starts
    group    time since the last one, chord, mean velocity, duration

Times are in classes, eight to a doubling, each counted from where the last one was said, so that errors do not add
up. A group lasts as long as the median of its notes, those left out that end where their pitch sounds again.
Without ``rhythm`` there is the chord alone, as in the original: a group every 250 ms, each of a quarter at 120.
Not yet fitted, the codec knows single notes alone: the top of each group.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..score import Score
from ..tokens import Column, Ids, TokenTable
from ..units import PITCHES
from .chords_rows import ChordRows
from .chords_steps import APART, FIRST, REST, ChordTokens, times
from .chords_vocabulary import Vocabulary, chords_of, counted, read, said
from .codec import Codec, Grammar
from .grid import OF_NO_PIANO_ROLL, PEDAL_FOLDED

LARGEST = 30_000  # chords, as ids are 16 bits
SINGLE = Vocabulary()
OF_GROUPS = ("which notes of a group come first within 30 ms", "chords that are none of the vocabulary")
WITH_RHYTHM = (
    "times and durations finer than an eighth of a doubling (9 %)",
    "velocities finer than 32 steps",
    "the durations and velocities of the notes of a group apart",
    "what of a note lasts beyond 15.36 s",
)
WITHOUT = ("onsets, durations and rests", "velocities")


@dataclass(frozen=True)
class ChordsCodec(Codec):
    """``rhythm``: spacing, velocity and duration beside each chord, or equal steps; ``vocabulary``: chords kept."""

    rhythm: bool = field(default=True, metadata={"help": "spacing, loudness and duration of chords; no: equal steps"})
    vocabulary: int = field(
        default=4096,
        metadata={"help": "commonest chords kept, the 128 single notes included", "range": (PITCHES, LARGEST)},
    )
    known: Vocabulary = field(default=SINGLE, init=False, repr=False)  # what ``fit`` found

    name: ClassVar[str] = "chords"

    def __post_init__(self) -> None:
        if not isinstance(self.rhythm, bool):
            raise UsageError(f"rhythm {self.rhythm!r} of codec chords is not true or false")
        if not isinstance(self.vocabulary, int) or not PITCHES <= self.vocabulary <= LARGEST:
            raise UsageError(f"vocabulary {self.vocabulary!r} of codec chords is out of range: {PITCHES} to {LARGEST}")

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What groups, classes and the vocabulary lose, and the pedal."""
        return (*(WITH_RHYTHM if self.rhythm else WITHOUT), *OF_GROUPS, *OF_NO_PIANO_ROLL, PEDAL_FOLDED)

    @property
    def keeps_time(self) -> bool:
        """Not where every group stands 250 ms after the last."""
        return self.rhythm

    @cached_property
    def form(self) -> ChordRows | ChordTokens:
        """The rows that say a piece."""
        return ChordRows(self.known) if self.rhythm else ChordTokens(self.known)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Step, chord, velocity and duration; or the chord alone."""
        return self.form.columns

    def grammar(self) -> Grammar:
        """The grammar before the first row."""
        return self.form.grammar()

    def encode(self, score: Score) -> TokenTable:
        """Begin, a row per group, end."""
        return self.form.encode(score)

    def decode(self, table: TokenTable) -> Score:
        """The chords that are said whole, up to an end."""
        return self.form.decode(table)

    def canonical(self, score: Score) -> Score:
        """In groups, each the chord that stands for it, on the grid of classes."""
        return self.decode(self.encode(score))

    def fit(self, train: Iterable[Score]) -> Self:
        """This codec with the commonest groups of ``train``."""
        return self._knowing(counted(train, self.vocabulary))

    def state(self) -> dict[str, Any]:
        """The chords of the vocabulary."""
        return said(self.known)

    def fitted(self, state: Mapping[str, Any]) -> Self:
        """This codec with the chords of ``state``. Raises UsageError."""
        return self._knowing(read(state, self.vocabulary))

    def coverage(self, score: Score) -> tuple[int, int]:
        """How many groups of ``score`` have a chord of their own, and how many there are."""
        groups = chords_of(score)
        return self.known.exact(groups), len(groups)

    def advances(self, before: Sequence[int]) -> NDArray[np.int32]:
        """int[V]: as the steps say; without rhythm a chord stands 250 ms after the chord before it."""
        if self.rhythm:
            return super().advances(before)
        return np.where(np.arange(self.columns[0].size) >= REST, APART * (before[0] >= REST), 0).astype(np.int32)

    def times(self, ids: Ids) -> NDArray[np.int64]:
        """int[T]: the grid step at which each row stands."""
        return super().times(ids) if self.rhythm else times(ids)

    def says_note(self, row: Sequence[int], before: Sequence[int]) -> int:
        """How many notes the chord of a row has."""
        spoken = all(row[1:]) if self.rhythm else row[0] >= FIRST
        return int(self.strikes(self._column)[row[self._column]]) if spoken else 0

    def strikes(self, column: int) -> NDArray[np.int32]:
        """int[V]: the notes of each chord."""
        size = self.columns[column].size
        if column != self._column:
            return np.zeros(size, np.int32)
        return np.concatenate([np.zeros(size - len(self.known.sizes), np.int32), self.known.sizes])

    def silent(self, row: Sequence[int]) -> list[int]:
        """The row's step in time, or a rest."""
        return super().silent(row) if self.rhythm else [min(row[0], REST)]

    @property
    def _column(self) -> int:
        """Which column says the chord."""
        return int(self.rhythm)

    def _knowing(self, known: Vocabulary) -> Self:
        made = replace(self)
        object.__setattr__(made, "known", known)
        return made
