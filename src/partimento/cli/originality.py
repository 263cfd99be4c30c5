"""``partimento originality``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ..errors import UnknownName, UsageError
from .console import Output
from .options import checked_folder

if TYPE_CHECKING:
    from ..score import Score

DEFAULT = "maestro"


def originality(
    file: Path,
    /,
    *,
    against: Annotated[str, Parameter(help="a prepared corpus; its training pieces are compared")] = DEFAULT,
    out: Annotated[Path | None, Parameter(help="a piano roll of what was found: .png or .svg")] = None,
    output: Output = Output(),
) -> None:
    """Say how much of a piece stands in a corpus, in any key and tempo, beside how much of unseen human pieces does.

    The corpus's index is built the first time, which takes less than a minute, and kept beside the corpus.

    Parameters
    ----------
    file
        MIDI (.mid), MusicXML (.musicxml, .xml, .mxl) or kern (.krn).
    """
    _check(out)
    score = _read(file)
    from ..originality import indexed, report

    with output.progress(f"index of {against}") as update:
        index = indexed(against, update)
    found = report(score, index)
    if out:
        from ..originality.drawing import write_drawing

        out.parent.mkdir(parents=True, exist_ok=True)
        write_drawing(score, found, out)
    said = {"file": str(file), **({"picture": str(out)} if out else {}), **found.to_json()}
    output.result(said, [*found.words(), *([str(out)] if out else [])])


def _check(out: Path | None) -> None:
    """Raise UsageError for a picture that cannot be written."""
    if out is None:
        return
    from ..picture import FORMATS

    if out.suffix.lower() not in FORMATS:
        raise UnknownName("picture format", out.suffix, FORMATS)
    checked_folder("--out", out.parent)


def _read(file: Path) -> "Score":
    """The music in ``file``. Raises InputError, UsageError where there is none."""
    from .. import midi, notation

    reads = notation.read_isolated if file.suffix.lower() in notation.SUFFIXES else midi.read_isolated
    score: Score = reads(file)[0]
    if not len(score):
        raise UsageError(f"{file}: has no notes, so there is nothing to compare")
    return score
