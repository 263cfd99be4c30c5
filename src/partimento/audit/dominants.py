"""Dominant chords, their leading tones and their sevenths, by pitch classes alone.

A frame is a *dominant seventh* where exactly its root, major third and minor seventh sound, with or without the
fifth: no other chord of chorales has that tritone over that root, so no key is needed. Where the key is known, the
major triad on its fifth degree and the diminished triad on its seventh are dominants too. A dominant *resolves*
where the next frame is the major or minor triad on the tonic (its fifth may be missing), whatever the bass.

Shapes: ``...`` any batch, T frames, 4 voices, P = 6 pairs.
"""

import numpy as np
from numpy.typing import NDArray

from .passage import OCTAVE, PAIRS, Integers, Passage, Truths, ends

NONE = -1
MAJOR_THIRD, FOURTH, FIFTH, MINOR_SEVENTH, MAJOR_SEVENTH = 4, 5, 7, 10, 11


def _roots(*chords: tuple[int, ...]) -> NDArray[np.int8]:
    """int[4096]: by the set of pitch classes as bits, the root of the one of ``chords`` that it is, or -1."""
    found = np.full(1 << OCTAVE, NONE, np.int8)
    for root in range(OCTAVE):
        for chord in chords:
            found[sum(1 << (root + tone) % OCTAVE for tone in chord)] = root
    return found


DOMINANT_SEVENTHS = _roots((0, 4, 7, 10), (0, 4, 10))
MAJOR_TRIADS = _roots((0, 4, 7), (0, 4))
DIMINISHED_TRIADS = _roots((0, 3, 6))
TRIADS = _roots((0, 4, 7), (0, 4), (0, 3, 7), (0, 3))


def doubled_leading_tone(heard: Passage) -> Truths:
    """bool[..., T, P]: both voices of the pair have the leading tone of a dominant."""
    higher, lower = ends(_have(heard, leading_tones(heard)), PAIRS)
    return np.asarray(higher & lower)


def unresolved_leading_tone(heard: Passage) -> Truths:
    """bool[..., T-1, 2]: where a dominant resolves, an outer voice leaves its leading tone other than to the tonic."""
    leading = leading_tones(heard)
    left = _have(heard, leading)[..., :-1, :] & heard.sounding[..., 1:, :] & (heard.steps != 1)
    return np.asarray((left & _resolves(heard, leading)[..., None])[..., [0, 3]])


def unresolved_seventh(heard: Passage) -> Truths:
    """bool[..., T-1, 4]: where a dominant seventh resolves, a voice leaves the seventh other than by a step down."""
    roots = DOMINANT_SEVENTHS[heard.chords]
    left = _have(heard, _above(roots, MINOR_SEVENTH))[..., :-1, :] & heard.sounding[..., 1:, :]
    resolves = _resolves(heard, _above(roots, MAJOR_THIRD))[..., None]
    falls = (heard.steps == -1) | (heard.steps == -2)  # by a step
    return np.asarray(left & resolves & ~falls)


def leading_tones(heard: Passage) -> Integers:
    """int[..., T]: the pitch class of the leading tone of each frame that is a dominant, else -1."""
    chords, tonics = heard.chords, heard.tonics
    known = tonics >= 0
    triad = known & (MAJOR_TRIADS[chords] == (tonics + FIFTH) % OCTAVE) & (MAJOR_TRIADS[chords] >= 0)
    diminished = known & (DIMINISHED_TRIADS[chords] == (tonics + MAJOR_SEVENTH) % OCTAVE)
    of_key = np.where(triad | diminished, (tonics + MAJOR_SEVENTH) % OCTAVE, NONE)
    seventh = DOMINANT_SEVENTHS[chords]
    return np.where(seventh >= 0, _above(seventh, MAJOR_THIRD), of_key)


def _above(roots: Integers, interval: int) -> Integers:
    return np.where(roots >= 0, (roots + interval) % OCTAVE, NONE)


def _have(heard: Passage, classes: Integers) -> Truths:
    """bool[..., T, 4]: whether a voice has the pitch class asked for in its frame; none has -1."""
    return np.asarray(heard.sounding & (heard.frames % OCTAVE == classes[..., None]))


def _resolves(heard: Passage, leading: Integers) -> Truths:
    """bool[..., T-1]: a dominant with this leading tone, and in the next frame the triad on its tonic."""
    following = TRIADS[heard.chords][..., 1:]
    return np.asarray((leading[..., :-1] >= 0) & (following == (leading[..., :-1] + 1) % OCTAVE))
