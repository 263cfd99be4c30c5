"""The names of pitches: F sharp or G flat, from the key and the music around.

Places on the line of fifths: ... B flat -2, F -1, C 0, G 1, D 2, ... F sharp 6. The method is ps13 of Meredith
(2006), *The ps13 pitch spelling algorithm*, Journal of New Music Research 35(2): each pitch class that sounds nearby
may be the tonic and names the note as its harmonic chromatic scale has it (from its minor second to its raised
fourth); the name with most votes counts. Here the tonic of the key signature votes too, so that the names stand on
the line of fifths itself; passing and neighbour notes are then put on a degree of their own, as in ps13's second stage.

Shapes: N notes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..score import Score
from .chord_spelling import in_chords, led_on

Places = NDArray[np.int64]

LETTERS = "FCGDAEB"  # in the order of fifths, which is that of the sharps of a signature
BEFORE, AFTER = 10, 42  # notes around: Meredith's best values
KEY_VOTES = 2  # that the tonic of the signature has, beside those of the notes around
LOWEST_DEGREE = -5  # fifths from a tonic to its minor second; the raised fourth is 6 above it
MIDDLE = 2  # fifths from the tonic of a major key to the middle of its scale
MAJOR_TO_MINOR = 3  # fifths from the tonic of a signature's major key to that of its minor one


def spelled(score: Score) -> Places:
    """int[N]: the place on the line of fifths of each note of ``score``."""
    notes = score.notes
    sharps, tonics = _signatures(score)
    pitches = notes["pitch"].astype(np.int64)
    places = _voted(pitches, sharps, tonics)
    tracks = [np.flatnonzero(notes["track"] == track) for track in range(len(score.tracks))]
    places, settled = in_chords(places, notes["onset"].astype(np.int64), score.releases, pitches)
    for mine in tracks:
        places[mine] = _stepwise(places[mine], pitches[mine])
        places[mine] = led_on(places[mine], pitches[mine], sharps[mine], settled[mine])
    return places


def signatures(score: Score) -> list[tuple[int, int, str]]:
    """Tick, sharps (flats below 0) and mode of each key signature; one that fits best, without mode, where none is."""
    rows = [(onset, sharps, "minor" if minor else "major") for onset, sharps, minor in score.keys.tolist()]
    return rows or [(0, _best_signature(score), "none")]


def name(place: int, pitch: int) -> tuple[str, int, int]:
    """Letter, alteration in semitones and octave (C4 is 60) of MIDI ``pitch`` at ``place``."""
    alter = (place + 1) // 7
    return LETTERS[(place + 1) % 7], alter, (pitch - alter) // 12 - 1


def altered(sharps: int) -> dict[str, int]:
    """The alteration of each letter in a signature of ``sharps``."""
    signed = LETTERS[:sharps] if sharps > 0 else LETTERS[sharps:] if sharps else ""
    return {letter: (letter in signed) * int(np.sign(sharps)) for letter in LETTERS}


def _signatures(score: Score) -> tuple[Places, Places]:
    """int[N], int[N]: the sharps in force at each note, and the place of the tonic."""
    rows = signatures(score)
    which = np.searchsorted([tick for tick, *_ in rows], score.notes["onset"], side="right") - 1
    sharps = np.array([sharps for _, sharps, _ in rows])[np.maximum(which, 0)]
    minor = np.array([mode == "minor" for *_, mode in rows])[np.maximum(which, 0)]
    return sharps, sharps + MAJOR_TO_MINOR * minor


def _voted(pitches: NDArray[Any], sharps: Places, tonics: Places) -> Places:
    """int[N]: the place with most votes of the tonics around each note."""
    classes = pitches % 12
    votes = _around(classes)
    votes[np.arange(len(classes)), tonics * 7 % 12] += KEY_VOTES
    tonic_classes = np.arange(12)
    tonic_places = _nearest(tonic_classes[None] * 7, sharps[:, None] + MIDDLE)
    degrees = (7 * (classes[:, None] - tonic_classes) - LOWEST_DEGREE) % 12 + LOWEST_DEGREE
    places = tonic_places + degrees
    nearest = _nearest(classes * 7, sharps + MIDDLE)
    counts = np.stack([(votes * (places == (nearest + turn)[:, None])).sum(axis=1) for turn in (0, -12, 12)])
    return nearest + np.array([0, -12, 12])[counts.argmax(axis=0)]


def _around(classes: Places) -> NDArray[np.int64]:
    """int[N, 12]: how often each pitch class sounds among the notes around each."""
    sums = np.concatenate([np.zeros((1, 12), np.int64), np.eye(12, dtype=np.int64)[classes].cumsum(axis=0)])
    at = np.arange(len(classes))
    return np.asarray(sums[np.minimum(at + AFTER, len(classes))] - sums[np.maximum(at - BEFORE, 0)])


def _nearest(places: Places, middle: Places) -> Places:
    """``places`` moved by twelves to within 5 below and 6 above ``middle``."""
    return np.asarray((places - middle + 5) % 12 - 5 + middle)


def _stepwise(places: Places, pitches: Places) -> Places:
    """``places`` of one voice, its neighbour and passing notes on degrees of their own: G - F sharp - G."""
    places = places.copy()
    for i in range(1, len(places) - 1):
        before, here, after = _degrees(places[i - 1 : i + 2], pitches[i - 1 : i + 2])
        up, on = int(pitches[i] - pitches[i - 1]), int(pitches[i + 1] - pitches[i])
        if before == here == after and up * on < 0 and abs(up) <= 2:
            places[i] += _towards(places[i], pitches[i], here + (1 if up > 0 else -1))
        elif abs(after - before) == 2 and here in (before, after) and up * on > 0 and max(abs(up), abs(on)) <= 2:
            places[i] += _towards(places[i], pitches[i], (before + after) // 2)
    return places


def _towards(place: int, pitch: int, degree: int) -> int:
    """How far to move ``place`` so that the note stands on ``degree``; 0 where it cannot."""
    moves = (move for move in (-12, 12) if _degrees(np.array([place + move]), np.array([pitch]))[0] == degree)
    return next(moves, 0)


def _degrees(places: Places, pitches: Places) -> list[int]:
    """Places of a staff, one for each letter of each octave."""
    alters = (places + 1) // 7
    letters = (places * 4) % 7  # C 0, D 1, ... B 6
    return [
        int(7 * ((pitch - alter) // 12) + letter) for pitch, alter, letter in zip(pitches, alters, letters, strict=True)
    ]


def _best_signature(score: Score) -> int:
    """The sharps of the signature in whose scale most of the time is spent; of equals, that with the fewest signs."""
    classes = score.notes["pitch"].astype(np.int64) % 12
    time = np.bincount(classes * 7 % 12, weights=score.notes["duration"], minlength=12)  # by fifths from C
    return max(range(-6, 7), key=lambda sharps: (time[np.arange(sharps - 1, sharps + 6) % 12].sum(), -abs(sharps)))
