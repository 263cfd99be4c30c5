"""``partimento data export``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .console import Output
from .options import checked_folder


def export(
    name: str,
    /,
    *,
    out: Annotated[Path, Parameter(help="the folder to write into; made where it is not there")],
    format: Annotated[str, Parameter(help="csv: a table to each split; json: frames of pitches")] = "csv",
    output: Output = Output(),
) -> None:
    """Write a corpus of chorales as tables: a line per 16th with four voices, place in the beat, fermata and key.

    Parameters
    ----------
    name
        A prepared corpus of four-part chorales.
    """
    from ..data.corpus import corpus
    from ..data.exporting import export as write

    files = write(corpus(name), format, checked_folder("--out", out))
    output.result({"files": [str(path) for path in files]}, [str(path) for path in files])
