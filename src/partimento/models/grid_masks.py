"""Which cells a model knows while it learns to write the others: every task is some of the music known.

The shares of WAYS are those of windows. Whatever is chosen, the cells of begin and end are known and nothing else is
certain: so composing, harmonising, completing and rewriting are learnt as one. Shapes: T rows, V voices.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool
from torch import Tensor

Known = Bool[Tensor, "T V"]
Way = Callable[[int, int, torch.Generator], Known]


def _chance(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator))


def nothing(rows: int, voices: int, generator: torch.Generator) -> Known:
    """To compose."""
    return torch.zeros(rows, voices, dtype=torch.bool)


def some_voices(rows: int, voices: int, generator: torch.Generator) -> Known:
    """To harmonise: some voices whole, but one at least is free; every other time it is the first that is known."""
    if _chance(generator) < 0.5:
        known = torch.arange(voices) == 0
    else:
        known = torch.rand(voices, generator=generator) < 0.5
        known[int(torch.randint(voices, (), generator=generator))] = False
    return known.expand(rows, voices)


def all_but_a_span(rows: int, voices: int, generator: torch.Generator) -> Known:
    """To rewrite some bars, of some voices or of all."""
    ends = torch.randint(rows + 1, (2,), generator=generator).tolist()
    inside = (torch.arange(rows) >= min(ends)) & (torch.arange(rows) < max(ends))
    free = torch.rand(voices, generator=generator) < 0.75
    return ~(inside[:, None] & free)


def some_cells(rows: int, voices: int, generator: torch.Generator) -> Known:
    """Pins: cells by chance, of any share."""
    return torch.rand(rows, voices, generator=generator) < _chance(generator)


def some_stretches(rows: int, voices: int, generator: torch.Generator) -> Known:
    """Pins that last: as ``some_cells``, but whole beats of a voice."""
    beats = -(-rows // 4)
    known = torch.rand(beats, voices, generator=generator) < _chance(generator)
    return known.repeat_interleave(4, 0)[:rows]


WAYS: dict[str, tuple[Way, float]] = {
    "nothing": (nothing, 0.4),
    "voices": (some_voices, 0.25),
    "a span free": (all_but_a_span, 0.15),
    "cells": (some_cells, 0.1),
    "stretches": (some_stretches, 0.1),
}


def known_cells(
    pieces: int, rows: int, voices: int, generator: torch.Generator, composing: float | None = None
) -> Bool[Tensor, "B T V"]:
    """Of each of ``pieces`` windows, by one of WAYS; ``composing`` is the share of which nothing is known."""
    ways = [way for way, _ in WAYS.values()]
    shares = torch.tensor([share for _, share in WAYS.values()])
    if composing is not None:
        shares[1:] *= (1 - composing) / shares[1:].sum()
        shares[0] = composing
    chosen = torch.multinomial(shares, pieces, replacement=True, generator=generator).tolist()
    return torch.stack([ways[way](rows, voices, generator) for way in chosen])
