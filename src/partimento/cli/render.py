"""``partimento render``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..errors import UnknownName, UsageError
from .console import Output
from .options import checked_folder


def render(
    file: Path,
    /,
    *,
    out: Annotated[Path, Parameter(help="the file to write: .wav .flac .mp3 .ogg .png .svg .mid")],
    output: Output = Output(),
) -> None:
    """Turn a MIDI file into sound or picture.

    Parameters
    ----------
    file
        A MIDI file.
    """
    from .. import midi
    from ..compose.piece import SUFFIXES, Piece

    if out.suffix.lower() not in SUFFIXES:
        raise UnknownName("file type", out.suffix, SUFFIXES)
    checked_folder("--out", out.parent)
    if file.exists() and out.exists() and out.samefile(file):
        raise UsageError(f"--out {out}: is the file that is read; choose another name")
    score, report = midi.read_isolated(file)
    if not len(score):
        raise UsageError(f"{file}: has no notes, so there is nothing to render")
    for line in report.lines():
        output.say(line)
    out.parent.mkdir(parents=True, exist_ok=True)
    Piece(score).save(out)
    output.result({"file": str(out), "notes": len(score), "report": report.to_json()}, [str(out)])
