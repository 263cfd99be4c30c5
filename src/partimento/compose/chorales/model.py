"""A trained chorale model as a musician holds it: ``load`` one, then write ``pieces`` of a request."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast

from ... import midi
from ...checkpoint import Checkpoint
from ...codecs.chorale import ChoraleCodec
from ...errors import UsageError
from ...explain import Explanation, explained_chorale
from ...models import family_of
from ...models.grid import GridFamily
from ...prompt import Prompt
from ...score import Provenance
from ...version import version
from ...zoo import load as load_from_zoo
from ...zoo import require_for_sale
from ..fermatas import on_notes
from ..melody import four_parts
from ..model import one_thread
from ..piece import embedded
from ..primers import terms
from ..provenance import made_by
from ..request import MOST_PIECES
from ..tasks import SAID, Source, compose, fill, harmonize, said_of
from .manner import Manner, check_options
from .piece import ChoralePiece
from .write import Chorale, write

DEFAULT, AUTHOR = "chorales", "Partimento"
FOR_SALE = "give music of your own, or that may be sold"
NO_CHORALES = "writes no chorales; take the bundled chorales, or train one: partimento train grid-transformer"


class Asked(Protocol):
    """A prompt, and what was asked for in words."""

    @property
    def prompt(self) -> Prompt:
        """What is known and what is free."""

    @property
    def told(self) -> Mapping[str, Any]:
        """What was asked, as plain values."""


@dataclass(frozen=True)
class ChoraleRequest:
    """What a musician asks for; ``told`` is what was asked in words, for the provenance."""

    prompt: Prompt
    manner: Manner = Manner()
    seed: int = 0
    count: int = 1
    title: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    first: int = 0  # the number of the first piece, from which its stream of chance follows

    def __post_init__(self) -> None:
        if not 0 < self.count <= MOST_PIECES:
            raise UsageError(f"--count {self.count} is out of range: 1 to {MOST_PIECES}")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"--seed {self.seed} is out of range: 0 to 2**63 - 1")


class ChoraleModel:
    """A checkpoint of a grid family that writes chorales."""

    def __init__(self, name: str, checkpoint: Checkpoint, commercial: bool = False) -> None:
        """For ``commercial`` use, music that forbids it cannot be kept. Raises UsageError for another kind of model."""
        codec, family = checkpoint.recipe.codec, checkpoint.recipe.family
        if not isinstance(codec, ChoraleCodec) or not issubclass(family_of(family), GridFamily):
            raise UsageError(f"model {name}: {family} over codec {codec.name} {NO_CHORALES}")
        self.name, self.checkpoint, self.codec, self.commercial = name, checkpoint, codec, commercial

    @cached_property
    def family(self) -> GridFamily:
        """The network."""
        return cast(GridFamily, self.checkpoint.model())

    @property
    def manner(self) -> Manner:
        """How it writes where nothing else is said: as its recipe says, or as measured best when bundled."""
        return Manner().said(self.checkpoint.card.get("preset", {}), self.family)

    def request(self, task: Asked, seed: int = 0, count: int = 1, **options: Any) -> ChoraleRequest:
        """A request with this model's preset where ``options`` do not say otherwise: see ``Manner.said``."""
        manner = self.manner.said(options, self.family)
        return ChoraleRequest(task.prompt, manner, seed, count, told=task.told)

    def harmonize(
        self, source: Source, keep: str | Sequence[str] = "", bars: str = "", seed: int = 0, **options: Any
    ) -> ChoralePiece:
        """The voices that a melody lacks, or others than those of ``keep`` anew; see ``tasks.harmonize``.

        ``options`` are fields of Said and what ``Manner.said`` takes.
        """
        check_options(options, (*SAID, "keep", "bars", "seed"))
        said, rest = said_of(options)
        return next(self.pieces(self.request(harmonize(source, keep, bars, said), seed, **rest)))

    def fill(
        self, source: Source, bars: str, voices: str | Sequence[str] = "", seed: int = 0, **options: Any
    ) -> ChoralePiece:
        """``bars`` of a four-part score anew; see ``tasks.fill``. ``options`` as for ``harmonize``."""
        check_options(options, (*SAID, "bars", "voices", "seed"))
        said, rest = said_of(options)
        return next(self.pieces(self.request(fill(source, bars, voices, said), seed, **rest)))

    def compose(
        self,
        bars: int = 16,
        key: str = "",
        metre: str = "4/4",
        fermatas: str | Sequence[int] = (),
        seed: int = 0,
        **options: Any,
    ) -> ChoralePiece:
        """A chorale from nothing; see ``tasks.compose``. ``options`` are what ``Manner.said`` takes."""
        check_options(options, ("bars", "key", "metre", "fermatas", "seed"))
        return next(self.pieces(self.request(compose(bars, key, metre, fermatas), seed, **options)))

    def explain(self, source: Source, alternatives: int = 5) -> Explanation:
        """What this model makes of a four-part score, cell by cell. Raises UsageError, InputError."""
        return explained_chorale(self.name, self.checkpoint, four_parts(source), alternatives)

    def pieces(
        self, request: ChoraleRequest, progress: Callable[[float], None] = lambda share: None
    ) -> Iterator[ChoralePiece]:
        """Every piece of a request, on one thread. Raises UsageError, WorkFailed, LicenceError."""
        kept = request.prompt.kept
        if self.commercial and len(kept) and kept.provenance.licence:
            require_for_sale(f"what is kept of {kept.title or 'the score'!r}", kept.provenance.licence, FOR_SALE)
        asked = request.prompt, request.manner, request.count, request.seed
        with one_thread():
            for made in write(self.family, self.codec, *asked, progress, request.first):
                yield self._piece(request, made)

    def _piece(self, request: ChoraleRequest, made: Chorale) -> ChoralePiece:
        licence, credit = self._terms(request.prompt, "")
        origin, number = request.prompt.score.provenance, f" no. {made.piece + 1}" if made.piece else ""
        title = (request.title or request.prompt.score.title or f"{self.name} {request.seed}") + number
        known = [*origin.composer.split("; "), AUTHOR]  # what is written is not by the melody's composer
        composers = "; ".join(dict.fromkeys(filter(None, known)))
        told = Provenance(f"Partimento {version()} {self.name}", composers, licence, credit)
        score = replace(on_notes(made.score, request.prompt.kept), title=title, provenance=told)
        return ChoralePiece(score, self.provenance(request, made), chorale=made)

    def provenance(self, request: ChoraleRequest, made: Chorale) -> dict[str, Any]:
        """All that makes the same chorale again; no time stamp, so that the same request gives the same bytes."""
        prompt, origin = request.prompt, request.prompt.score.provenance
        licence, credit = self._terms(prompt, "unknown")
        return {
            **made_by(self.name, self.checkpoint),
            "licence": licence,
            "credit": credit,
            "seed": request.seed,
            "piece": made.piece,
            "manner": asdict(request.manner),
            "gibbs": asdict(request.manner.schedule(self.family)),
            "task": dict(request.told),
            "free": [[span.start, span.stop, span.track] for span in prompt.free],
            "fermatas": prompt.score.fermatas["onset"].tolist(),
            "tempi": [list(row) for row in prompt.score.tempi.tolist()],  # MIDI has them in whole microseconds
            "source": {
                "title": request.title or prompt.score.title,
                "composer": origin.composer,
                "licence": origin.licence,
                "credit": origin.credit,
            },
            "primer": embedded(prompt.score),  # also what is free: of its notes that ring on, the rest is held
            "primer_sha256": hashlib.sha256(midi.to_bytes(prompt.score)).hexdigest(),
        }

    def _terms(self, prompt: Prompt, unknown: str) -> tuple[str, str]:
        """Licence and credit of what this model writes, with those of the music that is kept."""
        card, kept = self.checkpoint.card, prompt.kept
        own = str(card.get("licence", unknown)), str(card.get("credit", ""))
        if not len(kept):
            return own
        return terms(own[0], kept.provenance.licence), terms(own[1], kept.provenance.credit)


def load(name: str = DEFAULT, runs: str | Path | None = None, commercial: bool = False) -> ChoraleModel:
    """A bundled model, a run or a checkpoint folder. Raises UnknownName, CheckpointError, LicenceError, UsageError."""
    checkpoint = load_from_zoo(name, Path(runs) if runs else None, commercial)
    return ChoraleModel(Path(name).absolute().name, checkpoint, commercial)
