"""What a prompt keeps, in the rows of a codec: those before the free part, those behind, and what is known ahead."""

from collections import deque
from collections.abc import Sequence
from math import ceil

import numpy as np

from ..codecs import Codec
from ..nn.decoders import Row
from ..nn.frozen_ahead import Known
from ..prompt import Prompt
from ..tokens import Ids, TokenTable

Kept = deque[tuple[int, int, Row]]  # grid step, id of the second column, row


def spans(codec: Codec, prompt: Prompt) -> list[tuple[int, float]]:
    """Where each free span opens and closes, in grid steps. A length counts from where the first opens."""
    asked = np.inf if prompt.length.seconds is None else prompt.length.seconds * codec.steps_per_second
    found = [(ceil(_steps(codec, prompt, span.start) - 1e-6), span.stop) for span in prompt.free]
    closes = [np.inf if stop is None else _steps(codec, prompt, stop) for _, stop in found]
    return [(opens, min(close, found[0][0] + asked)) for (opens, _), close in zip(found, closes, strict=True)]


def _steps(codec: Codec, prompt: Prompt, tick: int) -> float:
    return float(prompt.score.seconds(tick)) * codec.steps_per_second


def split(codec: Codec, prompt: Prompt, start: int) -> tuple[TokenTable, Kept]:
    """The kept rows before the span as a prefix, and those after its start with their times.

    Of a primer these are ties and a pedal that goes up. A codec of events has none: there the model
    releases what still sounds.
    """
    table = codec.prefix(prompt.kept)
    times = codec.times(table.ids)
    cut = max(int(np.searchsorted(times, start, side="left")), 1)
    if prompt.is_continuation:  # an onset right before the span may round to its first step
        cut = max(cut, _behind_last_note(codec, table.ids.tolist()))
    later: Ids = table.ids[cut:] if codec.one_row_per_note else table.ids[:0]
    rows = zip(times[len(times) - len(later) :].tolist(), later.tolist(), strict=True)
    return TokenTable(table.ids[:cut], table.columns), deque(
        (time, row[1], row) for time, row in rows if codec.columns[0].describe(row[0]) != "wait"
    )


def _behind_last_note(codec: Codec, rows: Sequence[Row]) -> int:
    """How many rows there are to the last that says a note."""
    return next((i + 1 for i in range(len(rows) - 1, 0, -1) if codec.says_note(rows[i], rows[i - 1])), 0)


def known_ahead(codec: Codec, kept: Kept, stop: float, shift: int) -> Known:
    """Kept rows, and the end where a length is known, at grid steps of a table that lags ``shift`` behind the piece."""
    rows = [(time, row) for time, _, row in kept]
    if np.isfinite(stop):
        last = rows[-1][0] if rows else 0
        rows.append((max(last, int(stop)), [codec.columns[0].id("end"), *[0] * (len(codec.columns) - 1)]))
    ids = np.array([row for _, row in rows], np.int64).reshape(-1, len(codec.columns))
    return Known(ids, np.array([time for time, _ in rows], np.int64) - shift)
