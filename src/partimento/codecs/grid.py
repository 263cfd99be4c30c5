"""The performance grid that the piano codecs share: 10 ms, 32 velocities, one track.

Rounding convention: onsets, releases and pedal changes go to the nearest 10 ms each (ties to even),
a note lasts at least one step; then the pedal is folded in (or kept) and a note is cut where its
pitch sounds again. Velocity bin = velocity // 4, said back as the bin's middle.
"""

from dataclasses import replace

import numpy as np

from ..edit import cut_repeats, fold_pedal, in_milliseconds, joined, one_track
from ..score import Array, Score

STEP_MS = 10
VELOCITIES = 32
VELOCITY_WIDTH = 4
UNSAID = (
    "times finer than 10 ms",
    "velocities finer than 32 steps",
    "tempo, metre and key",
    "tracks and hands",
    "two notes of one pitch that sound together",
)
PEDAL_FOLDED = "the pedal apart from note lengths"


def on_grid(score: Score, fold: bool = True) -> Score:
    """``score`` on the grid in milliseconds, with the pedal folded in, or kept as intervals."""
    score = _rounded(one_track(in_milliseconds(score)))
    score = fold_pedal(score) if fold else cut_repeats(replace(score, pedals=joined(score.pedals)))
    notes = score.notes.copy()
    notes["velocity"] = velocity_of(bin_of(notes))
    return score.with_notes(notes)


def bin_of(notes: Array) -> np.ndarray:
    """int[N]: the velocity bin of each note."""
    return notes["velocity"].astype(np.int64) // VELOCITY_WIDTH


def velocity_of(bins: np.ndarray) -> np.ndarray:
    """int[N]: the middle of each velocity bin."""
    return bins * VELOCITY_WIDTH + VELOCITY_WIDTH // 2


def _rounded(score: Score) -> Score:
    notes, pedals = score.notes.copy(), score.pedals.copy()
    notes["onset"], releases = _nearest(score.notes["onset"]), _nearest(score.releases)
    notes["duration"] = np.maximum(releases - notes["onset"], STEP_MS)
    pedals["onset"], pedals["release"] = _nearest(pedals["onset"]), _nearest(pedals["release"])
    return replace(score, notes=notes, pedals=pedals[pedals["release"] > pedals["onset"]])


def _nearest(milliseconds: np.ndarray) -> np.ndarray:
    return (np.rint(milliseconds / STEP_MS) * STEP_MS).astype(np.int64)
