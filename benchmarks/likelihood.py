"""Nats per note and per Performance token of held-out pieces, each whole, beside the published figure.

Every row is predicted once, in windows of --context rows that begin --stride rows apart: all but the
first window's rows have at least context minus stride rows before them. The 95 % interval is a bootstrap
over pieces. A table of notes says as much as the 388-token Performance encoding, so its nats are spread
over that encoding's tokens, whose number per note is known of every split.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from measure import Result, parser, run, table, timed

from partimento.data.corpus import corpus
from partimento.data.source import SPLITS
from partimento.evaluate.likelihood import TOKENS_PER_NOTE, Conditions, likelihood
from partimento.zoo import DEFAULT, load, runs_home

PUBLISHED = {"validation": (1.90, "Perceiver AR (Hawthorne et al. 2022) on MAESTRO v3, second-hand")}
QUICK_PIECES = 2


def options() -> ArgumentParser:
    """The model, the pieces and the conditions beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--model", default=DEFAULT, help="a bundled model, a run's name or a checkpoint folder")
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--data", default="", help="a prepared corpus, by name; the model's own by default")
    made.add_argument("--split", default="validation", choices=SPLITS)
    made.add_argument("--context", type=int, default=Conditions.context, help="rows in a window")
    made.add_argument("--stride", type=int, default=Conditions.stride, help="rows between windows")
    made.add_argument("--pieces", type=int, default=0, help="only so many, evenly spread; 0: the whole split")
    return made


def measured(given: Namespace) -> Result:
    """What `evaluate` says of the model, and what that took."""
    checkpoint = load(given.model, runs_home(given.runs))
    conditions = Conditions(given.split, given.context, given.stride, QUICK_PIECES if given.quick else given.pieces)
    found = corpus(given.data or checkpoint.recipe.data.corpus)
    said, spent = timed(lambda: likelihood(checkpoint, found, conditions))
    weights = {"weights_sha256": checkpoint.weights_hash, "fingerprint": found.fingerprint}
    return {"model": given.model, **weights, **said, "wall_s": spent.wall_s, "cpu_s": spent.cpu_s}


def told(result: Result) -> Iterable[str]:
    """Both units with their intervals, the published figure, then the columns."""
    yield from table(list(_units(result)))
    yield ""
    yield from table([{"column": name, "nats per note": f"{nats:.4f}"} for name, nats in result["by_column"].items()])
    yield (
        f"\n{result['model']}: {result['pieces']} pieces of {result['split']}, {result['notes']:,} notes, "
        f"context {result['context']}, stride {result['stride']}, {result['wall_s']:.0f} s"
    )


def _units(result: Result) -> Iterable[Result]:
    yield _row("nats per note", result, 1.0)
    if "nats_per_performance_token" not in result:
        return
    tokens = TOKENS_PER_NOTE[result["split"]]
    yield _row(f"nats per Performance token ({tokens} of them to a note)", result, tokens)
    if result["split"] in PUBLISHED:
        nats, whose = PUBLISHED[result["split"]]
        yield {"figure": f"published: {whose}", "nats": f"{nats:.2f}", "95 % interval": ""}


def _row(name: str, result: Result, per_note: float) -> Result:
    low, high = (bound / per_note for bound in result["interval_95"])
    nats = result["nats_per_note"] / per_note
    return {"figure": name, "nats": f"{nats:.4f}", "95 % interval": f"{low:.4f} to {high:.4f}"}


if __name__ == "__main__":
    run(options(), measured, told)
