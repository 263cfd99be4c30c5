"""``partimento fill``."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .chorale_options import Job, Reading, Rules
from .chorale_writing import checked, loaded, write
from .console import Output
from .steering import Manner, perform


def fill(
    file: Path,
    /,
    *,
    bars: Annotated[str, Parameter(help="of a four-part score, e.g. 3-6: written anew; a pickup is bar 0")] = "",
    start: Annotated[float | None, Parameter(name="--from", help="of a performance: seconds at which it is")] = None,
    stop: Annotated[float | None, Parameter(name="--to", help="written anew, and seconds up to which")] = None,
    voices: Annotated[str, Parameter(help="of these voices alone, with commas, e.g. alto,tenor")] = "",
    reading: Reading = Reading(),
    manner: Manner = Manner(),
    rules: Rules = Rules(),
    job: Job = Job(),
    output: Output = Output(),
) -> None:
    """Write some bars of a four-part score anew, or some seconds of a performance; the rest stays as it is.

    Parameters
    ----------
    file
        A four-part score: MIDI (.mid), MusicXML (.musicxml, .xml, .mxl) or kern (.krn); or a performance in MIDI.
    """
    if _is_of_seconds(bars, start, stop):
        from ..compose.steering import Task

        _refuse_said({"--voices": bool(voices), **_flags(reading, rules)}, "of scores; a performance has seconds")
        perform(Task("fill", start or 0.0, stop), file, "filled", manner, job, output)
        return
    _refuse_said(_flags(manner), "of performances; a score has bars")
    targets = checked(job, file)
    from ..compose import tasks

    task = tasks.fill(file, bars, voices, reading.said())
    options = {**job.sampling(), **rules.options()}
    write(loaded(job), task, f"{file.stem}-filled", targets, options, job, output)


def _flags(*parts: Any) -> dict[str, bool]:
    """The flags of some options, and whether each was given."""
    return {f"--{f.name.replace('_', '-')}": getattr(part, f.name) != f.default for part in parts for f in fields(part)}


def _refuse_said(given: dict[str, bool], whose: str) -> None:
    """Raise UsageError for the first option that has no meaning here."""
    for flag, is_given in given.items():
        if is_given:
            raise UsageError(f"{flag} is {whose}; leave it out")


def _is_of_seconds(bars: str, start: float | None, stop: float | None) -> bool:
    """Whether it is a performance, which has seconds and no bars. Raises UsageError."""
    if bars and (start, stop) != (None, None):
        raise UsageError("--bars excludes --from and --to: scores have bars, performances seconds; give one of them")
    if not bars and (start, stop) == (None, None):
        raise UsageError("fill needs what is to be written: say --bars 3-6 of a score, or --from 10 --to 14 in seconds")
    return not bars
