"""Where a piece by a piano model comes from: all that makes it again, and on what terms it may be used."""

import hashlib
from dataclasses import asdict
from typing import Any

from .. import midi
from ..checkpoint import Checkpoint
from .compose import Composition
from .piece import embedded
from .primers import terms
from .provenance import made_by
from .request import Request


def provenance(name: str, checkpoint: Checkpoint, request: Request, made: Composition) -> dict[str, Any]:
    """All that makes the same piece again; no time stamp, so that the same request gives the same bytes."""
    primer = request.primer
    licence, credit = terms_of(checkpoint, request, "unknown")
    said = {
        "max_copy": request.max_copy,
        "task": request.task and request.task.to_json(),
        "form": request.form or None,
        "primer_origin": dict(request.primer_origin) if request.primer_origin else None,
    }
    return {
        **made_by(name, checkpoint),
        "licence": licence,
        "credit": credit,
        "seed": request.seed,
        "piece": made.piece,
        "length": asdict(request.length),
        "sampling": asdict(request.sampling),
        "controls": dict(request.controls or {}),
        "told": checkpoint.controls.describe(made.told),
        "keep_primer": request.keep_primer,
        "primer_s": request.primer_s,
        "primer": embedded(primer) if primer else "",
        "primer_sha256": hashlib.sha256(midi.to_bytes(primer)).hexdigest() if primer else "",
        **{field: value for field, value in said.items() if value is not None},
    }


def terms_of(checkpoint: Checkpoint, request: Request, unknown: str) -> tuple[str, str]:
    """Licence and credit of what a model writes, with those of a primer that stays in it."""
    card, kept = checkpoint.card, request.primer_origin or {}
    own = str(card.get("licence", unknown)), str(card.get("credit", ""))
    if not request.keep_primer:
        return own
    return terms(own[0], kept.get("licence")), terms(own[1], kept.get("credit"))
