"""Windows of a line as numbers: the steps in pitch from note to note, whatever the key. Shapes: N notes, W = N-k+1."""

import numpy as np
from numpy.typing import NDArray

STEP_BITS = 8  # a step in pitch is -127 to 127
MIXER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: Knuth's multiplicative hashing

Keys = NDArray[np.uint64]


def windows(pitches: NDArray[np.integer], notes: int) -> Keys:
    """uint64[..., W]: a key per window of ``notes`` notes along the last axis; of up to 9 notes no two share one."""
    base = np.uint64(2**STEP_BITS) if notes * STEP_BITS <= 64 + STEP_BITS else MIXER
    steps = (np.diff(pitches.astype(np.int64)) + 2 ** (STEP_BITS - 1)).astype(np.uint64)
    width = max(pitches.shape[-1] - notes + 1, 0)
    keys = np.zeros((*pitches.shape[:-1], width), np.uint64)
    for i in range(notes - 1):
        keys = keys * base + steps[..., i : i + width]
    return keys


def mixed(keys: Keys) -> Keys:
    """Every bit of a key spread over 64 bits."""
    keys = keys * MIXER
    keys = keys ^ (keys >> np.uint64(29))
    keys = keys * MIXER
    return keys ^ (keys >> np.uint64(32))


def short(keys: Keys) -> NDArray[np.uint32]:
    """32 of those bits, by which postings are sorted."""
    return (mixed(keys) >> np.uint64(32)).astype(np.uint32)
