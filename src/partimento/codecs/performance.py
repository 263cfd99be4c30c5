"""The literature's 388 events in one column, with a begin and an end.

128 note-ons, 128 note-offs, 100 time shifts of 10 ms, 32 velocities; the sustain pedal is folded into
the note lengths and a note is cut where its pitch sounds again (Oore et al. 2018, "This time with
feeling"). At one time stand first the note-offs, then the note-ons, each in rising pitch; a velocity
is said where it changes; gaps are said in as few shifts as possible, the full ones first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..edit import cut_repeats
from ..score import NOTE, Score, table
from ..tokens import Column, TokenTable
from .codec import Codec
from .grid import PEDAL_FOLDED, STEP_MS, UNSAID, VELOCITIES, VELOCITY_WIDTH, bin_of, on_grid
from .performance_grammar import BEGIN, END, EVENT, OFF, ON, SHIFT, SHIFTS, VELOCITY, PerformanceGrammar


@dataclass(frozen=True)
class PerformanceCodec(Codec):
    """One event per row."""

    name: ClassVar[str] = "performance"

    @property
    def says_performance(self) -> bool:
        """These are its events."""
        return True

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What the performance grid loses, and the pedal."""
        return (*UNSAID, PEDAL_FOLDED)

    @property
    def columns(self) -> tuple[Column, ...]:
        """One column of events."""
        return (EVENT,)

    def grammar(self) -> "PerformanceGrammar":
        """The grammar before the first event."""
        return PerformanceGrammar()

    def canonical(self, score: Score) -> Score:
        """On the 10 ms grid, the pedal folded in."""
        return on_grid(score)

    def encode(self, score: Score) -> TokenTable:
        """Begin, the events, end."""
        notes = on_grid(score).notes
        onsets, releases = notes["onset"] // STEP_MS, (notes["onset"] + notes["duration"]) // STEP_MS
        pitch, bins = notes["pitch"].astype(np.int64), bin_of(notes)
        changed = np.diff(bins, prepend=-1) != 0  # notes stand in the order in which their note-ons do
        moves = np.concatenate(
            [
                _moves(releases, 0, pitch, OFF + pitch),
                _moves(onsets[changed], 1, 2 * pitch[changed], VELOCITY + bins[changed]),
                _moves(onsets, 1, 2 * pitch + 1, ON + pitch),
            ]
        )
        moves = moves[np.lexsort([moves[:, 2], moves[:, 1], moves[:, 0]])]
        events = np.concatenate([[BEGIN], _with_shifts(moves[:, 0], moves[:, 3]), [END]])
        return TokenTable(events.astype(np.int16)[:, None], self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The notes between ons and offs; an off without an on says nothing, an open note ends with the music."""
        events = table.ids[:, 0].astype(np.int64)
        ends = np.flatnonzero(events == END)
        events = events[: ends[0]] if len(ends) else events
        times = np.cumsum(EVENT.advances[events])
        return cut_repeats(_paired(events.tolist(), times.tolist()))


def _moves(
    times: NDArray[np.int64], order: int, rank: NDArray[np.int64], event: NDArray[np.int64]
) -> NDArray[np.int64]:
    """int[K, 4]: time, offs before ons, order among them, event."""
    return np.column_stack([times, np.full(len(times), order), rank, event]).astype(np.int64)


def _with_shifts(times: NDArray[np.int64], events: NDArray[np.int64]) -> NDArray[np.int64]:
    """Events with the shifts that lead to each."""
    gaps = np.diff(times, prepend=0)
    full, rest = gaps // SHIFTS, gaps % SHIFTS
    parts = full + (rest > 0)
    shifts = np.full(int(parts.sum()), SHIFT + SHIFTS - 1)
    last = np.cumsum(parts) - 1
    shifts[last[rest > 0]] = SHIFT + rest[rest > 0] - 1
    return np.insert(events, np.repeat(np.arange(len(events)), parts), shifts)


def _paired(events: Sequence[int], times: Sequence[int]) -> Score:
    sounding: dict[int, tuple[int, int]] = {}
    rows, velocity = [], VELOCITIES // 2
    for event, time in zip(events, times, strict=True):
        if event >= VELOCITY:
            velocity = event - VELOCITY
        elif OFF <= event < SHIFT:
            onset, loudness = sounding.pop(event - OFF, (time, velocity))
            rows.append((onset, time, event - OFF, loudness))
        elif ON <= event < OFF:
            onset, loudness = sounding.pop(event - ON, (time, velocity))
            rows.append((onset, time, event - ON, loudness))
            sounding[event - ON] = (time, velocity)
    end = max(times, default=0)
    rows += [(onset, max(end, onset + 1), pitch, loudness) for pitch, (onset, loudness) in sounding.items()]
    return Score(
        table(
            NOTE,
            [
                (on * STEP_MS, (off - on) * STEP_MS, pitch, v * VELOCITY_WIDTH + VELOCITY_WIDTH // 2, 0)
                for on, off, pitch, v in rows
                if off > on
            ],
        )
    )
