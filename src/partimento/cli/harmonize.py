"""``partimento harmonize``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .chorale_options import Job, Reading, Rules
from .chorale_writing import checked, loaded, write
from .console import Output


def harmonize(
    file: Path,
    /,
    *,
    keep: Annotated[str, Parameter(help="voices that stay, with commas; the soprano, or the voices of the file")] = "",
    bars: Annotated[str, Parameter(help="e.g. 3-6 of a four-part score: write these anew, and nothing else")] = "",
    reading: Reading = Reading(),
    rules: Rules = Rules(),
    job: Job = Job(),
    output: Output = Output(),
) -> None:
    """Write the voices that a melody has not, in the manner of Bach; or some voices of a four-part score anew.

    Parameters
    ----------
    file
        A melody or a four-part score: MIDI (.mid), MusicXML (.musicxml, .xml, .mxl) or kern (.krn). A single part is
        the soprano, unless it bears the name of a voice or --keep names one.
    """
    targets = checked(job, file)
    from ..compose import tasks

    task = tasks.harmonize(file, keep, bars, reading.said())
    options = {**job.sampling(), **rules.options()}
    write(loaded(job), task, f"{file.stem}-harmonized", targets, options, job, output)
