"""``partimento render``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from cyclopts import Parameter

from ..errors import UnknownName, UsageError
from .console import Output
from .options import checked_folder

if TYPE_CHECKING:
    from ..score import Score

PICTURES = (".png", ".svg")
NOTATION = ".musicxml"
Picture = Literal["roll", "score"]


class Source(NamedTuple):
    """What a file to be rendered gave: its music, the report of reading it, the picture that suits it, whose it is."""

    score: "Score"
    report: Any
    picture: Picture
    provenance: Mapping[str, Any] = {}


def render(
    file: Path,
    /,
    *,
    out: Annotated[Path, Parameter(help="the file to write: .musicxml .svg .png .mid .wav .flac .mp3 .ogg")],
    picture: Annotated[Picture | None, Parameter(help="of .svg and .png: default roll of MIDI, else score")] = None,
    output: Output = Output(),
) -> None:
    """Turn a MIDI or notation file into notation, an engraved score, a piano roll, MIDI or sound.

    Parameters
    ----------
    file
        MIDI (.mid), MusicXML (.musicxml, .xml, .mxl) or kern (.krn).
    """
    from ..compose.piece import Piece
    from ..store import write_atomically

    _check(file, out, picture)
    found = _read(file)
    if not len(found.score):
        raise UsageError(f"{file}: has no notes, so there is nothing to render")
    for line in found.report.lines():
        output.say(line)
    notated = _notated(found.score, out.suffix.lower(), picture or found.picture)  # first: it may be refused
    out.parent.mkdir(parents=True, exist_ok=True)
    if notated:
        write_atomically(out, notated)
    else:
        Piece(found.score, found.provenance).save(out)
    output.result({"file": str(out), "notes": len(found.score), "report": found.report.to_json()}, [str(out)])


def _check(file: Path, out: Path, picture: Picture | None) -> None:
    """Raise UsageError for what cannot be written, or not as asked."""
    from ..compose.piece import SUFFIXES

    suffix = out.suffix.lower()
    if suffix not in SUFFIXES and suffix != NOTATION:
        raise UnknownName("file type", out.suffix, [*SUFFIXES, NOTATION])
    if picture and suffix not in PICTURES:
        raise UsageError(f"--picture {picture}: --out {out} is no picture; choose .svg or .png")
    checked_folder("--out", out.parent)
    if file.exists() and out.exists() and out.samefile(file):
        raise UsageError(f"--out {out}: is the file that is read; choose another name")


def _read(file: Path) -> Source:
    """The music in a file, of the kind that its suffix says; of any other, as MIDI."""
    from .. import midi, notation

    if file.suffix.lower() in notation.SUFFIXES:
        return Source(*notation.read_isolated(file), picture="score")
    score, report = midi.read_isolated(file)
    return Source(score, report, "roll", midi.told(report.texts))


def _notated(score: "Score", suffix: str, picture: Picture) -> bytes | None:
    """The file of a suffix that is notation; None of another."""
    from .. import notation

    if suffix == NOTATION:
        return notation.to_musicxml(score)
    if suffix in PICTURES and picture == "score":
        return notation.engrave(score) if suffix == ".svg" else notation.engrave_png(score)
    return None
