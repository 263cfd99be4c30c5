"""``partimento vary``, ``accompany`` and ``lead``, and what ``fill`` does with a performance."""

import secrets
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .chorale_options import Job
from .compose import SEEDS
from .console import Output
from .formats import formats_of, refuse_notation
from .options import checked_folder, checked_name
from .performance_writing import write

if TYPE_CHECKING:
    from ..compose.steering import Task

PIANO = "maestro"  # where no model is named


@Parameter(name="*")
@dataclass(frozen=True)
class Manner:
    """In what manner; what is not said is read off the file."""

    composer: Annotated[str | None, Parameter(help="by part of a name that the model knows")] = None
    density: Annotated[float | None, Parameter(help="notes per second")] = None
    dynamics: Annotated[float | None, Parameter(help="mean velocity, 1 to 127")] = None

    def asked(self) -> dict[str, Any]:
        """What was said, by name."""
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in said.items() if value not in (None, "")}


def vary(
    file: Path,
    /,
    *,
    amount: Annotated[float, Parameter(help="share of the time that is written anew, 0 to 0.9")] = 0.3,
    manner: Manner = Manner(),
    job: Job = Job(),
    output: Output = Output(),
) -> None:
    """Write stretches of a piece anew, drawn by the seed; the rest stays as it is.

    Parameters
    ----------
    file
        A MIDI file.
    """
    from ..compose.steering import Task

    perform(Task("vary", amount=amount), file, "varied", manner, job, output)


def accompany(file: Path, /, *, manner: Manner = Manner(), job: Job = Job(), output: Output = Output()) -> None:
    """Write an accompaniment to a melody, all of whose notes stay.

    Parameters
    ----------
    file
        A MIDI file.
    """
    from ..compose.steering import Task

    perform(Task("accompany"), file, "accompanied", manner, job, output)


def lead(
    file: Path,
    /,
    *,
    seconds: Annotated[float, Parameter(help="length of what is written before the file's own music")] = 10.0,
    manner: Manner = Manner(),
    job: Job = Job(),
    output: Output = Output(),
) -> None:
    """Write music that leads up to a piece, which follows as it is.

    Parameters
    ----------
    file
        A MIDI file.
    """
    from ..compose.steering import Task

    perform(Task("lead", to_s=seconds), file, "led", manner, job, output)


def perform(task: "Task", file: Path, done: str, manner: Manner, job: Job, output: Output) -> None:
    """Do ``task`` with the music of ``file``, and write files whose names say what was ``done``.

    Raises UsageError, InputError.
    """
    formats = formats_of(job.format, job.play)
    refuse_notation(formats)
    checked_folder("--out", job.out)
    if job.name:
        checked_name("--name", job.name)
    from .. import midi
    from ..compose.chorales.model import ChoraleModel
    from ..compose.load import load

    score, report = midi.read_isolated(file, midi.PRIMER_LIMITS)
    model = load(job.model or PIANO, job.runs or None, job.commercial)
    if isinstance(model, ChoraleModel):
        advice = f"which have bars: say --bars 3-6 to fill; or take --model {PIANO}"
        raise UsageError(f"{task.verb}: model {model.name} writes chorales, {advice}")
    seed = secrets.randbelow(SEEDS) if job.seed is None else job.seed
    request = model.steered(task, score, seed, controls=manner.asked(), **job.sampling())
    model.checkpoint.controls.asked(request.prompt.controls)
    output.say(f"{model.name}: {model.checkpoint.card.get('licence', 'licence unknown')}")
    for line in report.lines() if report.changes else []:
        output.say(line)
    stem = job.out / (job.name or f"{file.stem}-{done}-{seed}")
    write(model, replace(request, count=job.count), stem, formats, job.play, output)
