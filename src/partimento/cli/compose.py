"""``partimento compose``."""

import json
import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError, WorkFailed
from .console import Output

if TYPE_CHECKING:
    from ..compose.model import Model, Request
    from ..compose.piece import Piece

FORMATS = ("mid", "wav", "flac", "mp3", "ogg", "png", "svg")
PLAYERS = {"darwin": ["open"], "win32": ["cmd", "/c", "start", ""], "linux": ["xdg-open"]}
SEEDS = 2**31


@Parameter(name="*")
@dataclass(frozen=True)
class Wanted:
    """What to write."""

    primer: Annotated[Path | None, Parameter(help="a MIDI file to go on from")] = None
    primer_seconds: Annotated[float | None, Parameter(help="how much of the primer is used; all by default")] = None
    keep_primer: Annotated[bool, Parameter(negative="--drop-primer", help="the primer stands in the result")] = True
    seconds: Annotated[float | None, Parameter(help="length of what is written; 60 by default")] = None
    notes: Annotated[int | None, Parameter(help="length in notes instead")] = None
    count: Annotated[int, Parameter(help="how many pieces")] = 1
    seed: Annotated[int | None, Parameter(help="the same seed gives the same piece; drawn by chance by default")] = None
    composer: Annotated[str, Parameter(help="in whose manner, by part of a name that the model knows")] = ""
    density: Annotated[float | None, Parameter(help="notes per second")] = None
    dynamics: Annotated[float | None, Parameter(help="mean velocity, 1 to 127")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Sampler:
    """How to draw; what is not given is as the model's preset says."""

    temperature: Annotated[float | None, Parameter(help="below 1 tamer, above 1 wilder; 0: the likeliest")] = None
    top_k: Annotated[int | None, Parameter(help="draw from the k likeliest")] = None
    top_p: Annotated[float | None, Parameter(help="draw from the likeliest up to this mass")] = None
    min_p: Annotated[float | None, Parameter(help="draw from those of this share of the likeliest")] = None


def compose(
    model: str = "maestro",
    /,
    *,
    wanted: Wanted = Wanted(),
    sampler: Sampler = Sampler(),
    out: Annotated[Path, Parameter(help="folder for the files")] = Path("compositions"),
    name: Annotated[str, Parameter(help="file name without suffix; MODEL-SEED by default")] = "",
    format: Annotated[str, Parameter(help=f"of {', '.join(FORMATS)}, with commas")] = "mid,wav,png",
    stream: Annotated[
        bool, Parameter(help="notes as they come, as lines of JSON; writes no file", negative="")
    ] = False,
    play: Annotated[bool, Parameter(help="open the result with the platform's player", negative="")] = False,
    commercial: Annotated[bool, Parameter(help="refuse weights whose data forbid it", negative="")] = False,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Compose a piece, from nothing or from a primer: MIDI, sound, picture and where they come from.

    Parameters
    ----------
    model
        A bundled model, the name of a run, or a checkpoint folder.
    """
    formats = _formats(format)
    if stream and output.json:
        raise UsageError("--stream and --json exclude each other: a stream is lines of JSON already")
    from ..compose.model import load

    loaded = load(model, runs or None, commercial)
    request = _request(loaded, wanted, sampler)
    card = loaded.checkpoint.card
    output.say(f"{loaded.name}: {card.get('licence', 'licence unknown')}")
    if stream:
        _stream(loaded, request)
        return
    made = []
    with output.progress("composing") as update:
        for piece in loaded.pieces(request, lambda share: update(0.8 * share, "")):
            made.append(_saved(piece, _stem(out, name or f"{loaded.name}-{request.seed}", request, piece), formats))
            update(0.8 + 0.2 * len(made) / request.count, "rendering")
    if play:
        _play(made[0]["files"])
    output.result({"pieces": made, "seed": request.seed}, _told(made))


def _formats(text: str) -> list[str]:
    chosen = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in chosen:
        if part not in FORMATS:
            raise UsageError(f"--format {part}: not one of {', '.join(FORMATS)}")
    return chosen


def _request(model: "Model", wanted: Wanted, sampler: Sampler) -> "Request":
    from dataclasses import replace

    chosen = {f.name: getattr(sampler, f.name) for f in fields(sampler) if getattr(sampler, f.name) is not None}
    seed = secrets.randbelow(SEEDS) if wanted.seed is None else wanted.seed
    request = model.request(
        wanted.primer,
        wanted.seconds,
        wanted.notes,
        seed,
        primer_s=wanted.primer_seconds,
        keep_primer=wanted.keep_primer,
        controls=_controls(wanted),
        **chosen,
    )
    request = replace(request, count=wanted.count)
    if request.primer is not None and not len(request.primer):
        raise UsageError(f"--primer {wanted.primer}: has no notes; take a file with notes, or leave --primer out")
    model.checkpoint.controls.asked(request.controls or {})
    return request


def _controls(wanted: Wanted) -> dict[str, Any]:
    asked = {"composer": wanted.composer, "density": wanted.density, "dynamics": wanted.dynamics}
    return {name: value for name, value in asked.items() if value not in (None, "")}


def _stem(out: Path, name: str, request: "Request", piece: "Piece") -> Path:
    number = f"-{piece.provenance['piece'] + 1}" if request.count > 1 else ""
    if Path(name).name != name:
        raise UsageError(f"--name {name}: a file name without folders; --out says the folder")
    return out / f"{name}{number}"


def _saved(piece: "Piece", stem: Path, formats: Sequence[str]) -> dict[str, Any]:
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkFailed(
            f"--out {stem.parent}: cannot be made: {error.strerror or error}; choose another folder"
        ) from error
    files = [str(piece.save(stem.with_name(f"{stem.name}.{suffix}"))) for suffix in (*formats, "json")]
    return {"files": files, "statistics": piece.statistics}


def _told(made: Sequence[dict[str, Any]]) -> list[str]:
    lines = []
    for piece in made:
        heard = piece["statistics"]
        lines.append(f"{heard['duration_s']:.0f} s, {heard['notes']} notes: {'  '.join(piece['files'])}")
    return lines


def _stream(model: "Model", request: "Request") -> None:
    for note in model.notes(request):
        print(json.dumps(note), flush=True)


def _play(files: Sequence[str]) -> None:
    sounds = [file for file in files if not file.endswith((".json", ".png", ".svg"))]
    best = sorted(sounds, key=lambda file: file.endswith(".mid"))
    if not best:
        raise UsageError("--play needs a sound or a MIDI file: add wav to --format")
    command = PLAYERS.get(sys.platform, PLAYERS["linux"])
    try:
        subprocess.Popen([*command, best[0]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise WorkFailed(f"--play: {command[0]} is not here; open {best[0]} with a player of yours") from error
