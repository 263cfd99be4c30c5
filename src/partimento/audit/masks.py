"""The audit's rules while sampling: which pitches a cell may not take, what others cost, which cells to write anew.

The same functions find faults in the audit and here, over windows of three frames in which the middle cell takes
every candidate in turn. Several pieces are served at once by joining them with a rest between. An unknown
neighbour is a rest: then only what is known counts.

Shapes: T frames, N cells, V candidate pitches, G groups of voices of a rule.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..voices import VOICES
from .passage import NO_TONIC, REST, Integers, Passage, Truths
from .rules import FAULTS, HARD, Rule
from .voices import Found, find, rules

SOFT = tuple(name for name in FAULTS if name not in HARD)
MIDDLE = 1  # of a window


def forbidden(
    frames: Integers,
    cells: Integers,
    pitches: Integers,
    kinds: Iterable[str] = HARD,
    tonics: Integers | None = None,
) -> Truths:
    """bool[N, V]: the pitches that would make a cell part of a fault, its neighbours as they stand in ``frames``.

    ``frames`` int[T, 4], ``cells`` int[N, 2] of frame and voice, ``pitches`` int[V] (0 or less: a rest, which is
    never forbidden). Exactly then the audit finds a fault of these kinds with the cell in its frames and voices.
    """
    cells = np.asarray(cells).reshape(-1, 2)
    heard = _windows(frames, cells, pitches, tonics)
    found = np.zeros((len(cells), len(pitches)), np.bool_)
    for rule in rules(kinds):
        found |= (_marks(rule, heard) & _concerns(rule)[cells[:, 1], None, None]).any(axis=(-1, -2))
    return found


def penalties(
    frames: Integers,
    cells: Integers,
    pitches: Integers,
    kinds: Iterable[str] = SOFT,
    tonics: Integers | None = None,
) -> NDArray[np.float64]:
    """float[N, V], in nats: what to take from the log probability of each pitch of a cell, 0 for the best of them.

    The weights of FAULTS summed over all faults of the cell's frame and of its steps from and to its neighbours,
    those of other voices included where the cell makes the chord.
    """
    heard = _windows(frames, np.asarray(cells).reshape(-1, 2), pitches, tonics)
    costs = sum((rule.weight * _marks(rule, heard).sum(axis=(-1, -2)) for rule in rules(kinds)), np.float64(0))
    every = np.broadcast_to(costs, heard.frames.shape[:2])
    return np.asarray(every - every.min(axis=1, keepdims=True, initial=np.inf))


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


def _windows(frames: Integers, cells: Integers, pitches: Integers, tonics: Integers | None) -> Passage:
    """Frames int[N, V, 3, 4]: the frame before, that of the cell with a candidate in it, the one after."""
    padded = np.pad(np.maximum(frames, REST), ((1, 1), (0, 0)), constant_values=REST).astype(np.int16)
    around = cells[:, :1] + np.arange(3)
    held = np.repeat(padded[around][:, None], len(pitches), axis=1)
    held[np.arange(len(cells))[:, None], np.arange(len(pitches)), MIDDLE, cells[:, 1:]] = pitches
    known = np.full(len(frames), NO_TONIC) if tonics is None else tonics
    return Passage(held, np.pad(known, 1, constant_values=NO_TONIC)[around][:, None].astype(np.int16))


def _marks(rule: Rule, heard: Passage) -> Truths:
    """bool[N, V, 1 or 2, G]: the faults of the middle frame, or of the steps into it and out of it."""
    marks = rule.find(heard)
    return marks[..., MIDDLE : MIDDLE + 1, :] if rule.span == 1 else marks


def _concerns(rule: Rule) -> Truths:
    """bool[4, 1, 1, G] as its rows are taken: which groups of a rule a voice belongs to."""
    return np.array([[voice in group for group in rule.groups] for voice in range(len(VOICES))])


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
