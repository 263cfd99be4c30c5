"""One scanned track to parts, by symusic; parts to the notes and pedals of a Score.

Shapes: N notes, P pedal intervals, K sustain controls.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreTick, TrackTick

from ..errors import InputError
from ..score import NOTE, PEDAL, Array
from ..units import PEDAL_THRESHOLD, SUSTAIN_CONTROLLER
from .repair import closed_file
from .walk import (
    CHANNEL_PRESSURE,
    CONTROL,
    DRUM_CHANNEL,
    ESCAPE,
    KEY_PRESSURE,
    LAST_TEXT,
    META,
    PITCH_BEND,
    PROGRAM,
    SYSTEM_EXCLUSIVE,
    TEXT,
    TRACK_NAME,
    TrackEvents,
)

PIANO = 0  # General MIDI's first program; any other is played on the piano too

Ints = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Part:
    """What becomes one track of a Score: NOTE[N] and PEDAL[P], their ``track`` not yet numbered.

    ``pedals_left_down`` were released at the track's end, ``orphan_pedals`` had no length.
    """

    name: str
    notes: Array
    pedals: Array
    drums: bool = False
    pedals_left_down: int = 0
    orphan_pedals: int = 0


def decode(track: TrackEvents, ticks_per_quarter: int) -> list[Part]:
    """A part for each (channel, program) that plays; none for a track without notes. Raises InputError."""
    try:
        score = ScoreTick.from_midi(closed_file(track, ticks_per_quarter))
    except (RuntimeError, ValueError) as error:
        raise InputError(f"can't be decoded: {str(error).splitlines()[0]}; export it again") from None
    return [_part(played, track) for played in score.tracks]


def _part(played: TrackTick, track: TrackEvents) -> Part:
    columns, controls = played.notes.numpy(), played.controls.numpy()
    notes = np.zeros(len(columns["time"]), NOTE)
    notes["onset"] = columns["time"]
    for name in ("duration", "pitch", "velocity"):
        notes[name] = columns[name]
    sustain = controls["number"] == SUSTAIN_CONTROLLER
    pedals, left_down, orphans = pedal_intervals(controls["time"][sustain], controls["value"][sustain], track.end)
    return Part(track.name, notes, pedals, played.is_drum, left_down, orphans)


def silent_part(track: TrackEvents) -> Part:
    """The part of a track without notes, whose pedals symusic would drop."""
    here = _sustains(track)
    pedals, left_down, orphans = pedal_intervals(track.ticks[here], track.data(1)[here], track.end)
    return Part(track.name, np.zeros(0, NOTE), pedals, False, left_down, orphans)


def plays(track: TrackEvents) -> bool:
    """Whether a track has notes or a sustain pedal."""
    return bool(track.note_ons or _sustains(track).any())


def dropped_events(track: TrackEvents, first: bool) -> Counter[str]:
    """How many events of each of DROPPED_EVENTS the track has; the plain texts of the ``first`` track are kept."""
    kinds = np.bincount(track.statuses >> 4, minlength=16).tolist()
    system, types = np.bincount(track.statuses, minlength=256).tolist(), track.data(0)
    meta = np.bincount(types[track.statuses == META], minlength=256).tolist()
    return Counter(
        controls=kinds[CONTROL] - int(np.count_nonzero(_sustains(track))),
        pitch_bends=kinds[PITCH_BEND],
        programs=int(np.count_nonzero((track.statuses >> 4 == PROGRAM) & (types != PIANO))),
        aftertouch=kinds[KEY_PRESSURE] + kinds[CHANNEL_PRESSURE],
        exclusives=system[SYSTEM_EXCLUSIVE] + system[ESCAPE],
        texts_dropped=sum(meta[TEXT : LAST_TEXT + 1]) - meta[TRACK_NAME] - first * meta[TEXT],
    )


def _sustains(track: TrackEvents) -> NDArray[np.bool_]:
    pedal = (track.statuses >> 4 == CONTROL) & (track.data(0) == SUSTAIN_CONTROLLER)
    return np.asarray(pedal & (track.statuses & 0xF != DRUM_CHANNEL))


def pedal_intervals(ticks: Ints, values: Ints, end: int) -> tuple[Array, int, int]:
    """PEDAL[P] from sustain values int[K]; how many were still down at ``end``, how many had no length."""
    down = values >= PEDAL_THRESHOLD
    before = np.concatenate([[False], down[:-1]])[: len(down)]
    presses, releases = ticks[down & ~before], ticks[~down & before]
    left_down = len(presses) - len(releases)
    pedals = np.zeros(len(presses), PEDAL)
    pedals["onset"], pedals["release"] = presses, np.concatenate([releases, [end] * left_down])
    long = pedals["release"] > pedals["onset"]
    return pedals[long], left_down, int((~long).sum())


def cut_overlaps(notes: Array) -> tuple[Array, int, int]:
    """``notes`` none of which sounds past the next onset of its pitch on its track.

    Also how many were cut (of two that begin together the longer stays), and how many had no length.
    """
    sounding = notes[notes["duration"] > 0]
    sounding = sounding[np.lexsort([sounding[name] for name in ("duration", "onset", "pitch", "track")])]
    this, following = sounding[:-1], sounding[1:]
    gap = following["onset"] - this["onset"]
    overlaps = (following["track"] == this["track"]) & (following["pitch"] == this["pitch"]) & (gap < this["duration"])
    this["duration"][overlaps] = gap[overlaps]
    kept = sounding[sounding["duration"] > 0]
    return kept, int(overlaps.sum()), len(notes) - int((notes["duration"] > 0).sum())


def numbered(arrays: Sequence[Array]) -> Array:
    """One array of all ``arrays``, each row's ``track`` the index of the array that it comes from."""
    joined = np.concatenate(arrays)
    joined["track"] = np.repeat(np.arange(len(arrays)), [len(array) for array in arrays])
    return joined
