"""The grids of the piano codecs, all of one track; by default that of performance: 10 ms, 32 velocities.

Rounding convention: onsets, releases and pedal changes go to the nearest grid step each (ties to even),
a note lasts at least one step; then the pedal is folded in (or kept) and a note is cut where its
pitch sounds again. Velocity bin = velocity // width, said back as the bin's middle.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..edit import cut_repeats, fold_pedal, in_milliseconds, joined, one_track
from ..score import PEDAL, Array, Score, table

STEP_MS = 10
VELOCITIES = 32
VELOCITY_WIDTH = 4
OF_NO_PIANO_ROLL = ("tempo, metre and key", "tracks and hands", "two notes of one pitch that sound together")
UNSAID = ("times finer than 10 ms", "velocities finer than 32 steps", *OF_NO_PIANO_ROLL)
PEDAL_FOLDED = "the pedal apart from note lengths"
PEDAL_DROPPED = "the pedal"


@dataclass(frozen=True)
class Grid:
    """``step_ms`` a grid step, ``velocity_width`` velocities of MIDI to a bin."""

    step_ms: int = STEP_MS
    velocity_width: int = VELOCITY_WIDTH


PERFORMANCE = Grid()


def on_grid(score: Score, fold: bool = True, grid: Grid = PERFORMANCE) -> Score:
    """``score`` on the grid in milliseconds, with the pedal folded in, or kept as intervals."""
    score = _rounded(one_track(in_milliseconds(score)), grid.step_ms)
    score = fold_pedal(score) if fold else cut_repeats(replace(score, pedals=joined(score.pedals)))
    notes = score.notes.copy()
    notes["velocity"] = np.maximum(velocity_of(bin_of(notes, grid.velocity_width), grid.velocity_width), 1)
    return score.with_notes(notes)


def at_one_velocity(score: Score, velocity: int, longest_ms: int, step_ms: int, pedal: str) -> Score:
    """On a grid whose codec says no velocities: the pedal ``dropped`` or ``folded``, no note beyond ``longest_ms``."""
    heard = score if pedal == "folded" else replace(score, pedals=table(PEDAL))
    score = on_grid(heard, grid=Grid(step_ms))
    notes = score.notes.copy()
    notes["velocity"], notes["duration"] = velocity, np.minimum(notes["duration"], longest_ms)
    return score.with_notes(notes)


def bin_of(notes: Array, width: int = VELOCITY_WIDTH) -> np.ndarray:
    """int[N]: the velocity bin of each note."""
    return notes["velocity"].astype(np.int64) // width


def velocity_of(bins: np.ndarray, width: int = VELOCITY_WIDTH) -> np.ndarray:
    """int[N]: the middle of each velocity bin."""
    return bins * width + width // 2


def _rounded(score: Score, step_ms: int) -> Score:
    notes, pedals = score.notes.copy(), score.pedals.copy()
    notes["onset"], releases = _nearest(score.notes["onset"], step_ms), _nearest(score.releases, step_ms)
    notes["duration"] = np.maximum(releases - notes["onset"], step_ms)
    pedals["onset"], pedals["release"] = (_nearest(pedals[end], step_ms) for end in ("onset", "release"))
    return replace(score, notes=notes, pedals=pedals[pedals["release"] > pedals["onset"]])


def _nearest(milliseconds: np.ndarray, step_ms: int) -> np.ndarray:
    return (np.rint(milliseconds / step_ms) * step_ms).astype(np.int64)
