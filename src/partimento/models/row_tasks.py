"""Which rows a model knows ahead of their time while it learns to write the others, as one who uses it would ask.

The shares of TASKS are those of windows. Where anything is known, so is the end, if the window has it.
Shapes: T rows, C columns.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Bool
from numpy.typing import NDArray
from torch import Tensor

from ..batch import Batch
from ..tokens import Column

STRETCH = (2.0, 7.0)  # 4 to 128 rows, as a power of two
TOGETHER = 4  # grid steps: what is struck within 40 ms is one chord, whose highest note is the melody's
Known = NDArray[np.bool_]
Integers = NDArray[np.int64]
Task = Callable[[Integers, Integers, np.random.Generator], Known]  # pitch ids [T], 0 for no note; onsets [T]


def nothing(pitches: Integers, onsets: Integers, generator: np.random.Generator) -> Known:
    """To compose, to continue: no row but perhaps the end."""
    return np.zeros(len(pitches), bool)


def behind(pitches: Integers, onsets: Integers, generator: np.random.Generator) -> Known:
    """To fill a gap, to lead up to something: all that stands behind some row."""
    return np.arange(len(pitches)) >= generator.integers(len(pitches))


def stretches(pitches: Integers, onsets: Integers, generator: np.random.Generator) -> Known:
    """To fill gaps, to vary: stretches of rows in turn known and not, of any length from a chord to some bars."""
    lengths = np.exp2(generator.uniform(*STRETCH, len(pitches))).astype(int)
    turns = np.repeat(np.arange(len(lengths)) % 2 == generator.integers(2), lengths)
    return turns[: len(pitches)]


def melody(pitches: Integers, onsets: Integers, generator: np.random.Generator) -> Known:
    """To accompany: the highest notes of those struck together."""
    near = np.abs(onsets[:, None] - onsets) <= TOGETHER
    return (pitches > 0) & (pitches == np.where(near, pitches, 0).max(1))


def band(pitches: Integers, onsets: Integers, generator: np.random.Generator) -> Known:
    """To accompany, or to add a melody: all notes above some pitch, or all below it."""
    edge = generator.choice(pitches)
    return (pitches > 0) & ((pitches >= edge) if generator.random() < 0.5 else (pitches <= edge))


def some(pitches: Integers, onsets: Integers, generator: np.random.Generator) -> Known:
    """To vary: any share of the notes."""
    return (pitches > 0) & (generator.random(len(pitches)) < generator.random())


TASKS: dict[str, tuple[Task, float]] = {
    "nothing": (nothing, 0.35),
    "behind": (behind, 0.1),
    "stretches": (stretches, 0.25),
    "melody": (melody, 0.1),
    "band": (band, 0.1),
    "some": (some, 0.1),
}
END_KNOWN = 0.75  # of the windows of which nothing else is known


def with_known(batch: Batch, onsets: Tensor, columns: Sequence[Column], generator: torch.Generator) -> Batch:
    """``batch`` with what is known ahead in each of its windows, whose rows stand at ``onsets`` [B, T + 1]."""
    seed = int(torch.randint(2**31, (), generator=generator))
    chance = np.random.default_rng(seed)
    parts = [
        known_rows(ids, times, columns, chance)
        for ids, times in zip(batch.ids.cpu().numpy(), onsets.cpu().numpy(), strict=True)
    ]
    known: Bool[Tensor, "B T1"] = torch.from_numpy(np.stack(parts)).to(batch.ids.device)
    return Batch(batch.ids, batch.loss_mask, batch.controls, known)


def known_rows(ids: Integers, onsets: Integers, columns: Sequence[Column], chance: np.random.Generator) -> Known:
    """bool[T]: by one of TASKS."""
    first, second = columns[0], columns[1]
    ends = ids[:, 0] == first.id("end")
    speaks = (ids[:, 0] >= first.offsets["time"]) & (ids[:, 0] < first.span("time").stop)
    pitches = np.where(speaks & (ids[:, 1] >= second.offsets["pitch"]), ids[:, 1], 0)
    tasks = list(TASKS.values())
    task = tasks[int(chance.choice(len(tasks), p=[share for _, share in tasks]))][0]
    known = task(pitches, onsets, chance) & speaks
    if task is nothing and chance.random() > END_KNOWN:
        return known
    return known | ends
