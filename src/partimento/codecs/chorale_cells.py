"""A Score of four voices on the grid of 16ths: what each voice does in each, and back.

A cell is REST, HOLD or a MIDI pitch; a frame is the same without holds: the pitch that sounds. Time is in 16ths of
the music, whatever the tempo. Shapes: T 16ths, N notes; the columns are the four voices.
"""

import numpy as np
from numpy.typing import NDArray

from ..score import NOTE, Score
from ..units import PERFORMANCE_TICKS_PER_QUARTER
from ..voices import NAMES, VOICES

QUARTER = 4  # 16ths
TICKS = PERFORMANCE_TICKS_PER_QUARTER // QUARTER  # of a 16th in what is decoded
VELOCITY = 80  # notation says none
REST, HOLD = 0, 1

Cells = NDArray[np.int16]
Steps = NDArray[np.int64]


def steps_of(score: Score, ticks: NDArray[np.integer]) -> Steps:
    """The nearest 16th of each tick."""
    return np.rint(ticks * (QUARTER / score.ticks_per_quarter)).astype(np.int64)


def voices_of(score: Score) -> Steps:
    """int[N]: the voice of each note: that of its track's name where all tracks are named after voices, or else of
    its number; -1 beyond the fourth."""
    named = set(score.tracks) <= set(NAMES)
    voices = [NAMES.index(name) if named else track for track, name in enumerate(score.tracks)]
    numbers = np.arange(np.iinfo(np.uint16).max + 1) if not named else np.full(np.iinfo(np.uint16).max + 1, -1)
    numbers[: len(voices)] = voices
    found = numbers[score.notes["track"]]
    return np.where(found < len(VOICES), found, -1)


def cells_of(score: Score) -> Cells:
    """int[T, 4], to the last release. Of what one voice strikes at once the highest note stays, each note ends where
    the next begins, and notes beyond the range of their voice are left out."""
    onsets, releases = steps_of(score, score.notes["onset"]), steps_of(score, score.releases)
    releases, voices = np.maximum(releases, onsets + 1), voices_of(score)
    columns = []
    for number, voice in enumerate(VOICES):
        pitches = score.notes["pitch"]
        mine = (voices == number) & (pitches >= voice.low) & (pitches <= voice.high)
        columns.append(_painted(*_one_at_a_time(onsets[mine], releases[mine], pitches[mine].astype(np.int64))))
    longest = max(map(len, columns))
    return np.stack([np.pad(column, (0, longest - len(column))) for column in columns], axis=1)


def notes_of(cells: Cells, ticks: int = TICKS) -> NDArray[np.void]:
    """NOTE[N], ``ticks`` to a 16th: each pitch with its holds; a hold of nothing is silent."""
    steps, voices = np.nonzero(cells > HOLD)
    notes = np.zeros(len(steps), NOTE)
    notes["onset"] = steps * ticks
    notes["duration"] = (_next_change(cells)[steps + 1, voices] - steps) * ticks
    notes["pitch"], notes["velocity"], notes["track"] = cells[steps, voices], VELOCITY, voices
    return notes


def frames_of(cells: Cells) -> Cells:
    """The pitch that sounds in each cell, or REST."""
    rows = np.arange(len(cells))[:, None]
    said = np.maximum.accumulate(np.where(cells == HOLD, 0, rows))
    return np.where(np.take_along_axis(cells, said, axis=0) > HOLD, np.take_along_axis(cells, said, axis=0), REST)


def joined(frames: Cells) -> Cells:
    """Cells in which a pitch that comes again is held."""
    cells = frames.copy()
    cells[1:][(frames[1:] == frames[:-1]) & (frames[1:] > HOLD)] = HOLD
    return cells


def _one_at_a_time(onsets: Steps, releases: Steps, pitches: Steps) -> tuple[Steps, Steps, Steps]:
    """The highest note of each onset, until the next."""
    order = np.lexsort([releases, pitches, onsets])
    onsets, releases, pitches = onsets[order], releases[order], pitches[order]
    last = np.diff(onsets, append=-1) != 0
    onsets, releases, pitches = onsets[last], releases[last], pitches[last]
    return onsets, np.minimum(releases, np.append(onsets, np.iinfo(np.int64).max)[1:]), pitches


def _painted(onsets: Steps, releases: Steps, pitches: Steps) -> Cells:
    """int[T] of one voice."""
    changes = np.zeros(int(releases.max(initial=0)) + 1, np.int16)
    np.add.at(changes, onsets, 1)
    np.add.at(changes, releases, -1)
    cells = np.cumsum(changes, dtype=np.int16)[:-1] * np.int16(HOLD)
    cells[onsets] = pitches
    return cells


def _next_change(cells: Cells) -> Steps:
    """int[T + 1, 4]: the first 16th, from each on, in which a voice does not hold; T where there is none."""
    rows = np.arange(len(cells) + 1)[:, None]
    held = np.concatenate([cells == HOLD, np.zeros((1, cells.shape[1]), bool)])
    return np.minimum.accumulate(np.where(held, len(cells), rows)[::-1])[::-1]
