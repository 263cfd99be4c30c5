"""Pieces composed from nothing beside real excerpts of the same length: what any family can be measured by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..audit import Statistics, audit, dies, histograms, pitch_loops, silences
from ..codecs import Codec
from ..compose.model import Model
from ..compose.piece import Piece
from ..compose.request import Request
from ..data.corpus import Corpus
from ..errors import UsageError
from ..prompt import Length
from ..score import Score
from .overlap import Overlap, overlaps
from .sound import Listening, excerpts
from .units import Estimate, Floats, mean

SHOWN = 3  # pieces that a page shows
FEWEST, MOST = 2, 1000
LONGEST_S = 600.0


@dataclass(frozen=True)
class Measure:
    """What is counted of each piece; the table shows its mean over pieces."""

    name: str
    label: str
    count: Callable[[Score, Statistics, float], float]


MEASURES = (
    Measure("notes_per_second", "notes per second", lambda score, found, asked_s: found.notes / asked_s),
    Measure("distinct_pitches", "distinct pitches", lambda score, found, _: len(np.unique(score.notes["pitch"]))),
    Measure("looped_share", "share of notes in loops", lambda _, found, __: found.looped_notes / max(found.notes, 1)),
    Measure("pieces_with_loops", "share of pieces with loops", lambda _, found, __: found.loops > 0),
    Measure("pitch_looped_share", "share of notes in pitch loops", lambda score, _, __: pitch_loops(score)),
    Measure("repetition", "share of pitches heard before, by eights", lambda _, found, __: found.repetition),
    Measure("longest_silence_s", "longest silence (s)", lambda score, _, asked_s: silences(score, asked_s).max()),
    Measure("silent_share", "share of time silent", lambda score, _, asked_s: silences(score, asked_s).sum() / asked_s),
    Measure("stuck_notes", "stuck notes", lambda _, found, __: found.stuck_notes),
    Measure("pieces_that_die", "share of pieces that die", lambda score, _, asked_s: dies(score, asked_s)),
)


@dataclass(frozen=True)
class Heard:
    """One line of the result: a model's pieces, or real ones, beside the real excerpts of a split.

    ``shown``: the first pieces of a model. ``conditions``: how they came about, in words.
    """

    name: str
    kind: str  # model, real or codec
    corpus: str
    split: str
    pieces: int
    overlap: dict[str, Overlap]
    measures: dict[str, Estimate]
    conditions: str
    shown: tuple[Piece, ...] = ()
    card: dict[str, str] = field(default_factory=dict)

    @property
    def mean_overlap(self) -> float:
        """The mean area over features."""
        return float(np.mean([each.area.value for each in self.overlap.values()]))

    @property
    def mean_divergence(self) -> float:
        """The mean divergence over features, in nats."""
        return float(np.mean([each.divergence for each in self.overlap.values()]))


@dataclass(frozen=True)
class Reference:
    """Two disjoint halves of real excerpts: what composed pieces are held against, and what real music reaches."""

    corpus: Corpus
    plan: Listening
    real: tuple[Score, ...]
    others: tuple[Score, ...]
    histograms: tuple[dict[str, Floats], ...]


def checked(plan: Listening) -> Listening:
    """``plan``, if it can be. Raises UsageError."""
    if not FEWEST <= plan.pieces <= MOST:
        raise UsageError(f"--samples {plan.pieces} is out of range: 0 (none), or {FEWEST} to {MOST} pieces")
    if not 1.0 <= plan.seconds <= LONGEST_S:
        raise UsageError(f"--seconds {plan.seconds:g} is out of range: 1 to {LONGEST_S:g}")
    return plan


def reference(corpus: Corpus, plan: Listening) -> Reference:
    """Twice as many excerpts as pieces are asked for, or as many as there are. Raises UsageError where too few."""
    there = len(corpus.split(plan.split))
    if there < 2 * FEWEST:
        place = f"corpus {corpus.folder.name} has {there} pieces in {plan.split}"
        raise UsageError(f"--samples: {place}, {2 * FEWEST} are needed to compare with; choose another split")
    found = tuple(excerpts(corpus, Listening(2 * plan.pieces, plan.seconds, plan.split)))
    real, others = found[::2], found[1::2]
    return Reference(corpus, plan, real, others, tuple(histograms(each, plan.seconds) for each in real))


def real_row(given: Reference) -> Heard:
    """What real music reaches: the other half of the excerpts."""
    words = f"{len(given.others)} other excerpts of {given.plan.seconds:g} s beside the {len(given.real)} of reference"
    return _row("real music", "real", given, given.others, words)


def codec_row(codec: Codec, name: str, given: Reference) -> Heard:
    """What a representation can reach at all: the other half of the excerpts as it can say them."""
    said = [codec.canonical(each) for each in given.others]
    return _row(f"real music in {name}", "codec", given, said, f"the same excerpts as {name} can say them")


def model_heard(
    model: Model, given: Reference, progress: Callable[[float, str], None] = lambda share, remark: None
) -> Heard:
    """What a model composes from nothing with its preset, from the stated seed."""
    plan, card = given.plan, model.checkpoint.card
    request = Request(length=Length(plan.seconds), sampling=model.preset, seed=plan.seed, count=plan.pieces)
    pieces = list(model.pieces(request, lambda share: progress(share, f"of {plan.pieces} pieces")))
    words = f"{plan.pieces} pieces of {plan.seconds:g} s from nothing, seed {plan.seed}, the model's own sampler"
    about = {name: str(card.get(name, "")) for name in ("licence", "credit")}
    about |= {"family": model.checkpoint.recipe.family, "corpus": model.checkpoint.recipe.data.corpus}
    scores = [piece.score for piece in pieces]
    return _row(model.name, "model", given, scores, words, tuple(pieces[:SHOWN]), about)


def _row(
    name: str,
    kind: str,
    given: Reference,
    scores: Sequence[Score],
    words: str,
    shown: tuple[Piece, ...] = (),
    card: dict[str, str] | None = None,
) -> Heard:
    seconds, place = given.plan.seconds, given.corpus.folder.name
    found = overlaps(given.histograms, [histograms(each, seconds) for each in scores])
    counted = [(score, audit(score)) for score in scores]
    measures = {each.name: mean(np.array([float(each.count(*one, seconds)) for one in counted])) for each in MEASURES}
    return Heard(name, kind, place, given.plan.split, len(scores), found, measures, words, shown, card or {})
