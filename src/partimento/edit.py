"""What one does to a Score before or after a model sees it: each function returns a new Score.

Shapes: N notes, P pedal intervals. Times are ticks unless the name says otherwise.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .score import NOTE, PEDAL, Score, frozen, table
from .units import MAX_VELOCITY, MILLISECONDS, PERFORMANCE_TICKS_PER_QUARTER, PITCHES


def transpose(score: Score, semitones: int) -> Score:
    """``score`` and its keys moved by ``semitones``; a note that would leave 0..127 moves by octaves to stay."""
    notes = score.notes.copy()
    pitches = notes["pitch"].astype(np.int64) + semitones
    pitches = np.where(pitches < 0, pitches % 12, pitches)
    notes["pitch"] = np.where(pitches >= PITCHES, PITCHES - 12 + (pitches - PITCHES) % 12, pitches)
    return replace(score, notes=notes, keys=_keys_moved(score.keys, semitones))


def stretch(score: Score, factor: float) -> Score:
    """``score`` with every tick, in notes, pedals and maps, at ``factor`` times what it was."""
    notes, pedals = score.notes.copy(), score.pedals.copy()
    notes["onset"], releases = _scaled(score.notes["onset"], factor), _scaled(score.releases, factor)
    notes["duration"] = np.maximum(releases - notes["onset"], 1)
    pedals["onset"], pedals["release"] = _scaled(pedals["onset"], factor), _scaled(pedals["release"], factor)
    maps = {name: getattr(score, name).copy() for name in ("tempi", "metres", "keys", "fermatas")}
    for each in maps.values():
        each["onset"] = _scaled(each["onset"], factor)
    return replace(score, notes=notes, pedals=pedals, **maps)


def delayed(score: Score, ticks: int) -> Score:
    """``score`` after ``ticks`` of silence in its first tempo, metre and key."""
    notes, pedals = score.notes.copy(), score.pedals.copy()
    notes["onset"] += ticks
    pedals["onset"], pedals["release"] = pedals["onset"] + ticks, pedals["release"] + ticks
    maps = {name: getattr(score, name).copy() for name in ("tempi", "metres", "keys", "fermatas")}
    for name, rows in maps.items():
        rows["onset"][rows["onset"] > (-1 if name == "fermatas" else 0)] += ticks
    return replace(score, notes=notes, pedals=pedals, **maps)


def louder(score: Score, steps: int) -> Score:
    """``score`` with ``steps`` added to every velocity, kept within 1..127."""
    notes = score.notes.copy()
    notes["velocity"] = np.clip(notes["velocity"].astype(np.int64) + steps, 1, MAX_VELOCITY)
    return score.with_notes(notes)


def scale_velocities(score: Score, factor: float) -> Score:
    """``score`` with every velocity at ``factor`` times what it was, rounded and kept within 1..127."""
    notes = score.notes.copy()
    notes["velocity"] = np.clip(np.rint(notes["velocity"] * factor), 1, MAX_VELOCITY)
    return score.with_notes(notes)


def excerpt(score: Score, start: int, stop: int) -> Score:
    """The notes whose onset lies in ``[start, stop)``, cut at ``stop``, with ``start`` as tick 0.

    The tempo, metre and key in force at ``start`` come along.
    """
    notes = score.notes[(score.notes["onset"] >= start) & (score.notes["onset"] < stop)].copy()
    notes["duration"] = np.minimum(notes["duration"], stop - notes["onset"])
    notes["onset"] -= start
    pedals = score.pedals[(score.pedals["release"] > start) & (score.pedals["onset"] < stop)].copy()
    pedals["onset"] = np.maximum(pedals["onset"], start) - start
    pedals["release"] = np.minimum(pedals["release"], stop) - start
    tempi, metres, keys = (_map_from(each, start, stop) for each in (score.tempi, score.metres, score.keys))
    fermatas = score.fermatas[(score.fermatas["onset"] >= start) & (score.fermatas["onset"] < stop)].copy()
    fermatas["onset"] -= start
    return replace(score, notes=notes, pedals=pedals, tempi=tempi, metres=metres, keys=keys, fermatas=fermatas)


def opening(score: Score, seconds: float) -> Score:
    """The notes of the first ``seconds``, whole, and those of the next onset, which say that the music goes on."""
    onsets = score.notes["onset"]
    later = onsets[onsets >= score.ticks(seconds)]
    stop = int(later[0]) if len(later) else score.end
    pedals, fermatas = (each[each["onset"] <= stop] for each in (score.pedals, score.fermatas))
    return replace(score, notes=score.notes[onsets <= stop], pedals=pedals, fermatas=fermatas)


def in_milliseconds(score: Score) -> Score:
    """``score`` on the performance grid: 500 ticks per quarter at 120 to the minute, 1 tick = 1 ms."""
    onsets = _milliseconds(score, score.notes["onset"])
    notes = score.notes.copy()
    notes["onset"], notes["duration"] = onsets, np.maximum(_milliseconds(score, score.releases) - onsets, 1)
    pedals = score.pedals.copy()
    pedals["onset"], pedals["release"] = (_milliseconds(score, pedals[end]) for end in ("onset", "release"))
    return Score(
        notes,
        PERFORMANCE_TICKS_PER_QUARTER,
        pedals,
        title=score.title,
        provenance=score.provenance,
        tracks=score.tracks,
    )


def one_track(score: Score) -> Score:
    """All notes and pedals on track 0; pedal intervals that meet or overlap become one."""
    notes = score.notes.copy()
    notes["track"] = 0
    return replace(score, notes=notes, pedals=joined(score.pedals), tracks=score.tracks[:1] or ("Piano",))


def joined(pedals: NDArray[np.void]) -> NDArray[np.void]:
    """PEDAL[P] of all tracks as disjoint intervals on track 0."""
    if not len(pedals):
        return pedals
    pedals = frozen(pedals)
    reach = np.maximum.accumulate(pedals["release"])
    first = np.concatenate([[True], pedals["onset"][1:] > reach[:-1]])
    last = np.append(np.flatnonzero(first)[1:] - 1, len(pedals) - 1)
    return table(PEDAL, list(zip(pedals["onset"][first], reach[last], np.zeros(len(last), int), strict=True)))


def fold_pedal(score: Score) -> Score:
    """The sustain pedal folded into the note lengths: a note released while the pedal is down ends with it.

    Pedal intervals of all tracks apply to all notes (a piano has one pedal). Notes are then cut where
    the same pitch sounds again, and no pedal is left.
    """
    pedals = joined(score.pedals)
    notes = score.notes.copy()
    if len(pedals):
        releases = score.releases
        held = np.searchsorted(pedals["onset"], releases, side="right") - 1
        down = (held >= 0) & (releases < pedals["release"][np.maximum(held, 0)])
        notes["duration"] = np.where(down, pedals["release"][np.maximum(held, 0)], releases) - notes["onset"]
    return replace(cut_repeats(score.with_notes(notes)), pedals=table(PEDAL))


def cut_repeats(score: Score) -> Score:
    """Each note cut where its pitch sounds again; of notes on one pitch and tick, the loudest stays."""
    notes = score.notes[np.lexsort([-score.notes["velocity"].astype(int), score.notes["onset"], score.notes["pitch"]])]
    if len(notes):
        same_pitch = np.diff(notes["pitch"].astype(int)) == 0
        doubled = np.concatenate([[False], same_pitch & (np.diff(notes["onset"]) == 0)])
        longest = _longest_of_doubled(notes, doubled)
        notes = notes[~doubled]
        notes["duration"] = longest
        same_pitch = np.diff(notes["pitch"].astype(int)) == 0
        gaps = np.where(same_pitch, np.diff(notes["onset"]), np.iinfo(np.int32).max)
        notes["duration"][:-1] = np.minimum(notes["duration"][:-1], gaps)
    return score.with_notes(notes)


def merged(*scores: Score) -> Score:
    """The notes and pedals of several Scores on the grid and maps of the first."""
    notes = np.concatenate([score.notes.astype(NOTE) for score in scores])
    pedals = np.concatenate([score.pedals.astype(PEDAL) for score in scores])
    return replace(scores[0], notes=notes, pedals=pedals)


def _longest_of_doubled(notes: NDArray[np.void], doubled: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The longest duration in each run of notes that share pitch and onset."""
    return np.maximum.reduceat(notes["duration"], np.flatnonzero(~doubled))


def _keys_moved(keys: NDArray[np.void], semitones: int) -> NDArray[np.void]:
    """KEY with the tonics moved, each written with five flats to six sharps; as they were where no name changes."""
    if semitones % 12 == 0:
        return keys
    keys = keys.copy()
    keys["sharps"] = (keys["sharps"].astype(np.int64) + 7 * semitones + 5) % 12 - 5
    return keys


def _scaled(ticks: NDArray[np.integer], factor: float) -> NDArray[np.int64]:
    return np.rint(ticks * factor).astype(np.int64)


def _milliseconds(score: Score, ticks: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.rint(score.seconds(ticks) * MILLISECONDS).astype(np.int64)


def _map_from(changes: NDArray[np.void], start: int, stop: int) -> NDArray[np.void]:
    """The changes in ``[start, stop)`` and the one in force at ``start``, moved by ``-start``."""
    first = max(int(np.searchsorted(changes["onset"], start, side="right")) - 1, 0)
    kept = changes[first:][changes["onset"][first:] < stop].copy()
    kept["onset"] = np.maximum(kept["onset"] - start, 0)
    return kept
