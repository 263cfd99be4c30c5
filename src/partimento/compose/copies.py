"""A guard against copies: no exact match with the training pieces grows beyond so many notes while sampling.

It asks the hashes that travel with a model (``originality.Compact``), in their order of notes: those that begin
together stand from low to high. A match that they find by chance is avoided like a real one.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..codecs import Codec
from ..errors import MissingData, UsageError
from ..originality.compact import SHORTEST, Compact
from ..originality.lines import SIMULTANEOUS_MS
from ..units import MILLISECONDS

LONGEST = 1000  # notes
STRIKES = ("pitch", "on")  # the ranges whose ids name what is struck


@dataclass(frozen=True, eq=False)
class CopyLimit:
    """No exact match with what ``compact`` holds may have more than ``notes`` notes (8 to 1000)."""

    notes: int
    compact: Compact


def check_length(notes: int | None) -> None:
    """Raise UsageError for a number of notes that cannot be a limit."""
    if notes is not None and not SHORTEST <= notes <= LONGEST:
        raise UsageError(f"--max-copy {notes} is out of range: {SHORTEST} to {LONGEST} notes")


def copy_limit(notes: int | None, compact: Compact | None, model: str, corpus: str) -> CopyLimit | None:
    """The limit of ``notes`` (None: no limit). Raises MissingData where what ``model`` learnt is not here."""
    check_length(notes)
    if notes is None:
        return None
    if compact is None:
        advice = f"`partimento originality FILE --against {corpus}` builds it"
        raise MissingData(f"--max-copy: corpus {corpus!r}, which model {model} learnt, has no index here; {advice}")
    return CopyLimit(notes, compact)


class CopyGuard:
    """Keeps the pitches written last, and says which next ones would complete too long a match.

    Raises UsageError for a codec whose rows are not notes.
    """

    def __init__(self, codec: Codec, limit: CopyLimit) -> None:
        struck = [(c, name) for c, column in enumerate(codec.columns) for name in STRIKES if name in column.offsets]
        if len(struck) != 1:
            raise UsageError(f"--max-copy: codec {codec.name} does not write note by note; leave it out")
        self.column, name = struck[0]
        self.span, self.limit = codec.columns[self.column].span(name), limit
        self.ms_per_step = MILLISECONDS / codec.steps_per_second
        self.closed: list[int] = []  # pitches of groups that are over
        self.open: list[int] = []  # of the notes that begin together with the last one
        self.last_ms = 0.0

    def push(self, row: Sequence[int], now: int) -> None:
        """Take the note that ``row`` strikes at grid step ``now`` as past; other rows change nothing."""
        pitch = row[self.column] - self.span.start
        if not 0 <= pitch < self.span.stop - self.span.start:
            return
        if not self._joins(now):
            self.closed = self._past(self.limit.notes)
            self.open = []
        self.open.append(pitch)
        self.last_ms = now * self.ms_per_step

    def mask(self, mask: NDArray[np.bool_], column: int, now: int) -> NDArray[np.bool_]:
        """``mask`` without the pitches that, struck at grid step ``now``, would complete too long a match."""
        pitches = np.flatnonzero(mask[self.span]) if column == self.column else np.zeros(0, np.int64)
        if not len(pitches):
            return mask
        kept = mask.copy()
        kept[self.span.start + pitches[self._too_long(pitches, now)]] = False
        return kept

    def fork(self) -> "CopyGuard":
        """Another guard that has heard the same; the two then go their own ways."""
        made = copy(self)
        made.closed, made.open = self.closed.copy(), self.open.copy()
        return made

    def _joins(self, now: int) -> bool:
        """Whether a note at ``now`` begins together with the last one."""
        return bool(self.open) and now * self.ms_per_step - self.last_ms <= SIMULTANEOUS_MS

    def _past(self, notes: int) -> list[int]:
        """The last pitches, in the order in which matches are sought."""
        return [*self.closed, *sorted(self.open)][-notes:]

    def _too_long(self, pitches: NDArray[np.int64], now: int) -> NDArray[np.bool_]:
        """bool[K]: after which of K pitches the last notes hold a match of more notes than allowed."""
        joins = self._joins(now)
        before = self.closed if joins else self._past(self.limit.notes)
        group = np.tile(np.array(self.open if joins else [], np.int64), (len(pitches), 1))
        group = np.sort(np.concatenate([group, pitches[:, None]], axis=1), axis=1)
        past = np.tile(np.array(before[-self.limit.notes :], np.int64), (len(pitches), 1))
        found = self.limit.compact.found(np.concatenate([past, group], axis=1))
        return np.asarray(found.matched(self.limit.notes + 1).any(axis=1))
