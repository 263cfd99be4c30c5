"""Beam search over whole rows: of many ways to go on for a segment, the likeliest is written.

A hypothesis has its own rows, guide and model state. It grows cell by cell, so that the score of a step, a
pitch and a duration stay with the row that they belong to (tocab/music-lstm, which searched so first, put
its beams in a new order by pitch and left steps and durations in the old one).

At temperature 0 the ``beam`` likeliest ways are followed. Above it they are drawn without replacement
(Kool et al. 2019, "Stochastic beams and where to find them", algorithm 1), by each piece's own generator, and
the likeliest of those drawn is written. After each segment one hypothesis is left and the search begins anew.

Hypotheses are compared by nats per note: by nats per row the likeliest music is silence for ever, as a wait after
a wait costs next to nothing.
A number is one thing, however many ids its probability lies over: a hypothesis offers one of them, with the mass of
all. Else the twenty likeliest ways would be one way, a millisecond sooner or later. At temperature 0 it is the
likeliest; above it is drawn, so that the score says how likely it is that a number comes, not which.
Shapes: N hypotheses of a piece, V ids of a column, C columns.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, zip_longest
from typing import Any, Protocol, Self

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from .decoders import Guide, Row, Rows
from .filters import Sampling, offered

Scores = NDArray[np.float64]
Offer = Callable[[Scores, NDArray[np.bool_] | None, np.random.Generator], Scores]


class Forks(Rows, Protocol):
    """The part of a family that a search needs."""

    def fork(self, state: Any, pieces: Sequence[int]) -> Any: ...  # noqa: D102


class ForkingGuide(Guide, Protocol):
    """A guide of which a search has one per hypothesis."""

    written_notes: int

    def fork(self) -> Self:
        """Another guide in the same state; the two then go their own ways."""


Piece = tuple[ForkingGuide, np.random.Generator]


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A way to go on: the rows proposed in this segment, their notes and log-probability, its place in the state.

    ``perturbed`` is the log-probability with the Gumbel noise of a stochastic search; ``taken`` the last row as
    the guide settled it.
    """

    guide: ForkingGuide
    place: int
    rows: tuple[Row, ...] = ()
    notes: int = 0
    score: float = 0.0
    perturbed: float = 0.0
    taken: Row | None = None

    def merit(self, penalty: float) -> float:
        """Log-probability over the number of notes to the power of ``penalty``: 1 is the mean, 0 the sum.

        None at all counts as half a note. Wu et al. 2016, eq. 14, has 5 + length in place of the number.
        """
        return self.score / (self.notes or 0.5) ** penalty


@dataclass(frozen=True, eq=False)
class Partial:
    """The first cells of a row that would lengthen a hypothesis."""

    of: Hypothesis
    chosen: Row
    score: float
    perturbed: float


@torch.inference_mode()
def beam(
    model: Forks,
    state: Any,
    columns: Sequence[str],
    guides: Sequence[ForkingGuide],
    generators: Sequence[np.random.Generator],
    sampling: Sampling,
) -> Iterator[list[Row | None]]:
    """The rows of the likeliest hypotheses, segment after segment, until every guide is done.

    None for a piece that was done before. ``state`` is used up.
    """
    going = [piece for piece, guide in enumerate(guides) if not guide.done]
    if 0 < len(going) < len(guides):
        state = model.select(state, going)
    while going:
        found, state = _segment(model, state, columns, [(guides[i], generators[i]) for i in going], sampling)
        for rows in zip_longest(*(each.rows for each in found)):
            taken = {i: guides[i].settle(row) for i, row in zip(going, rows, strict=True) if row is not None}
            yield [taken.get(i) for i in range(len(guides))]
        still = [(i, each.place) for i, each in zip(going, found, strict=True) if not each.guide.done]
        going = [i for i, _ in still]
        state = model.fork(state, [place for _, place in still]) if still else state


def _segment(
    model: Forks, state: Any, columns: Sequence[str], pieces: Sequence[Piece], sampling: Sampling
) -> tuple[list[Hypothesis], Any]:
    """The best hypothesis of each piece after one segment, and the state in which they have their places."""
    beams = [[Hypothesis(guide.fork(), place)] for place, (guide, _) in enumerate(pieces)]
    for _ in range(sampling.beam_rows):
        fans = _proposed(model, state, columns, beams, [generator for _, generator in pieces], sampling)
        if not any(fans):
            break
        beams = [_settled(fan, hypotheses, sampling) for fan, hypotheses in zip(fans, beams, strict=True)]
        state, beams = _advanced(model, state, beams)
    best = (max(hypotheses, key=lambda each: each.merit(sampling.length_penalty)) for hypotheses in beams)
    return list(best), state


