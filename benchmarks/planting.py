"""Copies planted in original pieces: a passage of a training piece, changed, put into an excerpt of a test piece."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partimento.data.corpus import Corpus
from partimento.originality.lines import LINES, Line, texture
from partimento.originality.works import same_works
from partimento.score import NOTE, Score, table

HOST = 600  # notes of the test piece around a passage
BEFORE_MS, AFTER_MS = 200, 400  # of silence around it
MOST_SEMITONES, STRETCHES, EDITED = 6, (0.8, 1.25), 0.1
EDIT_SEMITONES = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)  # by which a note is wrong
LATER_MS = 200  # an added note begins so much later at most than the one that it is drawn from
SHORT_MS = 50  # how long a note lasts of whose length nothing depends
BASS = 57  # A3: what a melody is put above

Rows = NDArray[np.int64]  # [N, 2]: onset in milliseconds, pitch


@dataclass(frozen=True)
class Planted:
    """``score`` with a passage of ``source`` (a piece of the corpus) between two times in milliseconds."""

    score: Score
    host: int
    source: int
    start_ms: int
    stop_ms: int


def verbatim(rows: Rows, generator: np.random.Generator) -> Rows:
    """As it is."""
    return rows


def transposed(rows: Rows, generator: np.random.Generator) -> Rows:
    """Higher or lower by 1 to 6 semitones."""
    semitones = int(generator.integers(1, MOST_SEMITONES + 1)) * int(generator.choice([-1, 1]))
    return np.column_stack([rows[:, 0], rows[:, 1] + semitones])


def stretched(rows: Rows, generator: np.random.Generator) -> Rows:
    """Slower or faster, by a factor of 0.8 to 1.25."""
    return np.column_stack([np.rint(rows[:, 0] * generator.uniform(*STRETCHES)).astype(np.int64), rows[:, 1]])


def edited(rows: Rows, generator: np.random.Generator) -> Rows:
    """One note in ten has another pitch, is left out, or has another note beside it: each as likely."""
    touched = generator.permutation(len(rows))[: max(round(EDITED * len(rows)), 1)]
    kind = generator.integers(3, size=len(touched))
    made = rows.copy()
    made[touched[kind == 0], 1] += generator.choice(EDIT_SEMITONES, size=int((kind == 0).sum()))
    beside = rows[touched[kind == 2]].copy()
    beside[:, 1] += generator.choice(EDIT_SEMITONES, size=len(beside))
    beside[:, 0] += generator.integers(LATER_MS, size=len(beside))
    made = np.concatenate([np.delete(made, touched[kind == 1], axis=0), beside])
    return made[np.argsort(made[:, 0], kind="stable")]


CHANGES: dict[str, Callable[[Rows, np.random.Generator], Rows]] = {
    "verbatim": verbatim,
    "transposed": transposed,
    "stretched": stretched,
    "edited": edited,
}


def planted(corpus: Corpus, change: str, notes: int, generator: np.random.Generator, line: str = "texture") -> Planted:
    """A passage of ``notes`` notes of a training piece in a test piece that is not the same work.

    A melody is put over what the test piece has below A3; a passage of the texture gets a place of its own.
    """
    host, source = int(generator.choice(corpus.split("test"))), int(generator.choice(corpus.split("train")))
    lent, around = LINES[line](corpus.score(source)), texture(corpus.score(host))
    if same_works(corpus.pieces[host], [corpus.pieces[source]])[0] or len(lent) < notes:
        return planted(corpus, change, notes, generator, line)
    around = _excerpt(around, HOST, generator)
    passage = _rows(_excerpt(lent, notes, generator))
    passage[:, 0] -= passage[:, 0].min()
    passage = CHANGES[change](passage, generator)
    passage = passage[(passage[:, 1] > 0) & (passage[:, 1] < 128)]
    if line == "melody":
        return _over_bass(_rows(around), passage, host, source)
    rows = _rows(around)
    cut = int(generator.integers(len(rows)))
    start = int(rows[cut, 0]) + BEFORE_MS
    passage[:, 0] += start
    rows[cut:, 0] += int(passage[:, 0].max()) - start + AFTER_MS + BEFORE_MS
    return Planted(_score(np.concatenate([rows, passage])), host, source, start, int(passage[:, 0].max()))


def _over_bass(rows: Rows, melody: Rows, host: int, source: int) -> Planted:
    """A melody, each of its notes held to the next, over those notes of a piece that are lower than all of its own."""
    rows = rows[rows[:, 1] < min(BASS, int(melody[:, 1].min()))]
    start = int(rows[0, 0]) if len(rows) else 0
    melody = np.column_stack([melody[:, 0] + start, melody[:, 1]])
    return Planted(_score(rows, melody), host, source, start, int(melody[:, 0].max()))


def _excerpt(line: Line, notes: int, generator: np.random.Generator) -> Line:
    start = int(generator.integers(max(len(line) - notes, 0) + 1))
    return line[start : start + notes]


def _rows(line: Line) -> Rows:
    rows = np.column_stack([line.onsets_ms, line.pitches])
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _score(short: Rows, held: Rows | None = None) -> Score:
    """A Score of one tick a millisecond."""
    notes = [(onset, SHORT_MS, pitch, 64, 0) for onset, pitch in short.tolist()]
    if held is not None:
        lengths = np.maximum(np.diff(held[:, 0], append=held[-1, 0] + SHORT_MS), SHORT_MS)
        rows = zip(held.tolist(), lengths.tolist(), strict=True)
        notes += [(onset, length, pitch, 64, 0) for (onset, pitch), length in rows]
    return Score(table(NOTE, notes))
