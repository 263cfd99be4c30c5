"""``partimento explain``."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UnknownName, UsageError
from .console import Output
from .options import checked_folder, whole

if TYPE_CHECKING:
    from ..explain import Explanation, Moment

MOST_ALTERNATIVES, MOST_NOTES = 100, 10_000
OUT = "write it there: .json with every row, or .png or .svg with the notes coloured; may be said more than once"


def explain(
    file: Path,
    model: str = "",
    /,
    *,
    note: Annotated[int | None, whole("one note by its number, with all that was likelier")] = None,
    at: Annotated[float | None, Parameter(help="the notes that begin nearest to this second, instead")] = None,
    top: Annotated[int, whole("how many alternatives of each column")] = 5,
    by: Annotated[str, Parameter(help="list by the surprise of one column, e.g. pitch: where wrong notes are")] = "",
    most: Annotated[int, whole("how many of the most surprising notes are listed")] = 5,
    out: Annotated[list[Path] | None, Parameter(help=OUT, consume_multiple=False, negative="")] = None,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Show how surprising every note of a piece is to a model: its probability, what was likelier, a curve over time.

    Parameters
    ----------
    file
        MIDI (.mid); for a model of chorales also MusicXML (.musicxml, .xml, .mxl) or kern (.krn), in four voices.
    model
        A bundled model, the name of a run, or a checkpoint folder; by default maestro, and chorales for notation.
    """
    _check(note, at, top, most, out or ())
    from .. import notation
    from ..compose.load import load
    from ..explain.lines import details, lines

    usual = "chorales" if file.suffix.lower() in notation.SUFFIXES else "maestro"
    loaded = load(model or usual, runs or None)
    output.say(f"{loaded.name}: {loaded.checkpoint.card.get('licence', 'licence unknown')}")
    found = loaded.explain(file, top)
    chosen = _chosen(found, note, at)
    for path in out or ():
        path.parent.mkdir(parents=True, exist_ok=True)
        found.save(path)
    told = [line for moment in chosen for line in details(moment)] or list(lines(found, most, by))
    output.result(_plain(found, chosen or found.most_surprising(most, by), out or ()), [*told, *map(str, out or ())])


def _check(note: int | None, at: float | None, top: int, most: int, out: Iterable[Path]) -> None:
    """Raise UsageError for what cannot be asked, before any work."""
    if note is not None and at is not None:
        raise UsageError("--note and --at both name what is told in full; give one of them")
    for flag, value, limit in (("--top", top, MOST_ALTERNATIVES), ("--most", most, MOST_NOTES)):
        if not 1 <= value <= limit:
            raise UsageError(f"{flag} {value} is out of range: 1 to {limit}")
    from ..explain.explanation import SUFFIXES

    for path in out:
        if path.suffix.lower() not in SUFFIXES:
            raise UnknownName("file type", path.suffix, SUFFIXES, "(--out)")
        checked_folder("--out", path.parent)


def _chosen(found: "Explanation", note: int | None, at: float | None) -> list["Moment"]:
    """The moments that were asked for; none where none was."""
    if note is not None:
        return [found.note(note)]
    return found.at(at) if at is not None else []


def _plain(found: "Explanation", moments: list["Moment"], out: Iterable[Path]) -> dict[str, Any]:
    """The whole without its rows, and some moments."""
    whole = {name: value for name, value in found.to_json().items() if name != "rows"}
    return {**whole, "moments": [each.to_json() for each in moments], "files": [str(path) for path in out]}
