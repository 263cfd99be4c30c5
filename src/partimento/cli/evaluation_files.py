"""The files that ``partimento evaluate --out`` leaves: for programs, for people, and a page to listen to."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, UsageError
from .console import Output, finite

if TYPE_CHECKING:
    from ..evaluate.cells import CellRow
    from ..evaluate.curves import Curve
    from ..evaluate.likelihood import Row
    from ..evaluate.samples import Heard
    from .listening import Place


def write(
    folder: Path,
    rows: "Sequence[Row]",
    heard: "Sequence[Heard]",
    cells: "Sequence[CellRow]",
    places: "Sequence[Place]",
    output: Output,
) -> None:
    """Everything is made before the first file is written."""
    from ..evaluate.page import html
    from ..evaluate.report import as_json, markdown
    from ..store import together, write_atomically

    corpora = [corpus for *_, corpus in places]
    with output.progress("drawing and playing the pieces") as update:
        page = html(rows, heard, _curves(places), corpora, lambda share: update(share, ""), cells)
    text = json.dumps(finite(as_json(rows, heard, cells)), indent=1, allow_nan=False)
    files = {"evaluation.json": f"{text}\n", "evaluation.md": markdown(rows, heard, cells), "evaluation.html": page}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be made: {error.strerror}; choose another folder") from error
    with together():
        for name, content in files.items():
            write_atomically(folder / name, content.encode())


def _curves(places: "Sequence[Place]") -> "list[Curve]":
    """Of those models that are runs with a log."""
    from ..evaluate.curves import curve

    found = []
    for name, checkpoint in {name: checkpoint for name, checkpoint, _ in places}.items():
        with suppress(InputError):
            found.append(curve(name, checkpoint.folder.absolute().parents[1]))
    return found
