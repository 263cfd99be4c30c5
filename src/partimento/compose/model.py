"""A trained model as a musician holds it: ``load`` one, then ``compose`` or ``stream``."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from .. import midi
from ..checkpoint import Checkpoint
from ..errors import UnknownName, UsageError
from ..explain import Explanation, explained_performance
from ..models.family import PieceFamily, RowFamily
from ..nn.filters import Sampling
from ..nn.layers import halved
from ..nn.precision import has_bfloat16
from ..originality import Brief, Compact, brief, compact_of
from ..prompt import Length, Prompt, Span
from ..recipe import filled
from ..score import TEMPO, Provenance, Score, table
from ..units import DEFAULT_QUARTERS_PER_MINUTE
from ..version import version
from ..zoo import DEFAULT, require_for_sale
from ..zoo import load as load_from_zoo
from .compose import Composition, Settings, compose, stream
from .copies import copy_limit
from .forms import Form, formed
from .piece import Piece
from .primers import Place
from .request import ASKED, Request
from .steering import Task
from .written import provenance, terms_of

DEFAULT_S = 60.0  # of music, where no length is asked for
FOR_SALE = "take a file of your own with --primer, or leave it out of the result with --drop-primer"
DEFAULT_TEMPO = table(TEMPO, [(0, DEFAULT_QUARTERS_PER_MINUTE)])  # said, where a file would leave it to be known


class Model:
    """A checkpoint that composes."""

    def __init__(self, name: str, checkpoint: Checkpoint, commercial: bool = False) -> None:
        self.name, self.checkpoint, self.commercial = name, checkpoint, commercial

    @cached_property
    def family(self) -> RowFamily | PieceFamily:
        """The network; one that writes row by row with weights in bfloat16 where the processor multiplies those.

        That is what they are in training. Raises UsageError where it is of no kind that this can compose with.
        """
        model = self.checkpoint.model()
        if isinstance(model, PieceFamily):
            return model
        if not isinstance(model, RowFamily):
            raise UsageError(f"model {self.name}: family {model.name} composes neither row by row nor whole pieces")
        if has_bfloat16():
            halved(model)
        return model

    @cached_property
    def compact(self) -> Compact | None:
        """Hashes of what this model was trained on, where they are here. Raises InputError."""
        return compact_of(self.checkpoint.folder, self.checkpoint.recipe.data.corpus)

    def _settings(self, request: Request) -> Settings:
        limit = copy_limit(request.max_copy, self.compact, self.name, self.checkpoint.recipe.data.corpus)
        return Settings(request.sampling, request.keep_primer, limit)

    @property
    def preset(self) -> Sampling:
        """How this model composes where nothing else is said: as its recipe says, or as measured best when bundled."""
        preset: Sampling = filled(Sampling, self.checkpoint.card.get("preset", {}))
        return preset

    def compose(
        self,
        primer: str | Path | Score | None = None,
        seconds: float | None = None,
        notes: int | None = None,
        seed: int = 0,
        **options: Any,
    ) -> Piece:
        """One piece. ``options`` are fields of Sampling and Place, and those of Request that ASKED names."""
        return next(self.pieces(self.request(primer, seconds, notes, seed, **options)))

    def fill(self, score: str | Path | Score, from_s: float, to_s: float, seed: int = 0, **options: Any) -> Piece:
        """The piece with what begins from ``from_s`` to ``to_s`` seconds written anew; the rest stays as it is."""
        return self._steered(Task("fill", from_s, to_s), score, seed, options)

    def vary(self, score: str | Path | Score, amount: float = 0.3, seed: int = 0, **options: Any) -> Piece:
        """The piece with ``amount`` of its time written anew, in stretches drawn by the seed."""
        return self._steered(Task("vary", amount=amount), score, seed, options)

    def accompany(self, melody: str | Path | Score, seed: int = 0, **options: Any) -> Piece:
        """The melody, whose every note stays, with a track of notes beside it."""
        return self._steered(Task("accompany"), melody, seed, options)

    def lead(self, score: str | Path | Score, seconds: float = 10.0, seed: int = 0, **options: Any) -> Piece:
        """The piece behind ``seconds`` that lead up to it."""
        return self._steered(Task("lead", to_s=seconds), score, seed, options)

    def _steered(self, task: Task, score: str | Path | Score, seed: int, options: Mapping[str, Any]) -> Piece:
        return next(self.pieces(self.steered(task, score, seed, **options)))

    def steered(self, task: Task, score: str | Path | Score, seed: int = 0, **options: Any) -> Request:
        """A Request for ``task``. Raises UsageError where this model writes forward alone."""
        request = replace(self.request(score, None, None, seed, **options), length=Length(), task=task)
        self.check_serves(task.verb, request.prompt)
        return request

    def check_form(self, request: Request) -> None:
        """Refuse a form that this model cannot write. Raises UsageError."""
        if request.primer is not None:
            raise UsageError("--form is of a piece from nothing; leave --primer out")
        Form.of(request.form, request.length)
        self.check_serves("--form", Prompt(free=(Span(0, 1),)))

    def check_serves(self, verb: str, prompt: Prompt) -> None:
        """Refuse what this model cannot do. Raises UsageError."""
        refusal = self.family.refuses(prompt)
        if refusal:
            advice = "take --model maestro, or train a transformer with --ahead 1"
            raise UsageError(f"{verb}: model {self.name} cannot do that: {refusal}; {advice}")

    def explain(self, source: str | Path | Score, alternatives: int = 5) -> Explanation:
        """What this model makes of a piece, note by note: a file or a Score. Raises UsageError, InputError."""
        score = source if isinstance(source, Score) else midi.read_isolated(Path(source), midi.PRIMER_LIMITS)[0]
        return explained_performance(self.name, self.checkpoint, score, alternatives)

    def stream(
        self,
        primer: str | Path | Score | None = None,
        seconds: float | None = None,
        notes: int | None = None,
        seed: int = 0,
        **options: Any,
    ) -> Iterator[dict[str, float]]:
        """The notes of one piece as they are written: onset_s, duration_s, pitch, velocity."""
        return self.notes(self.request(primer, seconds, notes, seed, **options))

    def request(
        self,
        primer: str | Path | Score | None,
        seconds: float | None,
        notes: int | None,
        seed: int,
        **options: Any,
    ) -> Request:
        """A Request with this model's preset where ``options`` do not say otherwise."""
        score = (
            primer
            if isinstance(primer, Score) or primer is None
            else midi.read_isolated(Path(primer), midi.PRIMER_LIMITS)[0]
        )
        asked = {name: options.pop(name) for name in tuple(options) if name in ASKED}
        place = Place(**{f.name: options.pop(f.name) for f in fields(Place) if f.name in options})
        own = {"columns": "", **options} if options else {}  # what is asked for holds in every column
        sampling = filled(Sampling, {**asdict(self.preset), **own})
        self._check_columns(sampling)
        length = Length(DEFAULT_S if seconds is None and notes is None else seconds, notes)
        request = Request(length=length, sampling=sampling, seed=seed, **asked)
        found = place.taken(score, request.primer_s, self.checkpoint.recipe.data, seed)
        if self.commercial and request.keep_primer and "licence" in found.origin:
            require_for_sale(f"primer {found.origin['piece']!r}", found.origin["licence"], FOR_SALE)
        return replace(request, primer=found.score, primer_s=found.seconds, primer_origin=found.origin or None)

    def _check_columns(self, sampling: Sampling) -> None:
        """Raises UnknownName where a sampler is for a column that the codec has not."""
        known = [column.name for column in self.checkpoint.recipe.codec.columns]
        for name in filter(None, sampling.columns.split(",")):
            if name not in known:
                raise UnknownName("column", name, known, "(--columns; none named: all)")

    def pieces(self, request: Request, progress: Callable[[float], None] = lambda share: None) -> Iterator[Piece]:
        """Every piece of a request, on one thread: on a small machine two are slower."""
        with one_thread():
            for composition in self._compositions(request, progress):
                yield self._piece(request, composition)

    def _compositions(
        self, request: Request, progress: Callable[[float], None] = lambda share: None
    ) -> Iterator[Composition]:
        if request.form:
            self.check_form(request)
            yield from self._formed(request, progress)
            return
        asked = request.prompt, self.checkpoint.controls, request.count, request.seed, self._settings(request)
        yield from compose(self.family, self.checkpoint.recipe.codec, *asked, progress, request.first)

    def _formed(self, request: Request, progress: Callable[[float], None]) -> Iterator[Composition]:
        """Each piece section by section."""
        form = Form.of(request.form, request.length)
        for done in range(request.count):
            one = replace(request, form="", first=request.first + done)
            yield formed(lambda part: next(self._compositions(part)), one, form)
            progress((done + 1) / request.count)

    def notes(self, request: Request) -> Iterator[dict[str, float]]:
        """The notes of a request's first piece as they are written, on one thread as ``pieces``."""
        settings = self._settings(request)
        recipe, controls = self.checkpoint.recipe, self.checkpoint.controls
        with one_thread():
            yield from stream(self.family, recipe.codec, request.prompt, controls, request.seed, settings)

    def _piece(self, request: Request, composition: Composition) -> Piece:
        origin = provenance(self.name, self.checkpoint, request, composition)
        title = f"{self.name} {request.seed}" + (f" no. {composition.piece + 1}" if composition.piece else "")
        credit = Provenance(f"Partimento {version()} {self.name}", "", *terms_of(self.checkpoint, request, ""))
        tempi = composition.score.tempi if len(composition.score.tempi) else DEFAULT_TEMPO
        score = replace(composition.score, title=title, provenance=credit, tempi=tempi)
        return Piece(score, origin, composition.written_from_s, self._brief(request, composition))

    def _brief(self, request: Request, made: Composition) -> Brief | None:
        """What the music that is the model's own has in common with what it learnt from."""
        own = made.written if request.primer is not None and request.keep_primer else made.score
        return brief(own, self.compact) if self.compact and len(own) else None


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch while this lasts."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def load(name: str = DEFAULT, runs: str | Path | None = None, commercial: bool = False) -> Model:
    """A bundled model, a run or a checkpoint folder. Raises UnknownName, CheckpointError, LicenceError.

    One for ``commercial`` use refuses such a kept primer of a corpus too, when it is asked to compose.
    """
    return Model(Path(name).absolute().name, load_from_zoo(name, Path(runs) if runs else None, commercial), commercial)
