"""``partimento evaluate``."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from ..units import clock_text
from .console import Output, finite
from .options import checked_folder, whole

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..data.corpus import Corpus
    from ..evaluate.likelihood import Conditions, Material, Row

    Task = tuple[str, Checkpoint, Material, Conditions]

DROPPED = "stopped; an evaluation is whole or nothing: its partial results are dropped"


def evaluate(
    *names: str,
    data: Annotated[str, Parameter(help="prepared corpora, with commas; each model's own by default")] = "",
    split: Annotated[str, Parameter(help="train, validation or test")] = "validation",
    context: Annotated[int | None, whole("rows in a window; by default as the model was trained")] = None,
    stride: Annotated[int | None, whole("rows between windows, each counted once; half the context by default")] = None,
    pieces: Annotated[int, whole("only so many pieces, evenly spread; 0: all")] = 0,
    precision: Annotated[str, Parameter(help="of matrix products: float32, bfloat16 or auto")] = "float32",
    anchors: Annotated[bool, Parameter(help="the trivial predictors that a model must beat")] = True,
    out: Annotated[Path | None, Parameter(help="a folder for evaluation.json and evaluation.md")] = None,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Held-out likelihood of models beside trivial anchors: every piece whole, context and stride as stated.

    Parameters
    ----------
    names
        Bundled models, runs or checkpoint folders.
    """
    from ..evaluate.report import as_json, lines

    if out is not None:
        checked_folder("--out", out)
    asked = {"split": split, "context": context, "stride": stride, "pieces": pieces, "precision": precision}
    try:
        rows = _rows(_tasks(names, data.split(",") if data else [], runs, asked, output), anchors, output)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(DROPPED) from None
    if out is not None:
        _write(out, rows)
    output.result(as_json(rows), lines(rows))


def _tasks(names: Sequence[str], data: Sequence[str], runs: str, asked: dict[str, Any], output: Output) -> "list[Task]":
    """Every model on every corpus, all looked at before the first is measured."""
    from .. import zoo
    from ..evaluate.likelihood import check_rows, material, text_of

    known: dict[tuple[str, str], Material] = {}
    tasks = []
    for name in dict.fromkeys(names or (zoo.DEFAULT,)):
        checkpoint = zoo.load(name, zoo.runs_home(runs))
        check_rows(name, checkpoint)
        conditions = _conditions(asked, checkpoint)
        codec = checkpoint.recipe.codec
        for corpus in _corpora(name, checkpoint, data, output):
            if _is_another(corpus, checkpoint):
                advice = "its test pieces may be among those that it was trained on; take the corpus of then"
                output.say(f"{name}: corpus {corpus.folder.name} is not the one that it was trained on: {advice}")
            corpus.verify()  # a damaged shard would give a wrong figure, not an error
            key = (text_of(codec), corpus.fingerprint)
            known[key] = known.get(key) or material(corpus, codec, conditions)
            tasks.append((name, checkpoint, known[key], conditions))
    return tasks


def _conditions(asked: dict[str, Any], checkpoint: "Checkpoint") -> "Conditions":
    from ..evaluate.likelihood import Conditions

    context = asked["context"] if asked["context"] is not None else checkpoint.recipe.windows.sequence
    stride = asked["stride"] if asked["stride"] is not None else max(context // 2, 1)
    return Conditions(**{**asked, "context": context, "stride": stride})


def _corpora(name: str, checkpoint: "Checkpoint", data: Sequence[str], output: Output) -> "list[Corpus]":
    """Those that are named; else the model's own, and of it the pieces that its recipe chose."""
    from ..data.corpus import corpus
    from ..data.filters import filtered

    own = checkpoint.recipe.data
    if data:
        return [corpus(part.strip()) for part in dict.fromkeys(data)]
    if not own.filter:
        return [corpus(own.corpus)]
    output.say(f"{name}: on the pieces that its recipe chose, {own.filter}; --data {own.corpus} takes all")
    return [filtered(corpus(own.corpus), own.filter)]


def _is_another(corpus: "Corpus", checkpoint: "Checkpoint") -> bool:
    """Whether a corpus has the name of the one that a model was trained on, and is divided or filled otherwise."""
    from ..data.filters import filtered

    own, known = checkpoint.recipe.data, checkpoint.card.get("data", {}).get("fingerprint")
    if corpus.folder.name != own.corpus or known is None:
        return False
    return known not in (corpus.fingerprint, filtered(corpus, own.filter).fingerprint if own.filter else "")


def _rows(tasks: "Sequence[Task]", anchors: bool, output: Output) -> "list[Row]":
    """The models on each material, then its anchors."""
    from ..evaluate.likelihood import anchor_rows, model_row

    rows: list[Row] = []
    for material in {id(task[2]): task[2] for task in tasks}.values():
        for name, checkpoint, _, conditions in (task for task in tasks if task[2] is material):
            with output.progress(f"evaluating {name}") as update:
                rows.append(model_row(name, checkpoint, material, conditions, _with_time_left(update)))
        if anchors:
            with output.progress("counting the anchors") as update:
                found = anchor_rows(material, _with_time_left(update))
            if not found:
                output.say(f"corpus {material.corpus.folder.name} has no training piece here: no anchors")
            rows.extend(found)
    return rows


def _with_time_left(update: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """``update`` with the time left at the end of its remarks; the bar of a terminal has it by itself."""
    began = time.monotonic()

    def told(share: float, remark: str) -> None:
        left = (time.monotonic() - began) * (1 - share) / share if share else 0.0
        update(share, f"{remark}, {clock_text(left)} left")

    return update if sys.stderr.isatty() else told


def _write(folder: Path, rows: "Sequence[Row]") -> None:
    from ..evaluate.report import as_json, markdown
    from ..store import together, write_atomically

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be made: {error.strerror}; choose another folder") from error
    text = json.dumps(finite(as_json(rows)), indent=1, allow_nan=False)
    with together():
        write_atomically(folder / "evaluation.json", f"{text}\n".encode())
        write_atomically(folder / "evaluation.md", markdown(rows).encode())
