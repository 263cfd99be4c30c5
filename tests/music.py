"""Music and tables by chance, for laws: nothing here knows torch."""

from dataclasses import fields
from itertools import product
from typing import Literal, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import strategies as st

from partimento.codecs import CODECS
from partimento.score import NOTE, PEDAL, TEMPO, Score, from_notes, table
from partimento.tokens import TokenTable

ticks = st.integers(0, 300) | st.integers(0, 9000)  # near each other for collisions, far for waits
lengths = st.integers(1, 300) | st.integers(1, 15_000)  # long enough to need ties
notes = st.tuples(ticks, lengths, st.integers(58, 62) | st.integers(0, 127), st.integers(1, 127), st.integers(0, 2))
pedals = st.tuples(ticks, st.integers(0, 3000), st.integers(0, 2)).map(lambda p: (p[0], p[0] + p[1], p[2]))
tempi = st.tuples(ticks, st.floats(20, 300))


def _score(rows, held, changes, ticks_per_quarter):
    return Score(table(NOTE, rows), ticks_per_quarter, table(PEDAL, held), table(TEMPO, changes))


scores = st.builds(
    _score,
    st.lists(notes, max_size=12),
    st.lists(pedals, max_size=4),
    st.lists(tempi, max_size=2),
    st.sampled_from([96, 480, 500]),
)
generators = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def option_values(codec):
    """All values of a codec's options: of each field that says its choices, every one; and yes and no."""
    hints = get_type_hints(codec)
    literal = {f.name: get_args(hints[f.name]) for f in fields(codec) if get_origin(hints[f.name]) is Literal}
    choices = literal | {f.name: (True, False) for f in fields(codec) if hints[f.name] is bool}
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


CHORDS = [(60, 62), (60, 61), (58, 60, 62), (59, 60), (58, 62), (0, 127), (48, 60, 64, 67), (60, 61, 62)]
TRAIN = [from_notes([(500 * i, 400, pitch, 64) for i, chord in enumerate(CHORDS) for pitch in chord])]
ALL_CODECS = [row(**options).fit(TRAIN) for row in CODECS.values() for options in option_values(row)]
NARROW_CODECS = [codec for codec in ALL_CODECS if len(codec.columns) <= 16]  # that families serve column by column
MOST_CELLS = 440  # of a walk: where rows are wide, fewer of them
CLOSING = ("end", "off", "shift", "time", "pedal", "none")  # ranges that lead towards an end, the nearest first


def legal_table(codec, generator, rows=40):
    """A walk through the grammar that makes for an end after ``rows`` rows."""
    grammar, taken, rows = codec.grammar(), [], min(rows, MOST_CELLS // len(codec.columns))
    while not taken or grammar.allowed([]).any():
        row = []
        for column in codec.columns:
            row.append(_step(column, grammar.allowed(row), generator, closing=len(taken) >= rows))
        grammar.push(row)
        taken.append(row)
    return TokenTable(np.array(taken, np.int16), codec.columns)


def _step(column, mask, generator, closing):
    """Of the kinds of ids that are allowed, one; of that kind the lowest, the highest or any."""
    mask = np.ones(column.size, bool) if mask is None else mask
    kinds = {r.name: column.offsets[r.name] + np.flatnonzero(mask[column.span(r.name)]) for r in column.ranges}
    names = [name for name, ids in kinds.items() if len(ids) and (closing or name != "end")]
    near = [name for name in CLOSING if name in names] if closing else []
    ids = kinds[near[0] if near else generator.choice(names)]
    return int(generator.choice([ids[0], ids[-1], generator.choice(ids)]))


def any_table(codec, generator, rows=60):
    """Ids of the vocabulary without rhyme or reason, those at its edges more often than by chance."""
    ids = [generator.integers(0, c.size, rows) for c in codec.columns]
    edge = [np.minimum(generator.integers(0, 6, rows), c.size - 1) for c in codec.columns]
    table_ids = np.stack(ids, axis=-1)
    return TokenTable(
        np.where(generator.random(table_ids.shape) < 0.3, np.stack(edge, axis=-1), table_ids).astype(np.int16),
        codec.columns,
    )
