"""Voices on the grid of 16ths, one note at a time: what lies between is moved and said, what cannot be is refused.

Shapes: N notes of a voice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from ..edit import stretch
from ..errors import InputError
from ..midi.scan import LARGEST_DIVISION
from ..notation.bars import place
from ..score import Array, Score
from ..voices import NAMES

QUARTER = 4  # 16ths
MOST_MOVED = 0.5  # share of the notes that may begin between 16ths
DETACHED = 8  # a note that ends earlier than the next begins by less than this part of its length reaches it
MOST_PLACES = 4  # that are named
FAR = 2**40  # ticks: behind all that a Score can hold
CHANGES = {  # of a note, by the field of Gridded that has its tick
    "moved": "between 16ths (triplets?) moved to the nearest",
    "dropped": "dropped, where the next falls on the same 16th",
    "ended": "given an end on a 16th",
}

Ticks = NDArray[np.int64]


@dataclass(frozen=True)
class Gridded:
    """The notes of one voice on the grid, and the ticks at which notes were moved, ended elsewhere, or dropped."""

    notes: Array
    moved: Ticks
    ended: Ticks
    dropped: Ticks


def divisible(score: Score, name: str) -> Score:
    """``score`` in ticks of which a 16th has a whole number: its own, or finer ones. Raises InputError."""
    finer = QUARTER // gcd(QUARTER, score.ticks_per_quarter)
    if finer == 1:
        return score
    if score.ticks_per_quarter * finer > LARGEST_DIVISION:
        raise InputError(f"{name}: {score.ticks_per_quarter} ticks to the quarter make no 16ths; export it with 480")
    return replace(stretch(score, finer), ticks_per_quarter=score.ticks_per_quarter * finer)


def on_grid(score: Score, name: str) -> tuple[Score, list[str]]:
    """``score``, its tracks the four voices, on the grid of 16ths, and what is to be said of that.

    Raises InputError for two notes at once in a voice, and where more than half of the notes begin between 16ths.
    """
    step = score.ticks_per_quarter // QUARTER
    voices = [_gridded(score, voice, step, name) for voice in range(len(NAMES))]
    _check_share(score, voices, name)
    metres, keys, fermatas = (_on_steps(rows, step) for rows in (score.metres, score.keys, score.fermatas))
    notes = np.concatenate([voice.notes for voice in voices])
    return replace(score, notes=notes, metres=metres, keys=keys, fermatas=fermatas), list(_remarks(score, voices))


def _gridded(score: Score, voice: int, step: int, name: str) -> Gridded:
    notes = score.notes[score.notes["track"] == voice]
    onsets, releases = notes["onset"].astype(np.int64), notes["onset"].astype(np.int64) + notes["duration"]
    _check_single(score, voice, onsets, releases, step, name)
    starts, stops = _stepped(onsets, step), _stepped(releases, step)
    following = np.append(onsets[1:], FAR)
    reaching = following - releases < (releases - onsets) // DETACHED
    last = np.diff(starts, append=-1) != 0  # of the notes that fall on one 16th
    stops = np.where(reaching, _stepped(following, step), np.maximum(stops, starts + step))[last]
    stops = np.minimum(stops, np.append(starts[last], FAR)[1:])
    placed = notes[last].copy()
    placed["onset"], placed["duration"] = starts[last], stops - starts[last]
    ended = (releases[last] != stops) & (releases != following)[last]  # an end that another onset moved is not told
    return Gridded(placed, onsets[onsets != starts], onsets[last][ended], onsets[~last])


def _check_single(score: Score, voice: int, onsets: Ticks, releases: Ticks, step: int, name: str) -> None:
    """Refuse two notes at once: struck together, or sounding together for more than half a 16th."""
    together = (onsets[1:] == onsets[:-1]) | (np.minimum(releases[:-1], releases[1:]) - onsets[1:] > step // 2)
    if together.any():
        where = place(score, int(onsets[1:][together][0]))
        advice = "give one voice to a part, or the melody alone"
        raise InputError(f"{name}: two notes at once in the {NAMES[voice].lower()}, {where}; {advice}", "overlap")


def _check_share(score: Score, voices: Sequence[Gridded], name: str) -> None:
    moved = np.sort(np.concatenate([voice.moved for voice in voices]))
    if len(moved) > MOST_MOVED * len(score):
        what = f"{len(moved)} of {len(score)} notes begin between 16ths, the first at {place(score, int(moved[0]))}"
        raise InputError(f"{name}: {what}; quantise it to 16ths, or check its tempo", "off-grid")


def _remarks(score: Score, voices: Sequence[Gridded]) -> Iterator[str]:
    """A line for each way in which notes were changed."""
    for kind, what in CHANGES.items():
        ticks = np.sort(np.concatenate([getattr(voice, kind) for voice in voices]))
        where = "; ".join(dict.fromkeys(place(score, int(tick)) for tick in ticks[:MOST_PLACES]))
        if len(ticks):
            yield f"{_notes(len(ticks))} {what}: {where}{'; ...' if len(ticks) > MOST_PLACES else ''}"


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"


def _on_steps(rows: Array, step: int) -> Array:
    rows = rows.copy()
    rows["onset"] = _stepped(rows["onset"].astype(np.int64), step)
    return rows


def _stepped(ticks: Ticks, step: int) -> Ticks:
    """The nearest 16th of each."""
    return np.asarray((ticks + step // 2) // step * step)
