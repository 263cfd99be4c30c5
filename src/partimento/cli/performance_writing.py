"""A request to a piano model, to files: what compose, fill, vary and accompany do when they know what is asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .console import Output
from .formats import play as open_with_player

if TYPE_CHECKING:
    from ..compose.model import Model
    from ..compose.piece import Piece
    from ..compose.request import Request

NO_NOTE = "the model wrote no note; take another --seed, or ask for --notes"
ALIKE = "of {} pieces {} differ: a --temperature of 0 leaves little to chance; take one above 0, or --count 1"


def write(model: "Model", request: "Request", stem: Path, formats: Sequence[str], play: bool, output: Output) -> None:
    """Write every piece of ``request``, say what came of it, and ``play`` the first."""
    made, different = _written(model, request, stem, formats, output)
    output.result({"pieces": made, "seed": request.seed}, _told(made))
    if different < request.count:
        output.say(ALIKE.format(request.count, different))
    for piece in made:
        if not piece["statistics"]["notes"]:
            output.say(f"{piece['files'][0]}: {NO_NOTE}")
    if play:
        open_with_player(made[0]["files"])


def _written(
    model: "Model", request: "Request", stem: Path, formats: Sequence[str], output: Output
) -> tuple[list[dict[str, Any]], int]:
    """Every piece of ``request`` in files whose names begin with ``stem``, and how many of them differ.

    Each is saved as soon as it is there; of a request that is refused not even the folder is made.
    """
    made, different = [], set()
    with output.progress("composing") as update:
        for piece in model.pieces(request, lambda share: update(0.8 * share, "")):
            stem.parent.mkdir(parents=True, exist_ok=True)
            different.add(piece.score.notes.tobytes())
            number = f"-{piece.provenance['piece'] + 1}" if request.count > 1 else ""
            made.append(_saved(piece, f"{stem}{number}", formats))
            if piece.originality:
                output.say(piece.originality.words())
            update(0.8 + 0.2 * len(made) / request.count, "rendering")
    return made, len(different)


def _saved(piece: "Piece", stem: str, formats: Sequence[str]) -> dict[str, Any]:
    """The files of a piece, all or none; first the one that says its licence, so that none ever lies without."""
    from ..store import together

    with together():
        sidecar = str(piece.save(f"{stem}.json"))
        files = [str(piece.save(f"{stem}.{suffix}")) for suffix in formats]
    own = {"originality": piece.originality.to_json()} if piece.originality else {}
    return {"files": [*files, sidecar], "statistics": piece.statistics, **own}


def _told(made: Sequence[dict[str, Any]]) -> list[str]:
    lines = []
    for piece in made:
        heard = piece["statistics"]
        lines.append(f"{heard['duration_s']:.0f} s, {heard['notes']} notes: {'  '.join(piece['files'])}")
    return lines
