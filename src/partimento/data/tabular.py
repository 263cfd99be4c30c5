"""Chorales as tables of text: a line per 16th, as system 001 (Keras DeepBach) has them, one CSV to a split.

    soprano, alto, tenor, bass   the MIDI pitch struck, ``_`` held, ``r`` at rest
    metronome                    the place in the beat, 0 to 3
    fermata                      1 where a note begins that bears one
    key                          sharps of the signature, flats below 0; empty where it is not known
    piece                        whose line it is

Metre, mode, tempo and title have no column.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np

from ..codecs.chorale_cells import HOLD, QUARTER, REST, cells_of, notes_of
from ..codecs.chorale_meta import beats_of, fermatas_of
from ..errors import InputError
from ..score import FERMATA, KEY, Score, table
from ..voices import NAMES, VOICES

COLUMNS = (*(name.lower() for name in NAMES), "metronome", "fermata", "key", "piece")
HELD, RESTS = "_", "r"
MOST_SHARPS = 7

Rows = list[list[str]]


def rows_of(score: Score, piece: str) -> Rows:
    """The lines of one chorale."""
    cells = cells_of(score)
    names = {REST: RESTS, HOLD: HELD}
    voices = [[names.get(cell, str(cell)) for cell in row] for row in cells.tolist()]
    beats, fermatas = beats_of(score, len(cells)) % QUARTER, fermatas_of(score, len(cells))
    meta = zip(beats.tolist(), fermatas.tolist(), _signatures(score, len(cells)), strict=True)
    rows = zip(voices, meta, strict=True)
    return [[*row, str(beat), str(int(fermata)), key, piece] for row, (beat, fermata, key) in rows]


def score_of(rows: Rows, name: str) -> Score:
    """The chorale of the lines of one piece, 4 ticks to the quarter. Raises InputError."""
    try:
        cells = np.array([[_cell(text) for text in row[: len(VOICES)]] for row in rows], np.int16)
        fermatas = [(step,) for step, row in enumerate(rows) if int(row[5])]
        keys = [(step, int(row[6]), 0) for step, row in enumerate(rows) if row[6] and (not step or _new(rows, step))]
        if any(abs(sharps) > MOST_SHARPS for _, sharps, _ in keys):
            raise ValueError("a key of more than 7 sharps or flats")
    except (ValueError, IndexError) as error:
        raise InputError(f"{name}: a line is no row of a chorale ({error}); expected {', '.join(COLUMNS)}") from None
    notes = notes_of(cells.reshape(-1, len(VOICES)), ticks=1)
    return Score(notes, QUARTER, keys=table(KEY, keys), tracks=NAMES, fermatas=table(FERMATA, fermatas))


def read_rows(data: bytes, name: str) -> Iterator[tuple[str, Rows]]:
    """Name and lines of each piece of a CSV, in its order. Raises InputError."""
    lines = list(csv.reader(io.StringIO(data.decode("utf-8", errors="replace"))))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{name}: does not begin with the columns {','.join(COLUMNS)}; export it anew", "damaged")
    found: dict[str, Rows] = {}
    for row in lines[1:]:
        if len(row) != len(COLUMNS):
            raise InputError(f"{name}: a line has {len(row)} cells, not {len(COLUMNS)}; export it anew", "damaged")
        found.setdefault(row[-1], []).append(row)
    yield from found.items()


def csv_bytes(rows: Iterable[list[str]]) -> bytes:
    """A CSV of these lines below the names of the columns."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue().encode()


def _signatures(score: Score, length: int) -> list[str]:
    """The sharps in force at each 16th."""
    steps = np.rint(score.keys["onset"] * (QUARTER / score.ticks_per_quarter))
    names = ["", *map(str, score.keys["sharps"].tolist())]
    return [names[i] for i in np.searchsorted(steps, np.arange(length), side="right")]


def _new(rows: Rows, step: int) -> bool:
    return rows[step][6] != rows[step - 1][6]


def _cell(text: str) -> int:
    if text in (HELD, RESTS):
        return HOLD if text == HELD else REST
    pitch = int(text)
    if not HOLD < pitch < 128:
        raise ValueError(f"{text} is no pitch")
    return pitch
