"""Pieces from a model and a prompt. Shapes: B pieces, C columns, K controls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from ..codecs import Codec
from ..data.controls import Controls, Ids
from ..errors import UsageError
from ..models.family import PieceFamily, RowFamily
from ..nn.beam import beam
from ..nn.decoders import sample
from ..nn.filters import Sampling
from ..prompt import Prompt, check_kept, woven
from ..score import NOTE, Score, table
from ..tokens import TokenTable
from ..units import MILLISECONDS
from .copies import CopyLimit
from .draws import drawn
from .guide import RowGuide

TOGETHER = 16  # pieces, or hypotheses of a search, that are written side by side


@dataclass(frozen=True)
class Settings:
    """How to write: the sampler, whether the primer is in the result, and how long a copy may be (None: any)."""

    sampling: Sampling = Sampling()
    keep_primer: bool = True
    copies: CopyLimit | None = None


@dataclass(frozen=True)
class Composition:
    """A finished piece: which of the request's it is, where its own music starts, and what the model was told."""

    score: Score
    piece: int
    written_from_s: float = 0.0
    written: Score = field(default_factory=lambda: Score(table(NOTE)))
    told: Ids = ()


@dataclass(frozen=True)
class Draft:
    """A piece in the making: its number, its guide, its own stream of chance, what the model is told."""

    piece: int
    guide: RowGuide
    generator: np.random.Generator
    told: Ids


