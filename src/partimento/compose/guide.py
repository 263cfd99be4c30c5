"""Steers one piece: the codec's grammar, the prompt's free span, kept rows, length and loops.

Times are grid steps of the codec unless a name says otherwise.
"""

from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from ..codecs import Codec
from ..nn.decoders import Row
from ..prompt import Prompt
from ..tokens import Column, TokenTable
from ..units import PITCHES
from .copies import CopyGuard, CopyLimit
from .kept import known_ahead, spans, split
from .loops import REMEMBERED, LoopGuard
from .pedal import PedalGuard
from .silence import SilenceGuard

MAY_END_AFTER = 0.9  # of the length asked for: a piece that is to last a minute does not end after half
ALL = range(PITCHES)
MOST_ROWS = 100_000  # of a piece without a length: where a model never ends


class RowGuide:
    """Proposed rows in, taken rows out; a kept row is taken where the proposal would pass it by."""

    def __init__(self, codec: Codec, prompt: Prompt, copies: CopyLimit | None = None) -> None:
        self.codec, self.columns, self.length = codec, codec.columns, prompt.length
        self.grammar, self.loops = codec.grammar(), LoopGuard(codec.columns, codec.steps_per_second)
        self.pedal = PedalGuard(codec.columns, codec.steps_per_second)
        free = spans(codec, prompt)
        (self.opens, self.closes), *self.more = free  # the free span that is next or now, and those behind it
        self.start, self.stop = free[0][0], free[-1][1]
        self.pitches = prompt.free[0].pitches
        self.goes_on = prompt.is_continuation
        self.most_rows = MOST_ROWS if self.length.notes is None and np.isinf(self.stop) else np.inf
        self.prefix, self.kept = split(codec, prompt, self.start)
        now = int(codec.times(self.prefix.ids)[-1])
        self.shift = 0 if codec.keeps_time else self.start - now  # by which the piece is ahead of the table
        self.now = now + self.shift
        self.taken: list[Row] = [codec.silent(row) for row in self.prefix.ids.tolist()]
        self.before: Row = self.prefix.ids[-1].tolist()
        self.ahead = known_ahead(codec, self.kept, self.stop, self.shift)
        self.silence = SilenceGuard(codec.columns[0], max(self.now, self.start), codec.steps_per_second)
        self.written_notes, self.done = 0, self.start >= self.stop
        self.inside = [_inside(column, self.pitches) for column in codec.columns]
        self._remember(self.prefix.ids.tolist())
        self.copies = self._copy_guard(copies)

    def _remember(self, rows: Sequence[Row]) -> None:
        """Take the rows before the first written one as past: a primer's loop is not gone round again either."""
        for row, now in zip(rows, self.codec.times(self.prefix.ids).tolist(), strict=True):
            self.grammar.push(row)
            self.pedal.push(row, now)
        for row in rows[-REMEMBERED:]:
            self.loops.push(row)

    def _copy_guard(self, limit: CopyLimit | None) -> CopyGuard | None:
        """A guard that has heard the notes before the first written one."""
        guard = CopyGuard(self.codec, limit) if limit else None
        rows, times = self.prefix.ids.tolist(), self.codec.times(self.prefix.ids).tolist()
        for before, row, now in zip(rows, rows[1:], times[1:], strict=False):
            if guard and self.codec.says_note(row, before):
                guard.push(row, now + self.shift)
        return guard

    def fork(self) -> "RowGuide":
        """Another guide in the same state; the two then go their own ways."""
        made = copy(self)  # shares what is never changed: codec, columns, prefix, masks
        made.grammar, made.loops, made.pedal = self.grammar.fork(), self.loops.fork(), self.pedal.fork()
        made.silence = self.silence.fork()
        made.copies = self.copies.fork() if self.copies else None
        made.kept, made.taken, made.more = self.kept.copy(), self.taken.copy(), self.more.copy()
        return made

    @property
    def written(self) -> TokenTable:
        """What was written, at its time, with everything kept said as silence."""
        return TokenTable(np.array(self.taken, np.int16), self.columns)

    @property
    def share(self) -> float:
        """How much of the length asked for is written, 0 to 1; 1 when done."""
        if self.done:
            return 1.0
        if self.length.notes:
            return self.written_notes / self.length.notes
        return 0.0 if np.isinf(self.stop) else max(self.now - self.start, 0) / (self.stop - self.start)

    def allowed(self, chosen: Sequence[int]) -> NDArray[np.bool_] | None:
        """bool[V] of the next column: the grammar, the span, no early end, no pedal for ever, no loop."""
        mask = self.grammar.allowed(chosen)
        if mask is None:
            mask = np.ones(self.columns[len(chosen)].size, bool)
        if not chosen:
            self._mask_first(mask)
            mask = self.silence.mask(mask, self.codec.advances(self.before), self.now)
        self._mask_pitches(mask, len(chosen))
        self._mask_crowds(mask, len(chosen))
        mask = self.pedal.mask(mask, len(chosen), self.now)
        for guarded in (self._outside_copies(mask, chosen), self.loops.mask(mask, chosen)):
            both = mask & guarded
            mask = both if both.any() else mask
        return mask

    def settle(self, row: Row) -> Row:
        """Take the proposed row, or the next kept row if the proposal would stand after it."""
        time = self.now + int(self.codec.advances(self.before)[row[0]])
        ends = self.columns[0].describe(row[0]) == "end"
        over = ends or time >= self.closes
        if over and self.more and not (self.kept and self.kept[0][0] < self.more[0][0]):
            return self._wait_for_next()
        passed = self.kept and (ends or (time, *row[1:2]) >= self.kept[0][:2])
        if passed and not (over and self.goes_on):  # what still sounds of a primer lengthens nothing
            return self._take_kept()
        if over:
            self.done = True
            return row
        self.written_notes += self.codec.says_note(row, self.before)
        self._take(row, row)
        self.done = self.written_notes >= (self.length.notes or np.inf) or len(self.taken) >= self.most_rows
        return row

    def _wait_for_next(self) -> Row:
        """Nothing is kept before the next free span: it opens, and a wait leads towards it."""
        (self.opens, self.closes), *self.more = self.more
        first = self.columns[0]
        row = [first.id("wait"), *[0] * (len(self.columns) - 1)]
        if self.now + int(self.codec.advances(self.before)[row[0]]) > self.opens:
            row[0] = first.id("time", int(self.opens) - self.now)
        self._take(row, self.codec.silent(row))
        return row

    def _outside_copies(self, mask: NDArray[np.bool_], chosen: Sequence[int]) -> NDArray[np.bool_]:
        """``mask`` without the pitches that would make a copy longer than is allowed."""
        if not self.copies:
            return mask
        now = self.now + (int(self.codec.advances(self.before)[chosen[0]]) if chosen else 0)
        return self.copies.mask(mask, len(chosen), now)

    def _mask_first(self, mask: NDArray[np.bool_]) -> None:
        """Nothing before the span, no end before its time; a step that passes the span says "no more"."""
        offsets = self.columns[0].offsets
        if self.now < self.opens:
            self._mask_early(mask)
        mask[offsets["end"]] &= self._may_end()
        if "time" in offsets and self.pitches != ALL:
            here = self.grammar.allowed([offsets["time"]])
            if here is not None:
                self._mask_pitches(here, 1)
                mask[offsets["time"]] &= here.any()

    def _mask_early(self, mask: NDArray[np.bool_]) -> None:
        """No step that ends before the span, but the longest where all do."""
        offsets, advances = self.columns[0].offsets, self.codec.advances(self.before)
        early = (advances > 0) | (np.arange(len(mask)) >= min(offsets.get("time", len(mask)), len(mask)))
        if self.now + advances.max() < self.opens:
            early &= advances < advances.max()
        mask[early & (self.now + advances < self.opens)] = False
        if "pitch" in offsets:  # a column of tokens: what it strikes, it strikes now
            mask[self.columns[0].span("pitch")] = False

    def _may_end(self) -> bool:
        if self.kept and not self.goes_on:
            return True  # then an end says that nothing more comes before the next kept row
        if self.length.notes:
            return False
        if np.isinf(self.stop):
            return True
        return self.now - self.start >= MAY_END_AFTER * (self.stop - self.start)

    def _mask_pitches(self, mask: NDArray[np.bool_], column: int) -> None:
        if "pedal" in self.columns[column].offsets and self._holds_pedal():
            mask[self.columns[column].span("pedal")] = False
        for span, inside in self.inside[column]:
            if self.pitches != ALL:
                mask[span] &= inside
            if not mask.any():  # every free pitch sounds: strike one of them again
                mask[span] = inside

    def _mask_crowds(self, mask: NDArray[np.bool_], column: int) -> None:
        """No chord of more notes than are still asked for."""
        strikes = self.codec.strikes(column) if self.length.notes else None
        if strikes is not None:
            mask &= strikes <= (self.length.notes or 0) - self.written_notes

    def _holds_pedal(self) -> bool:
        """Whether the primer's pedal is still down: lifting it is then not for the model to say."""
        pedal = self.columns[1].span("pedal")
        return self.goes_on and any(pedal.start <= pitch < pedal.stop for _, pitch, _ in self.kept)

    def _take_kept(self) -> Row:
        time, _, row = self.kept[0]
        gap, first = time - self.now, self.columns[0]
        longest = first.range("time").count - 1
        if gap > longest:
            row = [first.id("wait"), *[0] * (len(self.columns) - 1)]
        else:
            self.kept.popleft()
            row = [first.id("time", gap), *row[1:]]
        self._take(row, self.codec.silent(row))
        while self.now >= self.closes and self.more:
            (self.opens, self.closes), *self.more = self.more
        self.done = self.now >= self.closes
        return row

    def _take(self, row: Row, said: Row) -> None:
        self.grammar.push(row)
        self.loops.push(row)
        self.now += int(self.codec.advances(self.before)[row[0]])
        self.pedal.push(row, self.now)
        if self.codec.says_note(row, self.before):
            self.silence.push(self.now)
            if self.copies:
                self.copies.push(row, self.now)
        self.before = row
        self.taken.append(said)


def _inside(column: Column, pitches: range) -> list[tuple[slice, NDArray[np.bool_]]]:
    """The ids of a column that strike a pitch, with a mask of those inside ``pitches``."""
    inside = np.zeros(PITCHES, bool)
    inside[pitches.start : pitches.stop] = True
    return [(column.span(name), inside) for name in ("pitch", "on") if name in column.offsets]
