"""What a piano model may be asked of a Score that is given whole: fill a gap, vary, accompany, lead up to it.

Each is a Prompt; what it keeps comes out tick for tick. Times are seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ..errors import UnknownName, UsageError
from ..prompt import Prompt, Span, accompaniment, filling, leading, refilling
from ..score import Score

ROUNDED_S = 0.06  # that a time said with one decimal may be beyond the end
SHORTEST_S, LONGEST_LEAD_S = 0.1, 600.0
VARIED_S = 2.0  # of a stretch that is varied: about a bar
LARGEST_AMOUNT = 0.9


@dataclass(frozen=True)
class Task:
    """A verb of TASKS and what it needs: where a gap begins and ends, how much is varied, how long a lead is."""

    verb: str
    from_s: float = 0.0
    to_s: float | None = None
    amount: float = 0.0

    def __post_init__(self) -> None:
        if self.verb not in TASKS:
            raise UnknownName("task", self.verb, TASKS)

    def prompt(self, score: Score, seed: int, controls: Mapping[str, str | float] | None = None) -> Prompt:
        """What is kept of ``score`` and what is free. Raises UsageError."""
        if not len(score):
            raise UsageError(f"{self.verb}: the file has no notes; take one with notes")
        return replace(TASKS[self.verb](self, score, seed), controls=controls or {})

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def _fill(task: Task, score: Score, seed: int) -> Prompt:
    end_s = score.duration_s
    to_s = end_s if task.to_s is None else task.to_s
    if not 0 <= task.from_s < end_s:
        raise UsageError(f"--from {task.from_s:g} is out of range: 0 to {end_s:.1f} seconds, where the music ends")
    if not task.from_s + SHORTEST_S <= to_s <= end_s + ROUNDED_S:
        allowed = f"{task.from_s + SHORTEST_S:g} (--from and {SHORTEST_S:g}) to {end_s:.1f} seconds"
        raise UsageError(f"--to {to_s:g} is out of range: {allowed}, where the music ends")
    return filling(score, int(score.ticks(task.from_s)), int(score.ticks(to_s)))


def _vary(task: Task, score: Score, seed: int) -> Prompt:
    """Stretches of VARIED_S drawn by the seed, neighbours as one."""
    if not 0 < task.amount <= LARGEST_AMOUNT:
        raise UsageError(
            f"--amount {task.amount:g} is out of range: more than 0, at most {LARGEST_AMOUNT:g} of the piece"
        )
    count = max(int(np.ceil(score.duration_s / VARIED_S)), 2)
    chosen = np.zeros(count, bool)
    chosen[np.random.default_rng(seed).permutation(count)[: max(round(task.amount * count), 1)]] = True
    edges = np.minimum(np.flatnonzero(np.diff(chosen, prepend=False, append=False)) * VARIED_S, score.duration_s)
    ticks = [int(score.ticks(float(edge))) for edge in edges]
    return refilling(score, tuple(Span(a, b) for a, b in zip(ticks[::2], ticks[1::2], strict=True)))


def _accompany(task: Task, score: Score, seed: int) -> Prompt:
    return accompaniment(score)


def _lead(task: Task, score: Score, seed: int) -> Prompt:
    seconds = task.to_s or 0.0
    if not SHORTEST_S <= seconds <= LONGEST_LEAD_S:
        raise UsageError(
            f"--seconds {seconds:g} is out of range: {SHORTEST_S:g} to {LONGEST_LEAD_S:g} before the piece"
        )
    return leading(score, seconds)


TASKS: dict[str, Callable[[Task, Score, int], Prompt]] = {
    "fill": _fill,
    "vary": _vary,
    "accompany": _accompany,
    "lead": _lead,
}
