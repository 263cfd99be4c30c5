"""``partimento evaluate``."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from .chorale_evaluation import apart, cell_rows, cell_tasks, refuse_windows
from .console import Output
from .evaluation_files import write
from .listening import listener, with_time_left
from .options import checked_folder, whole

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..data.corpus import Corpus
    from ..evaluate.likelihood import Conditions, Material, Row
    from .listening import Place

    Task = tuple[str, Checkpoint, Material, Conditions]

DROPPED = "stopped; an evaluation is whole or nothing: its partial results are dropped"
SAMPLES = 20  # pieces that are composed of each model where there is a page to show them


def evaluate(
    *names: str,
    data: Annotated[str, Parameter(help="prepared corpora, with commas; each model's own by default")] = "",
    filter: Annotated[str, Parameter(help="pieces to take: composer=Chopin,year=2004-2008,kind=solo")] = "",
    split: Annotated[str, Parameter(help="train, validation or test")] = "validation",
    context: Annotated[int | None, whole("rows in a window; by default as the model was trained")] = None,
    stride: Annotated[
        int | None,
        whole("rows between windows, each counted once; by default half the context or as the family needs it"),
    ] = None,
    pieces: Annotated[int, whole("only so many pieces, evenly spread; 0: all")] = 0,
    precision: Annotated[str, Parameter(help="of matrix products: float32, bfloat16 or auto")] = "float32",
    anchors: Annotated[bool, Parameter(help="the trivial predictors that a model must beat")] = True,
    accuracy: Annotated[bool, Parameter(help="share of cells guessed; takes as long as the likelihood")] = True,
    samples: Annotated[
        int | None, whole("pieces to compose beside real ones; 0: none; by default 20 with --out")
    ] = None,
    seconds: Annotated[float, Parameter(help="of each of them")] = 30.0,
    seed: Annotated[int, whole("of what is composed, and of random orders")] = 0,
    orders: Annotated[
        int, whole("chorale models: random orders of 16ths and voices, too, a pass for each cell; 0: none")
    ] = 0,
    keys: Annotated[
        bool, Parameter(help="chorale models: also by the mean of a cell's probabilities in all keys", negative="")
    ] = False,
    crop: Annotated[int, whole("in random orders the first so many 16ths of each piece; 0: all")] = 0,
    out: Annotated[
        Path | None, Parameter(help="a folder for evaluation.json, evaluation.md and evaluation.html")
    ] = None,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Held-out likelihood and accuracy of models beside trivial anchors, and their pieces beside real ones.

    Parameters
    ----------
    names
        Bundled models, runs or checkpoint folders.
    """
    from ..evaluate.chorale_orders import Orders
    from ..evaluate.likelihood import Conditions
    from ..evaluate.report import as_json, lines
    from ..evaluate.sound import Listening

    if out is not None:
        checked_folder("--out", out)
    asked = {"split": split, "context": context, "stride": stride, "pieces": pieces, "precision": precision}
    plan = Listening(samples if samples is not None else SAMPLES if out else 0, seconds, split, seed)
    try:
        every = _places(names, data.split(",") if data else [], filter, runs, output)
        in_cells, places = apart(every, bool(samples), output)
        windows = {"--context": context is not None, "--stride": stride is not None, "--no-accuracy": not accuracy}
        refuse_windows(in_cells, places, windows)
        whole_pieces, in_orders = Conditions(split, pieces=pieces, precision=precision), Orders(orders, crop, seed)
        own = cell_tasks(in_cells, whole_pieces, in_orders)
        tasks = _tasks(places, asked, plan.pieces)
        listen = listener(places, plan, samples is not None, output)
        cells = cell_rows(own, whole_pieces, in_orders, keys, anchors, output)
        rows = _rows(tasks, anchors, accuracy, output)
        heard = listen()
        if out is not None:
            write(out, rows, heard, cells, every, output)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(DROPPED) from None
    output.result(as_json(rows, heard, cells), lines(rows, heard, cells))


def _places(names: Sequence[str], data: Sequence[str], filter: str, runs: str, output: Output) -> "list[Place]":
    """Every model with every corpus, all whole. A damaged shard would give a wrong figure, not an error."""
    from .. import zoo

    places = []
    for name in dict.fromkeys(names or (zoo.DEFAULT,)):
        checkpoint = zoo.load(name, zoo.runs_home(runs))
        for corpus in _corpora(name, checkpoint, data, filter, output):
            if _is_another(corpus, checkpoint):
                advice = "its test pieces may be among those that it was trained on; take the corpus of then"
                output.say(f"{name}: corpus {corpus.folder.name} is not the one that it was trained on: {advice}")
            corpus.verify()
            places.append((name, checkpoint, corpus))
    return places


def _tasks(places: "Sequence[Place]", asked: dict[str, Any], samples: int) -> "list[Task]":
    """What is measured by likelihood, all looked at before the first is: with samples, whatever has one."""
    from ..evaluate.likelihood import check_rows, has_likelihood, shared

    known: dict[str, Material] = {}
    tasks = []
    for name, checkpoint, corpus in places:
        if samples and not has_likelihood(checkpoint):
            continue
        check_rows(name, checkpoint)
        conditions = _conditions(asked, checkpoint)
        tasks.append((name, checkpoint, shared(known, corpus, checkpoint.recipe.codec, conditions), conditions))
    return tasks


def _conditions(asked: dict[str, Any], checkpoint: "Checkpoint") -> "Conditions":
    from ..evaluate.likelihood import Conditions, own_windows

    context, stride = own_windows(checkpoint, asked["context"])
    stride = asked["stride"] if asked["stride"] is not None else stride
    return Conditions(**{**asked, "context": context, "stride": stride})


def _corpora(name: str, checkpoint: "Checkpoint", data: Sequence[str], filter: str, output: Output) -> "list[Corpus]":
    """Those that are named; else the model's own, and of it the pieces that its recipe chose; or those asked for."""
    from ..data.corpus import corpus
    from ..data.filters import filtered

    own = checkpoint.recipe.data
    if data or filter:
        found = [corpus(part.strip()) for part in dict.fromkeys(data or [own.corpus])]
        return [filtered(each, filter) for each in found] if filter else found
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
    whole = replace(corpus, chosen=tuple(range(len(corpus.manifest.entries))))  # whatever was chosen of it
    return known not in (whole.fingerprint, filtered(whole, own.filter).fingerprint if own.filter else "")


def _rows(tasks: "Sequence[Task]", anchors: bool, accuracy: bool, output: Output) -> "list[Row]":
    """The models on each material, then its anchors."""
    from ..evaluate.likelihood import anchor_rows, model_row

    rows: list[Row] = []
    for material in {id(task[2]): task[2] for task in tasks}.values():
        for name, checkpoint, _, conditions in (task for task in tasks if task[2] is material):
            with output.progress(f"evaluating {name}") as update:
                rows.append(model_row(name, checkpoint, material, conditions, with_time_left(update), accuracy))
        if anchors:
            with output.progress("counting the anchors") as update:
                found = anchor_rows(material, with_time_left(update), accuracy)
            if not found:
                output.say(f"corpus {material.corpus.folder.name} has no training piece here: no anchors")
            rows.extend(found)
    return rows
