"""``partimento curves``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..errors import UnknownName, UsageError
from .console import Output
from .options import checked_folder


def curves(
    *names: str,
    out: Annotated[Path, Parameter(help="the picture: PNG or SVG, by its suffix")] = Path("curves.png"),
    evaluation: Annotated[Path | None, Parameter(help="an evaluation.json, for a chart of its accuracies")] = None,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Draw how runs learned: loss, validation and accuracy by step; and accuracies of an evaluation, a bar each.

    Parameters
    ----------
    names
        Runs that were trained here.
    """
    from .. import zoo
    from ..evaluate.curves import accuracies, curve, write_curves

    checked_folder("--out", out.absolute().parent)
    home = zoo.runs_home(runs)
    found = [curve(name, _folder(name, home)) for name in dict.fromkeys(names)]
    right = accuracies(evaluation) if evaluation else None
    if not found and not right:
        raise UsageError(
            "curves needs a run, or --evaluation FILE with accuracies: partimento curves mine --out mine.png"
        )
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    write_curves(out, found, right)
    output.result({"picture": str(out), "runs": [each.name for each in found]}, [str(out)])


def _folder(name: str, home: Path) -> Path:
    """The folder of a run. Raises UnknownName."""
    from ..evaluate.curves import LOG

    known = sorted(path.parent.name for path in home.glob(f"*/{LOG}"))
    if name not in known:
        raise UnknownName("run", name, known, "(runs that were trained here)")
    return home / name
