"""What is known ahead, while composing: read once before the first row, looked up by time after that.

Shapes: B pieces, T new rows, N known rows in order of time, C columns, c of them chosen, D width, P width of all keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from .ahead import HORIZON, AheadReader, Offer
from .frozen import Floats, Integers, Map, Tables, array

AT_ONCE = 512  # known rows that are read together; each has at least half of them behind it, if there are so many
BEHIND_ALL = 1 << 15  # where the end stands among rows of its time
ORDER = 1 << 16


@dataclass(frozen=True)
class Known:
    """Rows that are known ahead: ``ids`` [N, C], and their grid steps counted from the first row of the prefix."""

    ids: Integers
    onsets: Integers


@dataclass(frozen=True)
class Sight:
    """What is known ahead as pieces at different places see it.

    ``vectors`` [N, D] and ``keys`` [N, P] of the known rows, ``order`` [N] their places among all rows; by piece
    ``origin`` [B], the time of the state's first row, and of its last row ``place`` (N: nothing ahead) and ``gap``.
    """

    ids: Integers
    onsets: Integers
    vectors: Floats
    keys: Floats
    order: Integers
    origin: Integers
    place: Integers
    gap: Integers

    def of(self, pieces: Sequence[int]) -> "Sight":
        """What some pieces see."""
        return replace(self, **{name: getattr(self, name)[pieces] for name in ("origin", "place", "gap")})

    def moved(self, steps: Integers) -> "Sight":
        """The same for states that begin ``steps`` [B] later."""
        return replace(self, origin=self.origin + steps)


class FrozenAhead:
    """An AheadReader for composing; ``rows`` are the tables of the rows' own vectors."""

    def __init__(self, reader: AheadReader) -> None:
        self.outward = Map(reader.outward)
        self.keys = None if reader.keys is None else Map(reader.keys)
        self.gaps, self.classes = array(reader.gaps.weight), reader.classes.cpu().numpy()
        self.offer: Offer = reader.offer

    def sight(self, known: Known, vectors: Floats, pieces: int) -> Sight:
        """What ``pieces`` pieces see before their first row of known rows with these vectors [N, D]."""
        ends = known.ids[:, 0] == self.offer.end
        order = known.onsets * ORDER + np.where(ends, BEHIND_ALL, known.ids[:, 1])
        keys = np.zeros((len(vectors), 0), np.float32) if self.keys is None else self.keys(vectors)
        origin, place, gap = np.zeros((3, pieces), np.int64)
        return Sight(known.ids, known.onsets, vectors, keys, order, origin, place, gap)

    def look(self, sight: Sight, rows: Integers, times: Integers) -> tuple[Floats, Sight]:
        """What rows [B, T, C] at ``times`` [B, T] are told, [B * T, D], and what the last of them see."""
        now = times + sight.origin[:, None]
        place = np.searchsorted(sight.order, now * ORDER + rows[..., 1], side="right")
        gap = np.append(sight.onsets, 2 * HORIZON + now.max())[place] - now
        place = np.where(gap > HORIZON, len(sight.ids), place)
        flat, there = place.ravel(), (place < len(sight.ids)).ravel()
        told = np.zeros((place.size, sight.vectors.shape[1]), np.float32)
        if there.any():
            seen = sight.vectors[flat[there]] + self.gaps[self.classes[gap.ravel()[there]]]
            told[there] = self.outward(seen)
        return told, replace(sight, place=place[:, -1], gap=gap[:, -1])

    def offered(self, sight: Sight, chosen: Integers) -> Integers:
        """int[B]: what the next known row of each piece stands for in the column after those ``chosen`` [B, c]."""
        there = sight.place < len(sight.ids)
        ids = sight.ids[np.where(there, sight.place, 0)]
        parts = (torch.from_numpy(np.ascontiguousarray(part)) for part in (ids, sight.gap, there, chosen))
        found: Integers = self.offer(*parts).numpy()
        return found

    def keys_of(self, sight: Sight) -> Floats:
        """[B, P]: the keys of the next known rows; those of rows that are not there are never looked at."""
        found: Floats = sight.keys[np.minimum(sight.place, len(sight.ids) - 1)]
        return found


def read(reader: AheadReader, rows: Tables, known: Known) -> Floats:
    """[N, D]: the vectors of known rows, in order of time."""
    parts = [_read(reader, rows, known, first) for first in range(0, len(known.ids), AT_ONCE // 2)]
    return np.concatenate(parts)


def _read(reader: AheadReader, rows: Tables, known: Known, first: int) -> Floats:
    """Of half as many rows as are read together."""
    both = (part[first : first + AT_ONCE][::-1].copy() for part in (known.ids, known.onsets))
    ids, onsets = (torch.from_numpy(part)[None] for part in both)

    def embed(ids: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(rows(ids[0].numpy()))[None]

    with torch.inference_mode():
        vectors: Floats = reader.read(ids, onsets, embed)[0].numpy()[::-1]
    return np.ascontiguousarray(vectors[: AT_ONCE // 2])
