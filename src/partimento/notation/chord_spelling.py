"""Second thoughts about the names of pitches: chords are stacks of thirds, chromatic notes lead on.

A triad or seventh chord is named as a whole: where most of its notes bear the names that one root gives them, the
others take theirs. Then a note outside the signature's scale that goes up by a semitone is named after the degree
below: D sharp before E, not E flat. Places are those of the line of fifths, as in ``spelling``. Shapes: N notes.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Truths = NDArray[np.bool_]

FIFTHS = {0: 0, 3: -3, 4: 4, 6: -6, 7: 1, 9: -9, 10: -2, 11: 5}  # places over a root, by semitones over it
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 10))
OCTAVE, ENHARMONIC = 12, 12  # semitones; places
SHARPEST = 9  # places from the sharps of a signature, whose scale has -1 to 5, to the last that leads on: D sharp in C


def _rows() -> dict[frozenset[int], list[dict[int, int]]]:
    """By the pitch classes of a chord, for each root that it may have, places over C's by pitch class."""
    found: dict[frozenset[int], list[dict[int, int]]] = {}
    for root in range(OCTAVE):
        for chord in CHORDS:
            places = {(root + tone) % OCTAVE: 7 * root + FIFTHS[tone] for tone in chord}
            found.setdefault(frozenset(places), []).append(places)
    return found


ROWS = _rows()


def in_chords(places: Places, onsets: Places, releases: Places, pitches: Places) -> tuple[Places, Truths]:
    """``places`` [N] with those notes renamed that alone do not fit the chord in which they are struck.

    And bool[N]: which notes a chord has given a name that no other root of it would.
    """
    found, settled = places.copy(), np.zeros(len(places), np.bool_)
    for onset in np.unique(onsets).tolist():
        sounding = np.flatnonzero((onsets <= onset) & (onset < releases))
        rows = ROWS.get(frozenset((pitches[sounding] % OCTAVE).tolist()), [])
        struck = sounding[onsets[sounding] == onset]
        renamed = _renamed({int(pitches[i]) % OCTAVE: int(found[i]) for i in sounding}, rows)
        found[struck] = [renamed[int(pitches[i]) % OCTAVE] for i in struck]
        settled[struck] = len(rows) == 1
    return found, settled


def led_on(places: Places, pitches: Places, sharps: Places, settled: Truths) -> Places:
    """``places`` [N] of one voice, its chromatic notes that rise by a semitone on the degree below, but for those
    ``settled`` bool[N]."""
    found = places.copy()
    for here, after in pairwise(range(len(places))):
        over = found[here] - sharps[here]
        free = not settled[here] and over < -1 and over + ENHARMONIC <= SHARPEST
        if free and pitches[after] - pitches[here] == 1 and places[after] - found[here] == 7:
            found[here] += ENHARMONIC
    return found


def _renamed(named: dict[int, int], rows: Sequence[dict[int, int]]) -> dict[int, int]:
    """Places by pitch class, ``named`` or as the row has them with which the most agree, if more than half do."""
    best, most = named, len(named) // 2
    for row in rows:
        for turn in {named[tone] - place for tone, place in row.items()}:
            agree = sum(named[tone] - place == turn for tone, place in row.items())
            if agree > most:
                best, most = {tone: place + turn for tone, place in row.items()}, agree
    return best
