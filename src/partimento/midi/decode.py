"""The events of one track to parts, and parts to the notes and pedals of a Score.

A part is what one player plays. Shapes: E events, N notes, P pedal intervals, K sustain controls.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..score import NOTE, PEDAL, Array
from ..units import PEDAL_THRESHOLD, PITCHES
from .events import DRUM_CHANNEL, NOTE_OFF, NOTE_ON, PROGRAMS, TrackEvents
from .pairs import NONE, endings
from .players import grouped, players_at, receivers_of

Ints = NDArray[np.int64]
_NOTHING = slice(0)


@dataclass(frozen=True, eq=False)
class Part:
    """What becomes one track of a Score: NOTE[N] and PEDAL[P], their ``track`` not yet numbered.

    ``unclosed`` notes and ``pedals_left_down`` were ended at the track's end, ``orphan_pedals`` had no length.
    """

    name: str
    notes: Array
    pedals: Array
    drums: bool = False
    unclosed: int = 0
    pedals_left_down: int = 0
    orphan_pedals: int = 0


def decode(track: TrackEvents) -> list[Part]:
    """A part for each player, by channel and program; none for a track without notes."""
    if not track.note_ons:
        return []
    begins, notes, unclosed = _notes(track)
    players, sustains = players_at(track, begins), np.flatnonzero(track.sustains)
    own = grouped(receivers_of(track, sustains, begins, players))
    parts = []
    for player, mine in grouped(players).items():
        pedals, left_down, orphans = _pedals(track, sustains[own.get(player, _NOTHING)])
        drums, left = player // PROGRAMS == DRUM_CHANNEL, int(np.count_nonzero(unclosed[mine]))
        parts.append(Part(track.name, notes[mine], pedals, drums, left, left_down, orphans))
    return parts


def _notes(track: TrackEvents) -> tuple[Ints, Array, NDArray[np.bool_]]:
    """The events int[N] at which notes begin, the notes NOTE[N], and which bool[N] of them nothing ended."""
    here = np.flatnonzero(track.statuses & 0xE0 == NOTE_OFF << 4)  # note-offs and note-ons
    statuses, pitches, ticks = track.statuses[here], track.first[here], track.ticks[here]
    begins = (statuses >= NOTE_ON << 4) & (track.second[here] > 0)
    voices = (statuses & 0xF).astype(np.uint16) * PITCHES + pitches
    ons = np.flatnonzero(begins)
    ends = endings(voices, begins)[ons]
    notes = np.zeros(len(ons), NOTE)
    notes["onset"], notes["pitch"], notes["velocity"] = ticks[ons], pitches[ons], track.second[here[ons]]
    notes["duration"] = np.where(ends == NONE, track.end, ticks[ends]) - ticks[ons]
    return here[ons], notes, ends == NONE


def silent_part(track: TrackEvents) -> Part:
    """The part of a track without notes, whose pedals no player has."""
    pedals, left_down, orphans = _pedals(track, np.flatnonzero(track.sustains))
    return Part(track.name, np.zeros(0, NOTE), pedals, pedals_left_down=left_down, orphan_pedals=orphans)


def plays(track: TrackEvents) -> bool:
    """Whether a track has notes or a sustain pedal."""
    return bool(track.note_ons or track.sustains.any())


def _pedals(track: TrackEvents, sustains: Ints) -> tuple[Array, int, int]:
    """PEDAL[P] from the events int[K]; how many were still down at the track's end, how many had no length."""
    ticks, values, end = track.ticks[sustains], track.second[sustains], track.end
    down = values >= PEDAL_THRESHOLD
    before = np.concatenate([[False], down[:-1]])[: len(down)]
    presses, releases = ticks[down & ~before], ticks[~down & before]
    left_down = len(presses) - len(releases)
    pedals = np.zeros(len(presses), PEDAL)
    pedals["onset"], pedals["release"] = presses, np.concatenate([releases, [end] * left_down])
    long = pedals["release"] > pedals["onset"]
    return pedals[long], left_down, int((~long).sum())


def cut_overlaps(notes: Array) -> tuple[Array, int, int]:
    """``notes`` none of which sounds past the next onset of its pitch on its track, by onset and pitch.

    Also how many were cut (of two that begin together the longer stays), and how many had no length.
    """
    long = notes["duration"] > 0
    sounding = notes if long.all() else notes[long]
    order, voices, onsets = _by_voice(sounding)
    gaps = np.diff(onsets)
    overlaps = (np.diff(voices) == 0) & (gaps < sounding["duration"][order[:-1]])
    sounding["duration"][order[:-1][overlaps]] = gaps[overlaps]
    kept = sounding[sounding["duration"] > 0] if overlaps.any() else sounding
    by_pitch = np.argsort(kept["onset"].astype(np.int64) * PITCHES + kept["pitch"], kind="stable")
    kept = kept[by_pitch]
    kept.setflags(write=False)  # so that a Score takes it as it is
    return kept, int(np.count_nonzero(overlaps)), len(notes) - len(sounding)


def _by_voice(notes: Array) -> tuple[Ints, Ints, Ints]:
    """The order by track and pitch, onset, duration, and in that order the voices and the onsets: int[N] each."""
    voices = notes["track"].astype(np.int64) * PITCHES + notes["pitch"]
    narrow = voices.astype(np.min_scalar_type(int(voices.max(initial=0))))  # 16 bits sort in a tenth of the time
    order = np.argsort(narrow, kind="stable")
    if (np.diff(voices[order]) == 0)[np.diff(notes["onset"][order]) <= 0].any():
        order = np.lexsort([notes["duration"], notes["onset"], voices])
    return order, voices[order], notes["onset"][order]


def numbered(arrays: Sequence[Array]) -> Array:
    """One array of all ``arrays``, each row's ``track`` the index of the array that it comes from."""
    joined = np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
    joined["track"] = np.repeat(np.arange(len(arrays)), [len(array) for array in arrays])
    return joined
