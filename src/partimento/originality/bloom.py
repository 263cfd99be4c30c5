"""Bloom filters (Bloom 1970): sets of keys that answer yes for all that they hold, and for a few others."""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from .windows import Keys, mixed

Bits = NDArray[np.uint8]  # [B]: eight bits of a filter to a byte


def filter_of(keys: Keys, bits: float) -> Bits:
    """A filter that holds ``keys``, with so many bits for each."""
    made = np.zeros(max(int(len(keys) * bits / 8), 8), np.uint8)
    for probe in _probes(keys, len(made), probes(bits)):
        np.bitwise_or.at(made, probe >> 3, (1 << (probe & 7)).astype(np.uint8))
    return made


def held(keys: Keys, bits: float, found: Bits) -> NDArray[np.bool_]:
    """Which of ``keys``, of any shape, a filter of so many bits to a key holds."""
    inside = np.ones(keys.shape, bool)
    for probe in _probes(keys, len(found), probes(bits)):
        inside &= (found[probe >> 3] >> (probe & 7).astype(np.uint8) & 1).astype(bool)
    return inside


def probes(bits: float) -> int:
    """How many bits a key sets: the number for which fewest others are found."""
    return max(round(bits * log(2)), 1)


def false_positives(bits: float) -> float:
    """The share of keys that a filter does not hold and yet says it does."""
    return (1 - exp(-probes(bits) / bits)) ** probes(bits)


def _probes(keys: Keys, size: int, count: int) -> list[NDArray[np.int64]]:
    """The bits of a filter of ``size`` bytes that each key sets: double hashing, Kirsch and Mitzenmacher 2006."""
    hashes, bits = mixed(keys), np.uint64(size * 8)
    step = (hashes >> np.uint64(32)) | np.uint64(1)
    return [((hashes + np.uint64(i) * step) % bits).astype(np.int64) for i in range(count)]
