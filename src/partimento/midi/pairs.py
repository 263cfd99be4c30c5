"""Which note-off ends which note: of the notes of one voice that sound, the one that began first.

A voice is a pitch of a channel; a note-on of velocity 0 is a note-off; one that finds no note
ends nothing. Shapes: E events, N of them note-ons.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
NONE = -1  # in place of an event: nothing ends the note


def endings(voices: NDArray[np.unsignedinteger], begins: NDArray[np.bool_]) -> Ints:
    """For each of E events, in order of time, the one that ends the note it begins: int[E], or NONE."""
    order = np.argsort(voices, kind="stable")
    ons, offs = _alternating(voices[order], begins[order]) or _first_in_first_out(voices[order], begins[order])
    ends = np.full(len(voices), NONE)
    ends[order[ons]] = order[offs]
    return ends


def _alternating(voices: NDArray[np.unsignedinteger], begins: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    """The pairs of events sorted by voice where every note ends before the next begins, as nearly always."""
    ons, offs = slice(0, None, 2), slice(1, None, 2)
    if len(begins) % 2 or not begins[ons].all() or begins[offs].any():
        return None
    return (ons, offs) if bool((voices[ons] == voices[offs]).all()) else None


def _first_in_first_out(voices: NDArray[np.unsignedinteger], begins: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """The pairs of any events sorted by voice: the n-th note of a voice ends at its n-th note-off that ends one."""
    voice = np.cumsum(np.concatenate([[False], voices[1:] != voices[:-1]]))
    ons, offs = np.flatnonzero(begins), np.flatnonzero(~begins & ~_idle(voice, begins))
    begun, ended = (np.bincount(voice[here], minlength=voice[-1] + 1) for here in (ons, offs))
    place = np.arange(len(ons)) - np.repeat(np.cumsum(begun) - begun, begun)  # of a note within its voice
    closed = place < np.repeat(ended, begun)
    return ons[closed], offs


def _idle(voice: Ints, begins: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which events are note-offs while nothing of their voice sounds, from voices numbered in order.

    The running sum of +1 for a note-on and -1 for a note-off has a new minimum below zero exactly there.
    """
    steps = np.where(begins, 1, -1)
    sums = np.cumsum(steps)
    starts = np.searchsorted(voice, voice)  # of each event's voice
    sums -= (sums - steps)[starts]
    floor = np.minimum.accumulate(sums - voice * 2 * len(voice)) + voice * 2 * len(voice)  # lowest so far, by voice
    before = np.where(starts == np.arange(len(voice)), 0, np.concatenate([[0], floor[:-1]]))
    return ~begins & (floor < np.minimum(before, 0))
