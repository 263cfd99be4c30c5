"""From what a file claims to the piece, composed again: its request rebuilt, by the model that it names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import InputError, UsageError
from ...nn.filters import Sampling
from ...nn.gibbs import Gibbs
from ...prompt import Length, Prompt, Span
from ...recipe import filled
from ...score import FERMATA, TEMPO, Provenance, Score, table
from ...zoo import require_for_sale
from ..chorales.manner import Manner
from ..chorales.model import ChoraleModel, ChoraleRequest
from ..load import load
from ..model import FOR_SALE, Model
from ..piece import Piece
from ..request import Request
from ..steering import Task
from ..tasks import compose as composing
from .claim import SIDECAR, Claim

Progress = Callable[[float], None]
DIGITS = 12  # of a hash, for people


def model_of(claim: Claim, where: str = "", runs: str | Path | None = None, commercial: bool = False) -> Any:
    """The model that ``claim`` names, or the one called ``where``; its weights have to be those that are claimed.

    Raises UsageError for other weights, and what loading raises.
    """
    told = claim.provenance
    model = load(where or told["model"], runs, commercial)
    here, asked = model.checkpoint.weights_hash, told["weights_sha256"]
    if here != asked:
        what = f"was made by weights {asked[:DIGITS]} of a model called {told['model']}"
        there = f"{where or told['model']} here has {here[:DIGITS]}"
        raise UsageError(f"{claim.path.name}: {what}, and {there}; name the folder or run of those with --model")
    if isinstance(model, ChoraleModel) != claim.is_of_chorale:
        raise InputError(f"{claim.path.name}: its provenance is not that of a piece of such a model; it was changed")
    model.name = told["model"]
    return model


def again(claim: Claim, model: Model | ChoraleModel, progress: Progress = lambda share: None) -> Piece:
    """The piece of ``claim``, composed anew. Raises InputError for a request that no file of ours makes."""
    try:
        if isinstance(model, ChoraleModel):
            return next(model.pieces(_chorale(claim), progress))
        return next(model.pieces(_performance(claim, model), progress))
    except (TypeError, ValueError) as error:
        raise InputError(f"{claim.path.name}: its provenance cannot be asked for ({error}); it was changed") from error


def _performance(claim: Claim, model: Model) -> Request:
    told = claim.provenance
    if told["primer_sha256"] and claim.primer is None:
        raise _lacks_primer(claim)
    origin = told.get("primer_origin")
    if model.commercial and told["keep_primer"] and origin and "licence" in origin:
        require_for_sale(f"primer {origin.get('piece')!r}", origin["licence"], FOR_SALE)
    model.checkpoint.controls.asked(told["controls"])
    return Request(
        claim.primer,
        told["primer_s"],
        told["keep_primer"],
        Length(**told["length"]),
        told["controls"],
        filled(Sampling, told["sampling"]),
        told["seed"],
        primer_origin=origin,
        first=told["piece"],
        max_copy=told.get("max_copy"),
        form=told.get("form", ""),
        task=Task(**told["task"]) if "task" in told else None,
    )


def _chorale(claim: Claim) -> ChoraleRequest:
    told = claim.provenance
    score = claim.primer or _from_nothing(claim)
    source = dict(told["source"])
    title = source.pop("title")
    known = replace(
        score,
        provenance=Provenance(**source),
        fermatas=table(FERMATA, [(tick,) for tick in told["fermatas"]]),
        tempi=table(TEMPO, [tuple(row) for row in told["tempi"]]),
    )
    prompt = Prompt(known, tuple(Span(start, stop, track=track) for start, stop, track in told["free"]))
    return ChoraleRequest(prompt, _manner(told["manner"]), told["seed"], 1, title, told["task"], told["piece"])


def _from_nothing(claim: Claim) -> Score:
    """The empty bars of a chorale that was composed from nothing: they need no primer. Raises InputError."""
    task = claim.provenance["task"]
    if task.get("verb") != "compose" or not {"bars", "key", "metre", "fermatas"} <= task.keys():
        raise _lacks_primer(claim)
    made = composing(int(task["bars"]), str(task["key"]), str(task["metre"]), task["fermatas"])
    return made.prompt.score


def _manner(told: Mapping[str, Any]) -> Manner:
    gibbs, sampling = told.get("gibbs"), told.get("sampling", {})
    rest = {name: value for name, value in told.items() if name not in ("gibbs", "sampling")}
    manner: Manner = filled(Manner, {**rest, "sampling": filled(Sampling, sampling)})
    return manner if gibbs is None else replace(manner, gibbs=filled(Gibbs, gibbs))


def _lacks_primer(claim: Claim) -> InputError:
    sidecar, said = claim.path.with_suffix(SIDECAR).name, claim.provenance["primer_sha256"][:DIGITS]
    what = f"was made from music that it does not hold itself (SHA-256 {said})"
    return InputError(f"{claim.path.name}: {what}; put {sidecar}, which was written with it and holds it, beside it")
