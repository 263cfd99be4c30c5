"""Writing chorales: several side by side from one prompt, each from its own stream of chance, repaired and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...audit.voices import Fault, faults
from ...codecs.chorale import ChoraleCodec
from ...models.grid import GridFamily
from ...prompt import Prompt
from ...score import Score
from ..compose import TOGETHER, generator_of
from .desk import Desk, Progress, unheard
from .layout import Ids, laid_out
from .manner import Manner
from .repair import repaired
from .weave import woven

WRITING = 0.8  # share of the time that is not repair


@dataclass(frozen=True)
class Chorale:
    """A finished chorale: which of the request's it is, its faults, those before the repair, and what this changed.

    ``rewritten``: cells that the repair altered; ``rounds``: how often it tried.
    """

    score: Score
    piece: int
    faults: tuple[Fault, ...] = ()
    before: tuple[Fault, ...] = ()
    rewritten: int = 0
    rounds: int = 0


def write(
    model: GridFamily,
    codec: ChoraleCodec,
    prompt: Prompt,
    manner: Manner = Manner(),
    count: int = 1,
    seed: int = 0,
    progress: Progress = unheard,
    first: int = 0,
) -> Iterator[Chorale]:
    """``count`` chorales from number ``first`` on, each checked to keep what ``prompt`` keeps.

    The prompt's Score has the tracks of ``voices.NAMES``; its spans say what is free in ticks and tracks.
    Raises UsageError for a prompt that is none for four voices, WorkFailed where anything kept would be altered.
    """
    desk = Desk(model, codec, laid_out(codec, prompt), manner)
    for begun in range(0, count, TOGETHER):
        pieces = range(first + begun, first + min(begun + TOGETHER, count))

        def so_far(share: float, done: int = begun, now: int = len(pieces)) -> None:
            progress((done + now * share) / count)

        yield from _together(desk, pieces, seed, so_far)


def _together(desk: Desk, pieces: Sequence[int], seed: int, progress: Progress) -> Iterator[Chorale]:
    generators = [generator_of(seed, piece) for piece in pieces]
    drafts = desk.drafts(generators, lambda share: progress(WRITING * share))
    done, rounds = repaired(desk, drafts, generators, lambda share: progress(WRITING + (1 - WRITING) * share))
    for piece, draft, ids, tried in zip(pieces, drafts, done, rounds.tolist(), strict=True):
        yield _finished(desk, piece, draft, ids, tried)
    progress(1.0)


def _finished(desk: Desk, piece: int, draft: Ids, ids: Ids, rounds: int) -> Chorale:
    """A chorale with its audit, compared with the user's Score."""
    rewritten = int((ids != draft).sum())
    score = woven(desk.codec, desk.layout, ids)
    found = tuple(faults(score))
    before = tuple(faults(woven(desk.codec, desk.layout, draft))) if rewritten else found
    return Chorale(score, piece, found, before, rewritten, rounds)
