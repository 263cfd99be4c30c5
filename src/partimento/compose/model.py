"""A trained model as a musician holds it: ``load`` one, then ``compose`` or ``stream``."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from .. import midi
from ..checkpoint import Checkpoint
from ..errors import UnknownName, UsageError
from ..models.family import PieceFamily, RowFamily
from ..nn.filters import Sampling
from ..nn.layers import halved
from ..nn.precision import has_bfloat16
from ..prompt import Length, Prompt, continuation, from_nothing
from ..recipe import filled
from ..score import TEMPO, Provenance, Score, table
from ..units import DEFAULT_QUARTERS_PER_MINUTE
from ..version import version
from ..zoo import DEFAULT, require_for_sale
from ..zoo import load as load_from_zoo
from .compose import Composition, Settings, compose, stream
from .piece import Piece, embedded
from .primers import Place, terms

MOST_PIECES = 10_000
DEFAULT_S = 60.0  # of music, where no length is asked for
FOR_SALE = "take a file of your own with --primer, or leave it out of the result with --drop-primer"
DEFAULT_TEMPO = table(TEMPO, [(0, DEFAULT_QUARTERS_PER_MINUTE)])  # said, where a file would leave it to be known


@dataclass(frozen=True)
class Request:
    """What a musician asks for. Times are seconds of music."""

    primer: Score | None = None
    primer_s: float | None = None
    keep_primer: bool = True
    length: Length = Length()
    controls: Mapping[str, str | float] | None = None
    sampling: Sampling = Sampling()
    seed: int = 0
    count: int = 1
    primer_origin: Mapping[str, Any] | None = None  # where in a file or a corpus the primer was taken from

    def __post_init__(self) -> None:
        if not 0 < self.count <= MOST_PIECES:
            raise UsageError(f"--count {self.count} is out of range: 1 to {MOST_PIECES}")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"--seed {self.seed} is out of range: 0 to 2**63 - 1")
        if self.primer_s is not None and not 0 < self.primer_s <= 3600:
            raise UsageError(f"--primer-seconds {self.primer_s:g} is out of range: more than 0, at most 3600")

    @cached_property
    def prompt(self) -> Prompt:
        """What is known and what is free."""
        if self.primer is None:
            return from_nothing(self.length, self.controls)
        return continuation(self.primer, self.length, self.primer_s, self.controls)


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
        """One piece. ``options`` are fields of Sampling and Place, ``primer_s``, ``keep_primer`` and ``controls``."""
        return next(self.pieces(self.request(primer, seconds, notes, seed, **options)))

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
        asked = {name: options.pop(name) for name in tuple(options) if name in ("primer_s", "keep_primer", "controls")}
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
        settings = Settings(request.sampling, request.keep_primer)
        recipe, controls = self.checkpoint.recipe, self.checkpoint.controls
        with one_thread():
            written = compose(
                self.family, recipe.codec, request.prompt, controls, request.count, request.seed, settings, progress
            )
            for composition in written:
                yield self._piece(request, composition)

    def notes(self, request: Request) -> Iterator[dict[str, float]]:
        """The notes of a request's first piece as they are written, on one thread as ``pieces``."""
        settings = Settings(request.sampling, request.keep_primer)
        recipe, controls = self.checkpoint.recipe, self.checkpoint.controls
        with one_thread():
            yield from stream(self.family, recipe.codec, request.prompt, controls, request.seed, settings)

    def _piece(self, request: Request, composition: Composition) -> Piece:
        origin = self.provenance(request, composition)
        title = f"{self.name} {request.seed}" + (f" no. {composition.piece + 1}" if composition.piece else "")
        credit = Provenance(f"Partimento {version()} {self.name}", "", *self._terms(request, ""))
        tempi = composition.score.tempi if len(composition.score.tempi) else DEFAULT_TEMPO
        score = replace(composition.score, title=title, provenance=credit, tempi=tempi)
        return Piece(score, origin, composition.written_from_s)

    def provenance(self, request: Request, made: Composition) -> dict[str, Any]:
        """All that makes the same piece again; no time stamp, so that the same request gives the same bytes."""
        primer = request.primer
        licence, credit = self._terms(request, "unknown")
        return {
            **made_by(self.name, self.checkpoint),
            "licence": licence,
            "credit": credit,
            "seed": request.seed,
            "piece": made.piece,
            "length": asdict(request.length),
            "sampling": asdict(request.sampling),
            "controls": dict(request.controls or {}),
            "told": self.checkpoint.controls.describe(made.told),
            "keep_primer": request.keep_primer,
            "primer_s": request.primer_s,
            "primer": embedded(primer) if primer else "",
            "primer_sha256": hashlib.sha256(midi.to_bytes(primer)).hexdigest() if primer else "",
            **({"primer_origin": dict(request.primer_origin)} if request.primer_origin else {}),
        }

    def _terms(self, request: Request, unknown: str) -> tuple[str, str]:
        """Licence and credit of what this model writes, with those of a primer that stays in it."""
        card, kept = self.checkpoint.card, request.primer_origin or {}
        own = str(card.get("licence", unknown)), str(card.get("credit", ""))
        if not request.keep_primer:
            return own
        return terms(own[0], kept.get("licence")), terms(own[1], kept.get("credit"))


def made_by(name: str, checkpoint: Checkpoint) -> dict[str, Any]:
    """The part of a provenance that is the model's: versions, the hash of its weights, its family and codec."""
    recipe = checkpoint.recipe
    return {
        "partimento": version(),
        "torch": torch.__version__,
        "model": name,
        "weights_sha256": checkpoint.weights_hash,
        "family": recipe.family,
        "codec": {"name": recipe.codec.name, **recipe.to_dict()["codec"]},
    }


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
