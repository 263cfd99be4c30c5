"""Which cells of a grid are drawn anew, iteration after iteration: Gibbs sampling and its relatives.

A family rewrites the cells that it is told to; a schedule tells it which. DeepBach's pseudo-Gibbs sampling draws some
cells of every voice at once, from noise, ever cooler (Hadjeres, Pachet and Nielsen, ICML 2017, algorithm 1); annealed
blocks erase ever fewer cells and write them anew (Yao et al., 2014, as in Coconet, Huang et al., ISMIR 2017). Every
piece has its own generator, so that it is erased alike alone and among others. Shapes: B pieces, T rows, C columns,
V voices.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import UnknownName
from ..tokens import Column

Ids = NDArray[np.int64]
Free = NDArray[np.bool_]
Generators = Sequence[np.random.Generator]
Pick = TypeVar("Pick")

FALLING = 0.7  # share of the iterations after which blocks have come down to their floor, as in Coconet


@dataclass(frozen=True)
class Gibbs:
    """How free cells are written."""

    schedule: str = field(
        default="once",
        metadata={"help": "which cells an iteration writes", "choices": ("once", "parallel", "sequential", "blocks")},
    )
    iterations: int = field(default=500, metadata={"help": "how often cells are drawn anew", "range": (1, 1_000_000)})
    at_once: int = field(
        default=16, metadata={"help": "cells of each voice in an iteration (parallel only)", "range": (1, 65536)}
    )
    temperature: float = field(
        default=1.0, metadata={"help": "below 1 sharper, above flatter; 0: the likeliest", "range": (0.0, 10.0)}
    )
    hottest: float = field(
        default=1.1,
        metadata={"help": "temperature at first, where higher (parallel and sequential)", "range": (0.0, 10.0)},
    )
    cooling: float = field(
        default=0.9993, metadata={"help": "factor of the temperature after an iteration", "range": (0.0, 1.0)}
    )
    floor: float = field(
        default=0.1, metadata={"help": "share of the cells in the last iterations (blocks only)", "range": (0.0, 1.0)}
    )

    def temperature_at(self, iteration: int) -> float:
        """What holds in an iteration, from 0."""
        if not SCHEDULES[self.schedule].cools:
            return self.temperature
        return max(self.temperature, self.hottest * self.cooling**iteration)


@dataclass(frozen=True)
class Schedule:
    """``masks`` bool[T, V] of one piece, an iteration each, out of its free cells; whether the temperature falls."""

    masks: Callable[[Free, Gibbs, np.random.Generator], Iterator[Free]]
    cools: bool


def gibbs(
    rewrite: Callable[[Ids, Free, Pick], Ids],
    ids: Ids,
    free: Free,
    config: Gibbs,
    generators: Generators,
    pick_at: Callable[[float], Pick],
    progress: Callable[[float], None] = lambda share: None,
) -> Ids:
    """``ids`` [B, T, C] with its ``free`` cells [B, T, V] written as ``config`` says; a generator for each piece.

    ``pick_at`` gives what draws at a temperature; ``rewrite`` draws the cells of one iteration with it. ``progress``
    hears the share that is done. Raises UnknownName for a schedule that is not there.
    """
    if config.schedule not in SCHEDULES:
        raise UnknownName("schedule", config.schedule, SCHEDULES)
    masks = [SCHEDULES[config.schedule].masks(*each) for each in _pieces(free, config, generators)]
    count = 1 if config.schedule == "once" else config.iterations
    for iteration, now in enumerate(zip(*masks, strict=True)):
        if any(mask.any() for mask in now):
            ids = rewrite(ids, np.stack(now), pick_at(config.temperature_at(iteration)))
        progress((iteration + 1) / count)
    return ids


def noise(ids: Ids, free: Free, columns: Sequence[Column], generators: Generators) -> Ids:
    """``ids`` [B, T, C] with every free cell [B, T, V] at a pitch by chance, all of its voice being equally likely."""
    ids = ids.copy()
    for piece, generator in enumerate(generators):
        for voice in range(free.shape[-1]):
            pitches = columns[voice].span("pitch")
            drawn = generator.integers(pitches.start, pitches.stop, free.shape[1])
            ids[piece, :, voice] = np.where(free[piece, :, voice], drawn, ids[piece, :, voice])
    return ids


def _pieces(free: Free, config: Gibbs, generators: Generators) -> Iterator[tuple[Free, Gibbs, np.random.Generator]]:
    return ((each, config, generator) for each, generator in zip(free, generators, strict=True))


def _once(free: Free, config: Gibbs, generator: np.random.Generator) -> Iterator[Free]:
    """All free cells, a single time."""
    yield free


def _parallel(free: Free, config: Gibbs, generator: np.random.Generator) -> Iterator[Free]:
    """Some free cells of each voice, by chance."""
    columns = [np.flatnonzero(voice) for voice in free.T]
    for _ in range(config.iterations):
        mask = np.zeros_like(free)
        for voice, rows in enumerate(columns):
            mask[generator.choice(rows, min(config.at_once, len(rows)), replace=False), voice] = True
        yield mask


def _sequential(free: Free, config: Gibbs, generator: np.random.Generator) -> Iterator[Free]:
    """One free cell, by chance; none comes again before all others have come."""
    cells, order = np.argwhere(free), np.zeros(0, np.int64)
    for _ in range(config.iterations):
        mask = np.zeros_like(free)
        if len(cells):
            order = order if len(order) else generator.permutation(len(cells))
            mask[tuple(cells[order[0]])], order = True, order[1:]
        yield mask


def _blocks(free: Free, config: Gibbs, generator: np.random.Generator) -> Iterator[Free]:
    """Every free cell with a chance that falls from 1 to the floor."""
    for iteration in range(config.iterations):
        fallen = (1 - config.floor) * iteration / (FALLING * config.iterations)
        yield free & (generator.random(free.shape) < max(config.floor, 1 - fallen))


SCHEDULES = {
    "once": Schedule(_once, cools=False),
    "parallel": Schedule(_parallel, cools=True),
    "sequential": Schedule(_sequential, cools=True),
    "blocks": Schedule(_blocks, cools=False),
}
