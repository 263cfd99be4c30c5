"""Repair: the cells of notes that have a part in faults are written again, and what got better stays.

Changes far enough apart do not touch: each stretch of changed rows is judged by the weights of its own faults.
Shapes: B pieces, R rows, T = R - 2 frames, C columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...audit.masks import cells_to_repair
from ...audit.rules import FAULTS
from ...audit.voices import Found, find
from ...nn.gibbs import Gibbs
from ...voices import NAMES
from .desk import Desk, Generators, Progress
from .layout import Ids
from .prompts import Mask

PASSES = 2  # over the cells in repair, of a schedule that draws some of them at once
WHOLE = ("once", "blocks")  # schedules that write whole stretches, so that a single time mends them


def repaired(desk: Desk, ids: Ids, generators: Generators, progress: Progress) -> tuple[Ids, NDArray[np.int64]]:
    """``ids`` [B, R, C] after as many rounds as the manner says, or as are needed; and int[B] rounds of each."""
    ids, rounds = ids.copy(), np.zeros(len(ids), np.int64)
    for number in range(desk.manner.rounds):
        wrong = np.stack([faulty(desk, each) for each in ids])
        todo = np.flatnonzero(wrong.any(axis=(1, 2))).tolist()
        for way, pieces in _alike(desk, wrong, todo):
            anew = desk.drawn(ids[pieces], wrong[pieces], [generators[b] for b in pieces], way)
            ids[pieces] = [better(desk, *each) for each in zip(ids[pieces], anew, strict=True)]
        rounds[todo] += 1
        progress((number + 1) / desk.manner.rounds)
    return ids, rounds


def faulty(desk: Desk, ids: Ids, kinds: Iterable[str] = FAULTS) -> Mask:
    """bool[R, 4]: the free cells of ``ids`` [R, C] to be written again."""
    kept, tonics = ~desk.layout.free[1:-1], desk.layout.tonics[1:-1]
    return np.pad(cells_to_repair(desk.frames(ids), kept, kinds, tonics), ((1, 1), (0, 0)))


def better(desk: Desk, before: Ids, after: Ids) -> Ids:
    """``before`` [R, C] with those stretches of ``after`` that have less weight of faults; never more in all."""
    heard = [desk.frames(ids) for ids in (before, after)]
    faults = [find(frames, desk.layout.tonics[1:-1]) for frames in heard]
    changed = (before != after).any(axis=1)
    changed[1:-1] |= (heard[0] != heard[1]).any(axis=1)
    mixed = before.copy()
    for start, stop in _stretches(changed):
        if weight_of(faults[1], start - 1, stop - 1) < weight_of(faults[0], start - 1, stop - 1):
            mixed[start:stop] = after[start:stop]
    found = find(desk.frames(mixed), desk.layout.tonics[1:-1])
    return mixed if weight_of(found) <= weight_of(faults[0]) else before


def weight_of(faults: Iterable[Found], start: int = 0, stop: int | None = None) -> float:
    """Nats of the faults that take any of frames ``start`` to ``stop``; one that lasts pays for each of them."""
    total = 0.0
    for each in faults:
        inside = min(each.stop, each.stop if stop is None else stop) - max(each.start, start)
        total += FAULTS[each.kind].weight * (max(inside, 0) if FAULTS[each.kind].span == 1 else inside > 0)
    return total


def _alike(desk: Desk, wrong: Mask, todo: Iterable[int]) -> Iterator[tuple[Gibbs, list[int]]]:
    """The pieces ``todo`` that are written again in the same way, so that none depends on its company."""
    usual = desk.manner.schedule(desk.model)
    ways = {b: _again(usual, int(wrong[b].sum(axis=0).max())) for b in todo}
    for way in dict.fromkeys(ways.values()):
        yield way, [b for b in ways if ways[b] == way]


def _again(way: Gibbs, cells: int) -> Gibbs:
    """``way`` for ``cells`` of a voice or a few more: no hotter than it ends, and no longer than they need."""
    if way.schedule in WHOLE:
        return replace(way, schedule="once")
    cells = 1 << (cells - 1).bit_length()  # so that many pieces are alike
    at_once = max(min(way.at_once, cells // 4), 1)
    draws = cells // at_once if way.schedule == "parallel" else cells * len(NAMES)
    return replace(way, hottest=way.temperature, at_once=at_once, iterations=min(way.iterations, PASSES * draws))


def _stretches(changed: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Start and stop of each run of changed rows; runs with a single row between them are one."""
    rows = np.flatnonzero(changed)
    if len(rows):
        breaks = np.flatnonzero(np.diff(rows) > 2)
        starts, lasts = rows[np.append(0, breaks + 1)], rows[np.append(breaks, -1)]
        yield from zip(starts.tolist(), (lasts + 1).tolist(), strict=True)
