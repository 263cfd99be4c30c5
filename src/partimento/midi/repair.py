"""Rebuild one track so that symusic reads all of it: each note that was left sounding gets an end.

symusic drops a note without a note-off, and would read nothing under a header that declares too few
tracks. So it is given each track in a file of its own, with a true header, closed where it ends.
"""

from collections import Counter

import numpy as np

from ..units import PITCHES
from .quantity import read_quantity, write_quantity
from .scan import CHUNK, HEADER
from .walk import END_OF_TRACK, META, NOTE_OFF, NOTE_ON, TrackEvents

Voice = tuple[int, int]  # channel, pitch


def unclosed_notes(track: TrackEvents) -> Counter[Voice]:
    """How many notes of each (channel, pitch) never end; a note-off without a note ends nothing."""
    kinds = track.statuses >> 4
    begins = (kinds == NOTE_ON) & (track.data(1) > 0)
    here = (kinds == NOTE_ON) | (kinds == NOTE_OFF)
    keys = ((track.statuses & 0xF).astype(np.int64) * PITCHES + track.data(0))[here]
    if not len(keys):
        return Counter()
    order = np.argsort(keys, kind="stable")
    voices, starts = np.unique(keys[order], return_index=True)
    steps = np.where(begins[here][order], 1, -1)
    sums = np.cumsum(steps)
    lowest = np.minimum.reduceat(sums, starts) - (sums - steps)[starts]
    left = np.add.reduceat(steps, starts) - np.minimum(lowest, 0)  # below zero: note-offs without a note
    return Counter({divmod(key, PITCHES): n for key, n in zip(voices.tolist(), left.tolist(), strict=True) if n})


def closed_file(track: TrackEvents, ticks_per_quarter: int) -> bytes:
    """A MIDI file of ``track`` alone, in which every note ends."""
    offs = [bytes([NOTE_OFF << 4 | channel, pitch, 0]) for channel, pitch in unclosed_notes(track).elements()]
    last = [*offs, bytes([META, END_OF_TRACK, 0])]
    wait = read_quantity(track.body, track.stop)[0] if track.stop < len(track.body) else 0
    deltas = [write_quantity(wait), *[b"\0"] * len(offs)]
    body = track.body[: track.stop] + b"".join(d + event for d, event in zip(deltas, last, strict=True))
    header = CHUNK.pack(b"MThd", HEADER.size) + HEADER.pack(0, 1, ticks_per_quarter)
    return header + CHUNK.pack(b"MTrk", len(body)) + body
