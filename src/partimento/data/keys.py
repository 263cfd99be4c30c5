"""The key of a piece as its notes suggest it, for music that says none.

Krumhansl (1990), *Cognitive Foundations of Musical Pitch*, chapter 4: how long each pitch class sounds, correlated with
the profiles of Krumhansl and Kessler (1982) on each of 24 tonics; the highest correlation counts.
"""

import numpy as np

from ..score import Score

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
TO_RELATIVE = 3  # semitones from a minor tonic up to that of the major key of the same signature


def estimated_key(score: Score) -> tuple[int, bool]:
    """Sharps of the signature (flats below 0, -5 to 6) and whether it is minor; C major for silence."""
    weights = np.bincount(score.notes["pitch"] % 12, score.notes["duration"].astype(np.float64), 12)
    profiles = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])
    centred = profiles - profiles.mean(1, keepdims=True)
    fits = centred @ (weights - weights.mean()) / np.linalg.norm(centred, axis=1)
    minor, tonic = divmod(int(fits.argmax()), 12)
    return (7 * (tonic + TO_RELATIVE * minor) + 5) % 12 - 5, bool(minor)
