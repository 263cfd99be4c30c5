"""``partimento fill``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..errors import UsageError
from .chorale_options import Job, Reading, Rules
from .chorale_writing import checked, loaded, write
from .console import Output
from .options import whole


def fill(
    file: Path,
    /,
    *,
    bars: Annotated[str, Parameter(help="e.g. 3-6: the bars that are written anew; a pickup is bar 0")] = "",
    start: Annotated[int | None, whole("the first of these bars, instead", name="--from")] = None,
    stop: Annotated[int | None, whole("the last of these bars", name="--to")] = None,
    voices: Annotated[str, Parameter(help="of these voices alone, with commas, e.g. alto,tenor")] = "",
    reading: Reading = Reading(),
    rules: Rules = Rules(),
    job: Job = Job(),
    output: Output = Output(),
) -> None:
    """Write bars of a four-part score anew, in all voices or in some; the rest stays as it is.

    Parameters
    ----------
    file
        A four-part score: MIDI (.mid), MusicXML (.musicxml, .xml, .mxl) or kern (.krn).
    """
    numbers = _bars(bars, start, stop)
    targets = checked(job, file)
    from ..compose import tasks

    task = tasks.fill(file, numbers, voices, reading.said())
    options = {**job.sampling(), **rules.options()}
    write(loaded(job), task, f"{file.stem}-filled", targets, options, job, output)


def _bars(bars: str, start: int | None, stop: int | None) -> str:
    """The bars as a range in words. Raises UsageError where they are not said, or said twice."""
    if bars and (start, stop) != (None, None):
        raise UsageError("--bars excludes --from and --to: both name the bars to be written; give one of them")
    if bars:
        return bars
    if start is None or stop is None:
        raise UsageError("fill needs the bars to be written: say --bars 3-6, or --from 3 --to 6")
    return f"{start}-{stop}"
