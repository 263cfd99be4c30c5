"""The audit's rules while sampling: what each pitch would cost a cell where it stands, which cells to write anew.

The same functions find faults in the audit and here, over four frames around a cell in which it takes every candidate
in turn: the one before it, its own, the last in which its note is already known to be held, the one after that. An
unknown neighbour is a rest: then only what is known counts. Steps and frames inside the held part are not looked at.

Shapes: T frames, N cells of one voice, V candidate pitches, F frames around a cell, 4 voices.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..voices import VOICES
from .passage import REST, Integers, Passage, Truths
from .rules import FAULTS, HARD, Rule
from .voices import Found, find, rules

SOFT = tuple(name for name in FAULTS if name not in HARD)
CELL, HELD = 1, 2  # of the frames around a cell; the steps into it and out of it are 0 and 2
FRAMES = 4

Costs = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Around:
    """What stands around N cells: ``frames`` int[N, 4, 4], ``tonics`` int[N, 4], ``held`` bool[N].

    Of the frames the second is the cell's own and the third the last that its note is held in, the same where that
    is not ``held``; the cell's voice may say anything in both.
    """

    frames: Integers
    tonics: Integers
    held: Truths

    def leads_on(self, voice: int) -> Truths:
        """bool[N]: whether it is known what ``voice`` sounds behind; else the step there is nobody's fault."""
        return np.asarray(self.frames[:, HELD + 1, voice] > REST)


def verdicts(
    around: Around,
    voice: int,
    pitches: Integers,
    hard: Iterable[str] = HARD,
    soft: Iterable[str] = SOFT,
) -> tuple[Costs, Costs]:
    """float[N, V] twice, in nats: weights of the ``hard`` faults that the cell has a part in with each of ``pitches``
    (0: a rest), and of all ``soft`` faults around it.

    A hard fault counts in its own groups of voices; a soft one also where the cell only makes the chord. What a cell
    costs depends on no other.
    """
    behind = np.stack([around.held, around.leads_on(voice)])
    heard = _heard(around, voice, pitches, FRAMES if behind.any() else 2)
    shape = heard.frames.shape[:2]
    costs = np.zeros(shape), np.zeros(shape)
    for cost, kinds, is_own in zip(costs, (hard, soft), (True, False), strict=True):
        for rule in rules(kinds):
            cost += rule.weight * _count(rule, heard, behind, voice if is_own else None)
    return costs


def cells_to_repair(
    frames: Integers,
    kept: Truths | None = None,
    kinds: Iterable[str] = FAULTS,
    tonics: Integers | None = None,
) -> Truths:
    """bool[T, 4]: the cells to sample again so that the faults can go: the whole notes of the voices concerned.

    Cells of ``kept`` bool[T, 4] are never among them; where all of a fault's are kept, the notes of the other
    voices beside them are.
    """
    free = np.ones(frames.shape, np.bool_) if kept is None else ~kept
    notes = _notes(frames)
    chosen = np.zeros(frames.shape, np.bool_)
    for each in find(frames, tonics, kinds):
        chosen |= next(cells for cells in _choices(each, notes, free))
    return chosen


def _heard(around: Around, voice: int, pitches: Integers, count: int) -> Passage:
    """The first ``count`` frames, int[N, V, F, 4], with every candidate in the cell and where it is held."""
    shape = len(around.frames), len(pitches), count, around.frames.shape[-1]
    frames = np.empty(shape, np.int16)
    frames[...] = around.frames[:, None, :count]
    frames[:, :, CELL : HELD + 1, voice] = pitches[:, None]
    return Passage(frames, around.tonics[:, None, :count].astype(np.int16))


def _count(rule: Rule, heard: Passage, behind: Truths, voice: int | None) -> Integers:
    """int[N, V]: the faults of the cell's frame, or of the step into it; and, where ``behind`` bool[2, N] says that
    these count, of the last frame in which it is held, or of the step out of that."""
    marks = rule.find(heard)
    if voice is not None:
        marks = marks[..., [g for g, group in enumerate(rule.groups) if voice in group]]
    first = CELL if rule.span == 1 else 0
    found = marks[..., first, :].sum(-1)
    if heard.frames.shape[-2] == FRAMES:
        found = found + marks[..., HELD, :].sum(-1) * behind[rule.span - 1][:, None]
    return np.asarray(found)


def _choices(each: Found, notes: Integers, free: Truths) -> Iterator[Truths]:
    """The cells that may be sampled anew for a fault: of its voices; if none is free, of all; at last none."""
    for voices in (each.voices, tuple(range(len(VOICES)))):
        of_notes = np.zeros(free.shape, np.bool_)
        for voice in voices:
            of_notes[:, voice] = np.isin(notes[:, voice], notes[each.start : each.stop, voice])
        if (of_notes & free).any():
            yield of_notes & free
    yield np.zeros(free.shape, np.bool_)


def _notes(frames: Integers) -> Integers:
    """int[T, 4]: which note of its voice a cell belongs to."""
    changes = np.diff(frames, axis=0, prepend=frames[:1]) != 0
    return np.asarray(np.cumsum(changes, axis=0))