def generator_of(seed: int, piece: int) -> np.random.Generator:
    """The stream of one piece, so that sixteen at once are the same as one by one."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, piece])))


def compose(
    model: RowFamily | PieceFamily,
    codec: Codec,
    prompt: Prompt,
    controls: Controls = Controls(),
    count: int = 1,
    seed: int = 0,
    settings: Settings = Settings(),
    progress: Callable[[float], None] = lambda share: None,
    first: int = 0,
) -> Iterator[Composition]:
    """``count`` pieces from number ``first`` on, each checked to keep what the prompt keeps.

    Raises UsageError, WorkFailed.
    """
    if isinstance(model, PieceFamily):
        if settings.copies:
            raise UsageError(f"--max-copy: {model.name} draws whole pieces and cannot be held back; leave it out")
        yield from _whole(model, codec, prompt, count, seed, settings, progress, first)
        return
    together = max(TOGETHER // max(settings.sampling.beam, 1), 1)
    for begun in range(0, count, together):
        pieces = range(first + begun, first + min(begun + together, count))
        drafts = [_draft(codec, prompt, controls, seed, piece, settings) for piece in pieces]
        for _ in _rows(model, codec, prompt, drafts, settings):
            progress((begun + len(pieces) * min(draft.guide.share for draft in drafts)) / count)
        for draft in drafts:
            yield _finished(codec, prompt, draft, settings)


def stream(
    model: RowFamily | PieceFamily,
    codec: Codec,
    prompt: Prompt,
    controls: Controls = Controls(),
    seed: int = 0,
    settings: Settings = Settings(),
) -> Iterator[dict[str, float]]:
    """The notes of one piece as they are written: onset and duration in seconds, pitch, velocity.

    Onsets count from where the piece begins, which is the primer's beginning where that is kept.
    Durations are the file's, cut where the length asked for ends, as far as they are known when the row
    is written: a note of the longest duration may be tied later, and then lasts longer in the file.
    """
    if isinstance(model, PieceFamily) or not codec.says_lengths:
        raise UsageError(f"codec {codec.name} has no rows of whole notes, so it cannot be streamed; leave --stream out")
    draft = _draft(codec, prompt, controls, seed, 0, settings)
    guide = draft.guide
    past, origin = len(guide.taken), 0 if settings.keep_primer else guide.start
    for _ in _rows(model, codec, prompt, [draft], settings):
        rows, past = guide.taken[past:], len(guide.taken)
        yield from _notes(codec, guide.now - origin, guide.stop - guide.now, rows)


def _whole(
    model: PieceFamily,
    codec: Codec,
    prompt: Prompt,
    count: int,
    seed: int,
    settings: Settings,
    progress: Callable[[float], None],
    first: int,
) -> Iterator[Composition]:
    """Pieces that are drawn whole, one after another, each from its own stream."""
    for piece in range(first, first + count):

        def so_far(share: float, before: int = piece - first) -> None:
            progress((before + share) / count)

        score = drawn(model, codec, prompt, settings.sampling, generator_of(seed, piece), so_far)
        score = _within(score, prompt.length.seconds or np.inf)
        yield Composition(score, piece, 0.0, score)


def _draft(codec: Codec, prompt: Prompt, controls: Controls, seed: int, piece: int, settings: Settings) -> Draft:
    generator = generator_of(seed, piece)
    told = controls.said(prompt.controls, codec.canonical(prompt.kept), generator)
    return Draft(piece, RowGuide(codec, prompt, settings.copies), generator, told)


def _rows(
    model: RowFamily, codec: Codec, prompt: Prompt, drafts: Sequence[Draft], settings: Settings
) -> Iterator[object]:
    refusal = model.refuses(prompt)
    if refusal:
        raise UsageError(f"{model.name} cannot serve this prompt: {refusal}")
    guides, generators = [draft.guide for draft in drafts], [draft.generator for draft in drafts]
    told = torch.tensor([draft.told[: len(model.control_sizes)] for draft in drafts], dtype=torch.int64)
    prefix = torch.from_numpy(guides[0].prefix.ids.astype(np.int64)).repeat(len(guides), 1, 1)
    with torch.inference_mode():
        state = model.start_towards(prefix, told, guides[0].ahead)
        write = beam if settings.sampling.beam else sample
        yield from write(model, state, [column.name for column in codec.columns], guides, generators, settings.sampling)


def _finished(codec: Codec, prompt: Prompt, draft: Draft, settings: Settings) -> Composition:
    """The Score of a draft whose guide is done."""
    guide, start_s = draft.guide, draft.guide.start / codec.steps_per_second
    written = _from_start(codec.decode(guide.written), -guide.shift, codec)
    written = _within(written, guide.stop / codec.steps_per_second)
    if not settings.keep_primer or not len(prompt.score):
        alone = _from_start(written, guide.start, codec)
        return Composition(alone, draft.piece, 0.0, written, draft.told)
    result = woven(prompt, written)
    check_kept(prompt, result)
    return Composition(result, draft.piece, start_s, written, draft.told)


def _within(score: Score, stop_s: float) -> Score:
    """Notes and pedals cut where the length asked for ends."""
    if np.isinf(stop_s):
        return score
    stop = int(stop_s * MILLISECONDS)
    notes, pedals = score.notes.copy(), score.pedals.copy()
    notes["duration"] = np.minimum(notes["duration"], np.maximum(stop - notes["onset"], 1))
    pedals["release"] = np.minimum(pedals["release"], stop)
    return replace(score, notes=notes, pedals=pedals[pedals["release"] > pedals["onset"]])


def _from_start(score: Score, start: int, codec: Codec) -> Score:
    """The written music alone, the grid step ``start`` as time 0."""
    offset = start * MILLISECONDS // codec.steps_per_second
    notes, pedals = score.notes.copy(), score.pedals.copy()
    notes["onset"] -= offset
    pedals["onset"] = np.maximum(pedals["onset"] - offset, 0)
    pedals["release"] -= offset
    return replace(score, notes=notes, pedals=pedals[pedals["release"] > pedals["onset"]])


def _notes(codec: Codec, now: int, left: float, rows: Sequence[list[int]]) -> Iterator[dict[str, float]]:
    """The notes of rows at grid step ``now``, which is ``left`` steps before the end."""
    for row in rows:
        table = TokenTable(np.array([[codec.columns[0].id("time", 0), *row[1:]]], np.int16), codec.columns)
        for note in codec.decode(table).notes:
            yield {
                "onset_s": now / codec.steps_per_second,
                "duration_s": min(int(note["duration"]) / MILLISECONDS, left / codec.steps_per_second),
                "pitch": int(note["pitch"]),
                "velocity": int(note["velocity"]),
            }
