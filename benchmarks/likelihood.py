"""What `partimento evaluate` says of a model, beside the published figures, and what saying it took.

    python benchmarks/likelihood.py MODEL --split test

Every piece whole, in windows as the model was trained on unless --context and --stride say otherwise.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from measure import Result, parser, run, say, table, timed

from partimento.data.corpus import corpus
from partimento.data.source import SPLITS
from partimento.evaluate.likelihood import PRECISIONS, Conditions, anchor_rows, material, model_row
from partimento.evaluate.report import as_json, lines
from partimento.zoo import DEFAULT, load, runs_home

PERCEIVER = "Perceiver AR (Hawthorne et al. 2022) on MAESTRO v3, second-hand"
PUBLISHED = {"validation": (1.90, PERCEIVER), "test": (1.91, PERCEIVER)}  # nats per Performance token
QUICK_PIECES = 2


def options() -> ArgumentParser:
    """The model, the pieces and the conditions beside the common ones."""
    made = parser(__doc__)
    made.add_argument("model", nargs="?", default=DEFAULT, help="a bundled model, a run's name or a checkpoint folder")
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--data", default="", help="a prepared corpus, by name; the model's own by default")
    made.add_argument("--split", default="validation", choices=SPLITS)
    made.add_argument("--context", type=int, default=0, help="rows in a window; 0: as the model was trained")
    made.add_argument("--stride", type=int, default=0, help="rows between windows; 0: half the context")
    made.add_argument("--pieces", type=int, default=0, help="only so many, evenly spread; 0: the whole split")
    made.add_argument("--precision", default=Conditions.precision, choices=PRECISIONS)
    return made


def measured(given: Namespace) -> Result:
    """The rows of the model and the anchors, and what each side took."""
    checkpoint = load(given.model, runs_home(given.runs))
    context = given.context or checkpoint.recipe.windows.sequence
    pieces = QUICK_PIECES if given.quick else given.pieces
    asked = Conditions(given.split, context, given.stride or max(context // 2, 1), pieces, given.precision)
    held_out = material(corpus(given.data or checkpoint.recipe.data.corpus), checkpoint.recipe.codec, asked)
    mine, spent = timed(lambda: model_row(given.model, checkpoint, held_out, asked, _told_share))
    anchors, counting = timed(lambda: anchor_rows(held_out))
    costs = {"cpu_s": spent.cpu_s, "wall_s": spent.wall_s, "anchors_cpu_s": counting.cpu_s}
    said = lines([mine, *anchors])
    whole = held_out.tokens_per_note > 0  # known of the whole split of MAESTRO alone
    about = {"whole": whole, "weights_sha256": checkpoint.weights_hash}
    return {**about, **as_json([mine, *anchors]), **costs, "lines": said}


def told(result: Result) -> Iterable[str]:
    """What `evaluate` says, the published figure, the costs."""
    yield from result["lines"]
    yield ""
    row = result["rows"][0]
    if result["whole"] and row["split"] in PUBLISHED and "nats_per_performance_token" in row:
        nats, whose = PUBLISHED[row["split"]]
        yield f"published, per Performance token: {nats:.2f}, {whose}"
    names = ("cpu_s", "wall_s", "anchors_cpu_s")
    yield from table([{**{name: result[name] for name in names}, "rows per cpu_s": row["rows"] / result["cpu_s"]}])


def _told_share(share: float, remark: str) -> None:
    say(f"{share:.0%} {remark}")


if __name__ == "__main__":
    run(options(), measured, told)
