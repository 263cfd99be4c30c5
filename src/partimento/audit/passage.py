"""Four voices as frames of a 16th each, and how they move from frame to frame.

Shapes: ``...`` any batch (pieces, candidates), T frames, 4 voices from the soprano down, P = 6 pairs of voices. A
frame holds the MIDI pitch that sounds in each voice, 0 or less for a rest; a pitch struck again is a pitch held.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..voices import VOICES

Integers = NDArray[np.integer]
Truths = NDArray[np.bool_]

REST = 0
OCTAVE = 12
NO_TONIC = -1
MINOR = 12  # is added to the pitch class of the tonic of a minor key
PAIRS = tuple(combinations(range(len(VOICES)), 2))  # the higher voice first
TO_RELATIVE = 3  # semitones from a minor tonic up to that of the major key of the same signature
LETTERS = np.array([0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6], np.int8)  # over a major tonic: raised 1, 4, 5, lowered 3, 7
ADJACENT = tuple(pair for pair in PAIRS if pair[1] - pair[0] == 1)


@dataclass(frozen=True, eq=False)
class Passage:
    """``frames`` int[..., T, 4]; ``tonics`` int[..., T]: the tonic's pitch class in each frame, 12 more in minor, -1
    where it is unknown.
    """

    frames: Integers
    tonics: Integers

    @cached_property
    def sounding(self) -> Truths:
        """bool[..., T, 4]."""
        return np.asarray(self.frames > REST)

    @cached_property
    def steps(self) -> Integers:
        """int[..., T-1, 4]: semitones from each frame to the next, 0 into and out of rests."""
        both = self.sounding[..., 1:, :] & self.sounding[..., :-1, :]
        return np.asarray(np.diff(self.frames, axis=-2) * both)

    @cached_property
    def motion(self) -> Integers:
        """int[..., T-1, P]: 1 where both voices of a pair move the same way, -1 contrary ways, else 0."""
        ways = np.sign(self.steps)
        higher, lower = ends(ways, PAIRS)
        return higher * lower

    @cached_property
    def intervals(self) -> Integers:
        """int[..., T, P]: semitones modulo 12 between the voices of a pair, whichever is the higher."""
        higher, lower = ends(self.frames, PAIRS)
        return np.asarray(np.abs(higher - lower) % OCTAVE)

    @cached_property
    def chords(self) -> Integers:
        """int[..., T]: the pitch classes that sound, as bits."""
        return np.asarray(np.bitwise_or.reduce((1 << self.frames % OCTAVE) * self.sounding, axis=-1))

    @cached_property
    def letters(self) -> Integers:
        """int[..., T, 4]: the degree of a signature's scale whose letter each pitch bears, as its key spells it."""
        major = self.tonics + (self.tonics >= MINOR) * TO_RELATIVE
        return np.asarray(LETTERS[(self.frames - major[..., None]) % OCTAVE])

    @cached_property
    def together(self) -> Truths:
        """bool[..., T, P]: whether both voices of a pair sound."""
        higher, lower = ends(self.sounding, PAIRS)
        return np.asarray(higher & lower)


def ends(values: NDArray[Any], pairs: tuple[tuple[int, int], ...]) -> tuple[NDArray[Any], NDArray[Any]]:
    """[..., pairs] each: the values of the higher and of the lower voices of ``pairs``, from [..., 4]."""
    higher, lower = zip(*pairs, strict=True)
    return values[..., list(higher)], values[..., list(lower)]


def passage(frames: Integers, tonics: Integers | None = None) -> Passage:
    """``frames`` int[..., T, 4] with what is known of the key."""
    known = np.full(frames.shape[:-1], NO_TONIC) if tonics is None else tonics
    return Passage(frames, known)
