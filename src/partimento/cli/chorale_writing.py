"""A task for a chorale model to files: what ``harmonize``, ``fill`` and ``compose`` do when they know what is asked."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .chorale_options import Job
from .console import Output
from .formats import engraved
from .formats import play as open_with_player
from .options import checked_folder, checked_name

if TYPE_CHECKING:
    from ..compose.chorales.model import ChoraleModel, ChoraleRequest
    from ..compose.chorales.piece import ChoralePiece
    from ..compose.tasks import Task

SEEDS = 2**31
CHORALES = "chorales"  # where no model is named


@dataclass(frozen=True)
class Targets:
    """The ``formats`` to write, and what is to be said of those that cannot be."""

    formats: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def checked(job: Job, file: Path | None = None) -> Targets:
    """What ``job`` can write, where all that it says of files can be done without touching the ``file`` that is read.

    Raises UsageError, MissingData.
    """
    checked_folder("--out", job.out)
    if job.name:
        checked_name("--name", job.name)
    formats, remarks = engraved(job.format, job.play)
    if file and job.name and _is_ours(file, job) and file.suffix[1:].lower() in formats:
        raise UsageError(f"--name {job.name}: {file} is the file that is read; choose another name or folder")
    return Targets(tuple(formats), tuple(remarks))


def _is_ours(file: Path, job: Job) -> bool:
    """Whether ``file`` stands where ``job`` would write, under one of its names."""
    rest = file.stem.removeprefix(job.name) if file.stem.startswith(job.name) else "another"
    named = not rest or (rest[0] == "-" and rest[1:].isdecimal())
    return named and file.exists() and job.out.exists() and file.parent.samefile(job.out)


def loaded(job: Job) -> "ChoraleModel":
    """The model of ``job``. Raises UsageError for one that writes no chorales, and what loading raises."""
    from ..compose.chorales.model import load

    return load(job.model or CHORALES, job.runs or None, job.commercial)


def write(
    model: "ChoraleModel",
    task: "Task",
    name: str,
    targets: Targets,
    options: Mapping[str, Any],
    job: Job,
    output: Output,
) -> None:
    """Every version of ``task`` in files called ``name`` and the seed, unless ``job`` names them otherwise.

    ``options`` are what ``Manner.said`` takes.
    """
    seed = secrets.randbelow(SEEDS) if job.seed is None else job.seed
    request = model.request(task, seed, job.count, **options)
    licence = f"{model.name}: {model.checkpoint.card.get('licence', 'licence unknown')}"
    for line in (licence, *targets.remarks, *task.remarks):
        output.say(line)
    made = _written(model, request, job.out / (job.name or f"{name}-{seed}"), targets.formats, output)
    output.result({"pieces": made, "seed": seed, **_beside()}, [_line(piece) for piece in made])
    if job.play:
        open_with_player(made[0]["files"])


def _written(
    model: "ChoraleModel", request: "ChoraleRequest", stem: Path, formats: Sequence[str], output: Output
) -> list[dict[str, Any]]:
    """The files of every version, each saved as soon as it is there; of a request that is refused not even a folder."""
    made: list[dict[str, Any]] = []
    with output.progress("writing") as update:
        for piece in model.pieces(request, lambda share: update(0.9 * share, "")):
            stem.parent.mkdir(parents=True, exist_ok=True)
            number = f"-{piece.provenance['piece'] + 1}" if request.count > 1 else ""
            made.append(_saved(piece, f"{stem}{number}", formats))
            update(0.9 + 0.1 * len(made) / request.count, "rendering")
    return made


def _saved(piece: "ChoralePiece", stem: str, formats: Sequence[str]) -> dict[str, Any]:
    """The files of a version, all or none, first the one that says its licence; how long it is, and its faults."""
    from ..notation.bars import bars
    from ..store import together

    with together():
        sidecar = str(piece.save(f"{stem}.json"))
        files = [str(piece.save(f"{stem}.{suffix}")) for suffix in formats]
    count = sum(bar.number > 0 for bar in bars(piece.score)) if len(piece.score) else 0
    return {"files": [*files, sidecar], "bars": count, "voice_leading": piece.findings}


def _beside() -> dict[str, Any]:
    """Bach's own figures, once for all pieces."""
    from ..compose.chorales.piece import beside

    return beside()


def _line(piece: dict[str, Any]) -> str:
    count = len(piece["voice_leading"]["faults"])
    left = "no fault of voice leading" if not count else f"{count} fault{'s' * (count > 1)} of voice leading left"
    return f"{piece['bars']} bars, {left}: {'  '.join(piece['files'])}"
