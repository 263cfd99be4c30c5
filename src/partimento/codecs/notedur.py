"""The 312 tokens of notes, durations and separators at a sixteenth of 120 quarters to the minute (125 ms).

    pitch duration   a note; those of one time stand from high to low
    sep duration     a wait until the next; one of more than 160 steps is said in several, the full ones first

The vocabulary of SVJayanthi/RNNMusicSynthesis (taken there from musicautobot), without the padding after
its begin. Notes last 1 to 128 steps, so that none is lost to silence; every velocity is 90.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..edit import cut_repeats
from ..score import NOTE, Score
from ..tokens import Column, Ids, TokenTable
from ..units import MILLISECONDS
from .codec import Codec, check_option
from .grid import OF_NO_PIANO_ROLL, PEDAL_DROPPED, PEDAL_FOLDED, at_one_velocity
from .notedur_grammar import (
    BEGIN,
    DURATION,
    END,
    FULL_WAIT,
    LONGEST_NOTE,
    LONGEST_WAIT,
    PITCH,
    SEP,
    TEMPO,
    TOKEN,
    NoteDurationGrammar,
)

PEDALS = ("dropped", "folded")
VELOCITY = 90
STEPS_PER_SECOND = 8
STEP_MS = MILLISECONDS // STEPS_PER_SECOND
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class NoteDurationCodec(Codec):
    """``pedal``: dropped, as in the original, or folded into the note lengths."""

    pedal: Literal["dropped", "folded"] = field(
        default="dropped", metadata={"help": "left out, or in the lengths of notes", "choices": ("dropped", "folded")}
    )

    name: ClassVar[str] = "notedur"
    steps_per_second: ClassVar[int] = STEPS_PER_SECOND

    def __post_init__(self) -> None:
        check_option(self.name, "pedal", self.pedal, PEDALS)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Velocities, what is finer than a sixteenth, the ends of very long notes, the pedal."""
        pedal = PEDAL_FOLDED if self.pedal == "folded" else PEDAL_DROPPED
        return ("times finer than 125 ms", "velocities", "what of a note lasts beyond 16 s", *OF_NO_PIANO_ROLL, pedal)

    @property
    def columns(self) -> tuple[Column, ...]:
        """One column of tokens."""
        return (TOKEN,)

    def grammar(self) -> NoteDurationGrammar:
        """The grammar before the first token."""
        return NoteDurationGrammar()

    def canonical(self, score: Score) -> Score:
        """On the grid of sixteenths, at one velocity."""
        return at_one_velocity(score, VELOCITY, LONGEST_NOTE * STEP_MS, STEP_MS, self.pedal)

    def encode(self, score: Score) -> TokenTable:
        """Begin, the pairs of tokens, end."""
        notes = self.canonical(score).notes
        onsets, pitch, lasts = (notes[name].astype(np.int64) for name in ("onset", "pitch", "duration"))
        order = np.lexsort([-pitch, onsets])
        pairs = np.column_stack([PITCH + pitch, DURATION + lasts // STEP_MS])[order]
        whole = np.concatenate([[BEGIN], _with_waits(onsets[order] // STEP_MS, pairs).ravel(), [END]])
        return TokenTable(whole.astype(np.int16)[:, None], self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The pairs that are whole and say something; a note of no duration, and all after an end, say nothing."""
        ends = np.flatnonzero(table.ids[:, 0] == END)
        ids = table.ids[: ends[0]] if len(ends) else table.ids
        before, tokens = _pairs(ids)
        spoken = _within(before, "pitch") & _within(tokens, "duration") & (tokens > DURATION)
        notes = np.zeros(int(spoken.sum()), NOTE)
        notes["onset"], notes["pitch"] = self.times(ids)[spoken] * STEP_MS, before[spoken] - PITCH
        notes["duration"], notes["velocity"] = (tokens[spoken] - DURATION) * STEP_MS, VELOCITY
        return cut_repeats(Score(notes))

    def times(self, ids: Ids) -> Integers:
        """int[T]: the grid step at which each token stands: a duration moves time on after a separator alone."""
        before, tokens = _pairs(ids)
        waits = (before == SEP) & _within(tokens, "duration")
        return np.cumsum(np.where(waits, tokens - DURATION, 0), dtype=np.int64)

    def advances(self, before: Sequence[int]) -> NDArray[np.int32]:
        """int[V]: a duration moves time on after a separator alone."""
        return WAITS if before[0] == SEP else NO_WAITS

    def says_note(self, row: Sequence[int], before: Sequence[int]) -> bool:
        """Whether a duration makes a note whole."""
        return PITCH <= before[0] < DURATION < row[0] < TEMPO

    def silent(self, row: Sequence[int]) -> list[int]:
        """The token itself, if it may be of a wait: a duration without its pitch says nothing."""
        return [row[0] if row[0] == SEP or DURATION <= row[0] < TEMPO else BEGIN]


def _within(tokens: Integers, name: str) -> NDArray[np.bool_]:
    """bool[T]: the tokens of one range."""
    span = TOKEN.span(name)
    return (tokens >= span.start) & (tokens < span.stop)


WAITS = TOKEN.values * _within(np.arange(TOKEN.size), "duration")
NO_WAITS = np.zeros_like(WAITS)


def _pairs(ids: Ids) -> tuple[Integers, Integers]:
    """int[T] each: the token before each token (before the first, a begin), and the token."""
    tokens = ids[:, 0].astype(np.int64)
    return np.concatenate([[BEGIN], tokens])[: len(tokens)], tokens


def _with_waits(onsets: Integers, pairs: Integers) -> Integers:
    """Notes [N, 2] with the waits that lead to each."""
    gaps = np.diff(onsets, prepend=0)
    parts = -(-gaps // LONGEST_WAIT)
    waits = np.full((int(parts.sum()), 2), (SEP, FULL_WAIT))
    last = np.cumsum(parts) - 1
    waits[last[parts > 0], 1] = DURATION + ((gaps - 1) % LONGEST_WAIT + 1)[parts > 0]
    return np.insert(pairs, np.repeat(np.arange(len(pairs)), parts), waits, axis=0)
