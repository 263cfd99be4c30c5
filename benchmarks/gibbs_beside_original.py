"""Gibbs updates per second of a DeepBach: batched as here, and one window at a time as the originals sample.

    python benchmarks/gibbs_beside_original.py

An update is one cell drawn anew. Both sides have the same network with the same weights (random ones: what an update
costs does not depend on them), a grid of 256 16ths with every cell of every voice free, and one thread; seconds are of
the processor, the median of rounds in which all sides take their turn. ``one window at a time`` is the sequential
sampling of the Keras versions written out in torch: choose a voice and a 16th, cut its window, ask the network in
single precision, draw. The others are ``gibbs`` with its schedules; ``parallel`` draws 16 cells of each voice at once.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np
import torch
from measure import Result, parser, run, table, timed

from partimento.compose.model import one_thread
from partimento.models.deepbach import DeepBach
from partimento.models.grid import Cells, Ids
from partimento.nn.gibbs import Gibbs, gibbs, noise
from partimento.recipe import called

RECIPES = ("deepbach", "keras-deepbach")
ROWS, VOICES = 256, 4
BEGIN, END = [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0]
ORIGINAL = "one window at a time"
WAYS = {
    "sequential": ("sequential", 1),
    "parallel, one piece": ("parallel", 1),
    "parallel, 16 pieces": ("parallel", 16),
}


def options() -> ArgumentParser:
    """--rounds and --updates beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--rounds", type=int, default=5, help="of all sides in turn; the median counts")
    made.add_argument("--updates", type=int, default=256, help="of each side in a round, at least")
    return made


def measured(given: Namespace) -> Result:
    """Updates per second of every side, for each recipe."""
    rounds, updates = (1, 8) if given.quick else (given.rounds, given.updates)
    with one_thread():
        return {"rows": [row for name in RECIPES for row in compared(name, rounds, updates)]}


def compared(name: str, rounds: int, updates: int) -> list[Result]:
    """A row per side of one recipe; ``ratio`` is over the original's way."""
    torch.manual_seed(0)
    recipe = called(name)
    model = DeepBach(recipe.model, recipe.codec.columns).eval()
    sides = {ORIGINAL: plain(model, updates)} | {way: batched(model, *WAYS[way], updates) for way in WAYS}
    for work in sides.values():
        work()
    rates = {side: list[float]() for side in sides}
    for _ in range(rounds):
        for side, work in sides.items():
            done, spent = timed(work)
            rates[side].append(done / spent.cpu_s)
    found = {side: median(each) for side, each in rates.items()}
    return [
        {"recipe": name, "side": side, "updates/s": rate, "ratio": rate / found[ORIGINAL]}
        for side, rate in found.items()
    ]


def plain(model: DeepBach, updates: int) -> Callable[[], int]:
    """The original's way: returns how many updates it has done."""
    ids, dt, generator = torch.from_numpy(noisy(model, 1)[0]), model.config.dt, np.random.default_rng(0)
    sizes = [column.size for column in model.voices]

    @torch.no_grad()
    def work() -> int:
        for _ in range(updates):
            voice, row = int(generator.integers(VOICES)), int(generator.integers(dt, ROWS - dt))
            window = ids[row - dt : row + dt + 1].clone()
            window[:, VOICES] = (window[:, VOICES] - 1).clamp_min(0) % 4 + (window[:, VOICES] > 0)
            window[dt, voice] = sizes[voice]
            shared = model.config.shared
            scores = model.nets[0 if shared else voice](window[None])[0]
            scores = scores[model.places[voice]] if shared else scores
            ids[row, voice] = 2 + torch.multinomial(scores[2:].softmax(-1), 1)[0]
        return updates

    return work


def batched(model: DeepBach, schedule: str, pieces: int, updates: int) -> Callable[[], int]:
    """This project's way."""
    config, ids = Gibbs(schedule), noisy(model, pieces)
    each = pieces * (VOICES * config.at_once if schedule == "parallel" else 1)
    config = replace(config, iterations=-(-updates // each))
    free = np.zeros((pieces, len(ids[0]), VOICES), bool)
    free[:, 1:-1] = True
    draws = np.random.default_rng(0)

    def pick(cells: Cells, log_probabilities: np.ndarray) -> np.ndarray:
        return (log_probabilities + draws.gumbel(size=log_probabilities.shape)).argmax(-1)

    def work() -> int:
        generators = [np.random.default_rng(piece) for piece in range(pieces)]
        gibbs(model.rewrite, ids, free, config, generators, lambda temperature: pick)
        return config.iterations * each

    return work


def noisy(model: DeepBach, pieces: int) -> Ids:
    """int[B, T, C]: every cell at a pitch by chance, in bars of 4/4."""
    inside = np.zeros((ROWS, VOICES + 3), np.int64)
    inside[:, VOICES] = 1 + np.arange(ROWS) % 16
    ids = np.repeat(np.vstack([[BEGIN], inside, [END]])[None], pieces, 0)
    free = np.zeros((*ids.shape[:2], VOICES), bool)
    free[:, 1:-1] = True
    return noise(ids, free, model.columns, [np.random.default_rng(piece) for piece in range(pieces)])


if __name__ == "__main__":
    run(options(), measured, lambda result: table(result["rows"]))
