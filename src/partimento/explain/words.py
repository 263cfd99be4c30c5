"""The ids of a table as a musician says them: F#4, 120 ms, velocity 68. Shapes: R rows, C columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from ..codecs import Codec
from ..codecs.grid import velocity_of
from ..tokens import Column, Ids
from ..units import MILLISECONDS, pitch_name
from .explanation import Alternative, Said
from .measure import Judged

PEDAL = ("pedal up", "pedal down")
PITCHED = {"pitch": "{}", "on": "{}", "off": "{} ends"}  # ranges of pitches


@dataclass(frozen=True, eq=False)
class Table:
    """What stands in a table, ``ids`` [R, C] of which ``counted`` [R, C] count, and what was said of each column."""

    codec: Codec
    ids: Ids
    counted: NDArray[np.bool_]
    judged: Sequence[Judged]


def said(table: Table, row: int, only: int | None = None) -> tuple[Said, ...]:
    """What was said of the columns of a row, or of one alone."""
    columns = range(len(table.judged)) if only is None else (only,)
    return tuple(_said(table, row, c) for c in columns)


def _said(table: Table, row: int, c: int) -> Said:
    column, judged, token = table.codec.columns[c], table.judged[c], int(table.ids[row, c])
    best = zip(judged.likeliest[row].tolist(), judged.shares[row].tolist(), strict=True)
    others = tuple(Alternative(in_words(table.codec, column, each), share) for each, share in best)
    nats, words = float(judged.nats[row]), in_words(table.codec, column, token)
    return Said(column.name, words, exp(-nats), nats, int(judged.rank[row]), bool(table.counted[row, c]), others)


def in_words(codec: Codec, column: Column, token: int) -> str:
    """What the id ``token`` of ``column`` stands for; its name in the vocabulary where that says it best."""
    kind = next((each for each in reversed(column.ranges) if column.offsets[each.name] <= token), column.ranges[0])
    value = int(column.values[token])
    if kind.name in PITCHED:
        return PITCHED[kind.name].format(pitch_name(value))
    if kind.name == "pedal":
        return PEDAL[value]
    if kind.name == "velocity":
        return f"velocity {_velocity(codec, value)}"
    if kind.lasts:
        return f"{_ms(codec, int(column.lasts[token]))} ms"
    if kind.advances and kind.name != "wait":
        return f"{_ms(codec, int(column.advances[token]))} ms later" if value else "at once"
    return column.describe(token)


def _ms(codec: Codec, steps: int) -> int:
    return steps * MILLISECONDS // codec.steps_per_second


def _velocity(codec: Codec, value: int) -> int:
    width = int(getattr(codec, "velocity_width", 1))
    return int(velocity_of(np.array(value), width)) if width > 1 else value
