"""Music whose steps do not repeat by chance, for tests of what is found in it."""

import numpy as np

from partimento.score import NOTE, Score, table


def piece(seed, notes=200, step_ms=150):
    """A line of random notes, one after the other."""
    generator = np.random.default_rng(seed)
    pitches = generator.integers(40, 90, size=notes).tolist()
    return Score(table(NOTE, [(step_ms * i, 100, pitch, 64, 0) for i, pitch in enumerate(pitches)]))


def with_passage(host, source, first, notes, at=50, semitones=0, pace=1.0):
    """``host`` with notes ``first`` onwards of ``source`` in place of as many of its own from note ``at``."""
    rows = [tuple(row) for row in host.notes.tolist()]
    lent = source.notes[first : first + notes]
    begun = rows[at][0]
    put = [
        (begun + round((int(onset) - int(lent["onset"][0])) * pace), 100, int(pitch) + semitones, 64, 0)
        for onset, pitch in zip(lent["onset"], lent["pitch"], strict=True)
    ]
    later = put[-1][0] + 150
    rest = [(later + 150 * i, *row[1:]) for i, row in enumerate(rows[at + notes :])]
    return Score(table(NOTE, [*rows[:at], *put, *rest]))