def _proposed(
    model: Forks,
    state: Any,
    columns: Sequence[str],
    beams: Sequence[Sequence[Hypothesis]],
    generators: Sequence[np.random.Generator],
    sampling: Sampling,
) -> list[list[Partial]]:
    """For each piece the best rows that lengthen its hypotheses, the best first; none where all are done."""
    fans = [[Partial(each, [], each.score, each.perturbed) for each in beam if not each.guide.done] for beam in beams]
    for column in columns if any(fans) else ():
        partials = [each for fan in fans for each in fan]
        scores, spread = _asked(model, state, partials)
        stops = list(accumulate(len(fan) for fan in fans))
        parts = np.split(scores, stops[:-1])
        offer = partial(offered, sampling=sampling.of(column), spread=spread)
        fans = [
            _lengthened(fan, part, offer, generator, sampling) if fan else []
            for fan, part, generator in zip(fans, parts, generators, strict=True)
        ]
    return fans


def _asked(model: Forks, state: Any, partials: Sequence[Partial]) -> tuple[Scores, slice | None]:
    """[N, V]: the log-probabilities of the next cell of every partial row of all pieces, in one call; the spread."""
    places = [each.of.place for each in partials]
    if places != list(range(len(places))):
        state = model.fork(state, places)
    chosen: Int[Tensor, "N c"] = torch.tensor([each.chosen for each in partials], dtype=torch.int64)
    said = model.column_logits(state, chosen)
    return said.log_probabilities()[:, 0], said.spread


def _lengthened(
    fan: Sequence[Partial], logits: Scores, offer: Offer, generator: np.random.Generator, sampling: Sampling
) -> list[Partial]:
    """The best partial rows with one cell more, the best first; ``logits`` [N, V] are of that cell."""
    masks = (each.of.guide.allowed(each.chosen) for each in fan)
    kept = np.stack([offer(row, mask, generator) for row, mask in zip(logits, masks, strict=True)])
    with np.errstate(divide="ignore"):
        scores = np.log(kept / kept.sum(1, keepdims=True)) + np.array([[each.score] for each in fan])
    ranks = scores
    if sampling.temperature:
        ranks = perturbed(scores, np.array([[each.perturbed] for each in fan]), generator)
    return [
        Partial(fan[i].of, [*fan[i].chosen, token], float(scores[i, token]), float(ranks[i, token]))
        for i, token in _top(ranks, sampling.beam)
    ]


def perturbed(scores: Scores, of_parents: Scores, generator: np.random.Generator) -> Scores:
    """[N, V]: log-probabilities with Gumbel noise, the greatest of a row being that of its parent, [N, 1].

    Kool et al. 2019, appendix B.3.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        noisy = scores + generator.gumbel(size=scores.shape)
        beyond = of_parents - noisy + np.log1p(-np.exp(noisy - noisy.max(1, keepdims=True)))
        found: Scores = of_parents - np.maximum(beyond, 0.0) - np.log1p(np.exp(-np.abs(beyond)))
    return found


def _top(ranks: Scores, width: int) -> list[tuple[int, int]]:
    """The places of the ``width`` greatest, the greatest first; those that are impossible are none."""
    flat = -ranks.ravel()
    count = min(width, int(np.isfinite(flat).sum()))
    found = np.argpartition(flat, count - 1)[:count]
    found = found[np.lexsort((found, flat[found]))]
    return [(int(place) // ranks.shape[1], int(place) % ranks.shape[1]) for place in found]


def _settled(fan: Sequence[Partial], before: Sequence[Hypothesis], sampling: Sampling) -> list[Hypothesis]:
    """The best hypotheses with one row more beside those that were done before, which keep their rank among them."""
    found = [each for each in before if each.guide.done]
    seen = set()
    for grown in fan:
        made = _settle(grown)
        key = (id(grown.of), tuple(made.taken or ()))
        if key not in seen:  # proposals in whose place one and the same kept row was taken are one hypothesis
            seen.add(key)
            found.append(made)
    by_noise = bool(sampling.temperature)
    rank = [-(each.perturbed if by_noise else each.merit(sampling.length_penalty)) for each in found]
    return [found[place] for place in np.argsort(rank, kind="stable")[: sampling.beam]]


def _settle(partial: Partial) -> Hypothesis:
    """A hypothesis with one row more; a row that was to be kept is nobody's choice and costs nothing."""
    of = partial.of
    guide = of.guide.fork()
    taken = guide.settle(partial.chosen)
    paid = partial if taken == partial.chosen else of
    notes = of.notes + guide.written_notes - of.guide.written_notes
    return Hypothesis(guide, of.place, (*of.rows, partial.chosen), notes, paid.score, paid.perturbed, taken)


def _advanced(model: Forks, state: Any, beams: Sequence[Sequence[Hypothesis]]) -> tuple[Any, list[list[Hypothesis]]]:
    """The state after the rows that were taken, and the hypotheses with their places in it; those done have none."""
    live = [each for beam in beams for each in beam if not each.guide.done]
    if live:
        places = [each.place for each in live]
        state = model.advance(model.fork(state, places), torch.tensor([each.taken for each in live]))
    place_of = {id(each): place for place, each in enumerate(live)}
    return state, [[replace(each, place=place_of.get(id(each), -1)) for each in beam] for beam in beams]
