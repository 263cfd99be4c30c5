"""``partimento compose``."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .chorale_options import Job, Rules
from .composing_chorales import Form, compose_chorale, refuse_form
from .console import Output
from .formats import SCORE_FORMATS, USUAL, USUAL_SCORE, check_length, formats_of, refuse_notation
from .options import checked_folder, checked_name, whole
from .performance_writing import NO_NOTE, write
from .primers import Primed, told

if TYPE_CHECKING:
    from ..compose.model import Model
    from ..compose.request import Request
    from ..score import Score

SEEDS = 2**31
FORMAT = f"of {', '.join(SCORE_FORMATS)}, with commas; {','.join(USUAL)}, or of chorales {','.join(USUAL_SCORE)}"
NOT_WITH_STREAM = {
    "--json": "a stream is lines of JSON already",
    "--play": "a stream writes no file",
    "--count": "a stream is one piece",
    "--form": "a piece in sections is not written from its beginning to its end",
}


@Parameter(name="*")
@dataclass(frozen=True)
class Wanted:
    """What to write."""

    seconds: Annotated[float | None, Parameter(help="length of what is written; 60 by default")] = None
    notes: Annotated[int | None, whole("length in notes instead")] = None
    count: Annotated[int, whole("how many pieces")] = 1
    seed: Annotated[int | None, whole("the same seed gives the same piece; drawn by chance by default")] = None
    composer: Annotated[str, Parameter(help="in whose manner, by part of a name that the model knows")] = ""
    density: Annotated[float | None, Parameter(help="notes per second")] = None
    dynamics: Annotated[float | None, Parameter(help="mean velocity, 1 to 127")] = None
    form: Annotated[str, Parameter(help="sections by letters, e.g. AABA: the length in equal parts")] = ""
    max_copy: Annotated[
        int | None,
        whole("longest exact match with the training pieces, in any key, that may come about: 8 or more notes"),
    ] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Sampler:
    """How to draw; what is not given is as the model's preset says."""

    temperature: Annotated[float | None, Parameter(help="below 1 tamer, above 1 wilder; 0: the likeliest")] = None
    top_k: Annotated[int | None, whole("draw from the k likeliest")] = None
    top_p: Annotated[float | None, Parameter(help="draw from the likeliest up to this mass")] = None
    min_p: Annotated[float | None, Parameter(help="draw from those of this share of the likeliest")] = None
    columns: Annotated[
        str | None,
        Parameter(help="of a row, with commas, that these four are for, e.g. pitch; others are drawn as they are"),
    ] = None
    beam: Annotated[
        int | None, whole("search so many ways to go on, write the likeliest; at temperature 0: the same")
    ] = None
    beam_rows: Annotated[int | None, whole("rows of such a search, 50 by default; a stream comes in such parts")] = None
    length_penalty: Annotated[
        float | None, Parameter(help="power of the notes that its score is over; 1, the default: mean, 0: sum")
    ] = None


def compose(
    model: str = "maestro",
    /,
    *,
    wanted: Wanted = Wanted(),
    primed: Primed = Primed(),
    sampler: Sampler = Sampler(),
    form: Form = Form(),
    rules: Rules = Rules(),
    out: Annotated[Path, Parameter(help="folder for the files")] = Path("compositions"),
    name: Annotated[str, Parameter(help="file name without suffix; MODEL-SEED by default")] = "",
    format: Annotated[str | None, Parameter(help=FORMAT)] = None,
    stream: Annotated[
        bool, Parameter(help="notes as they come, as lines of JSON; writes no file", negative="")
    ] = False,
    play: Annotated[bool, Parameter(help="open the result with the platform's player", negative="")] = False,
    commercial: Annotated[
        bool, Parameter(help="refuse weights, and a kept primer of their corpus, whose data forbid it", negative="")
    ] = False,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Compose a piece, from nothing or from a primer: MIDI, sound, picture and where they come from.

    Parameters
    ----------
    model
        A bundled model, the name of a run, or a checkpoint folder.
    """
    formats = formats_of(format, play)
    if stream:
        others = {"--json": output.json, "--play": play, "--count": wanted.count != 1, "--form": bool(wanted.form)}
        _refuse_beside_stream(others)
    else:
        checked_folder("--out", out)
    if name:
        checked_name("--name", name)
    primer, remarks = primed.read()
    from ..compose.chorales.model import ChoraleModel
    from ..compose.load import load
    from ..compose.model import DEFAULT_S

    if not stream:
        check_length(_length_s(wanted, DEFAULT_S), primed.kept_s(primer), formats)
    loaded = load(model, runs or None, commercial)
    if isinstance(loaded, ChoraleModel):
        job = Job(model, wanted.count, wanted.seed, out=out, name=name, format=format, play=play)
        compose_chorale(loaded, form, rules, (wanted, primed, sampler), stream, job, output)
        return
    refuse_form(loaded.name, form, rules)
    refuse_notation(formats)
    request = _request(loaded, primer, wanted, primed, sampler)
    licence = f"{loaded.name}: {loaded.checkpoint.card.get('licence', 'licence unknown')}"
    for line in (licence, *remarks, *told(request.primer_origin)):
        output.say(line)
    if stream:
        _stream(loaded, request, output)
        return
    write(loaded, request, out / (name or f"{loaded.name}-{request.seed}"), formats, play, output)


def _refuse_beside_stream(given: Mapping[str, bool]) -> None:
    for flag, is_given in given.items():
        if is_given:
            raise UsageError(f"--stream and {flag} exclude each other: {NOT_WITH_STREAM[flag]}")


def _length_s(wanted: Wanted, default_s: float) -> float:
    """The seconds asked for; 0 where notes are counted."""
    return wanted.seconds or (default_s if wanted.notes is None else 0.0)


def _request(model: "Model", primer: "Score | None", wanted: Wanted, primed: Primed, sampler: Sampler) -> "Request":
    chosen = {f.name: getattr(sampler, f.name) for f in fields(sampler) if getattr(sampler, f.name) is not None}
    request = model.request(
        primer,
        wanted.seconds,
        wanted.notes,
        secrets.randbelow(SEEDS) if wanted.seed is None else wanted.seed,
        controls=_controls(wanted),
        form=wanted.form,
        **primed.options(),
        **chosen,
    )
    model.checkpoint.controls.asked(request.prompt.controls)
    if not request.sampling.beam:
        _refuse_without_beam({"--beam-rows": sampler.beam_rows, "--length-penalty": sampler.length_penalty})
    return replace(request, count=wanted.count, max_copy=wanted.max_copy)


def _refuse_without_beam(given: Mapping[str, float | None]) -> None:
    for flag, value in given.items():
        if value is not None:
            raise UsageError(f"{flag} needs --beam N, the number of ways to go on that are searched")


def _controls(wanted: Wanted) -> dict[str, Any]:
    asked = {"composer": wanted.composer, "density": wanted.density, "dynamics": wanted.dynamics}
    return {name: value for name, value in asked.items() if value not in (None, "")}


def _stream(model: "Model", request: "Request", output: Output) -> None:
    heard = False
    for note in model.notes(request):
        heard = True
        print(json.dumps(note), flush=True)
    if not heard:
        output.say(NO_NOTE)
