"""``partimento evaluate``."""

from typing import Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .console import Output
from .options import whole


def evaluate(
    *names: str,
    data: Annotated[str, Parameter(help="a prepared corpus; the model's own by default")] = "",
    split: Annotated[str, Parameter(help="train, validation or test")] = "validation",
    context: Annotated[int, whole("rows in a window")] = 256,
    stride: Annotated[int, whole("rows between windows; each row is counted once")] = 128,
    pieces: Annotated[int, whole("only so many pieces, evenly spread; 0: all")] = 0,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Held-out likelihood of models: every piece whole, context and stride as stated.

    Parameters
    ----------
    names
        Bundled models, runs or checkpoint folders.
    """
    from .. import zoo
    from ..data.corpus import corpus
    from ..data.filters import filtered
    from ..evaluate.likelihood import Conditions, likelihood

    if pieces < 0:
        raise UsageError(f"--pieces {pieces} is out of range: 0 (all) or more")
    rows: dict[str, Any] = {}
    for name in names or (zoo.DEFAULT,):
        checkpoint = zoo.load(name, zoo.runs_home(runs))
        own = checkpoint.recipe.data
        found = corpus(data or own.corpus)
        if own.filter and not data:
            found = filtered(found, own.filter)
            output.say(f"{name}: on the pieces that its recipe chose, {own.filter}; --data {own.corpus} takes all")
        if not found.split(split):
            raise UsageError(f"--split {split}: corpus {found.folder.name} has no piece in it; choose another split")
        with output.progress(f"evaluating {name}") as update:
            rows[name] = likelihood(checkpoint, found, Conditions(split, context, stride, pieces), update)
    output.result(rows, [line for name, row in rows.items() for line in _lines(name, row)])


def _lines(name: str, row: dict[str, Any]) -> list[str]:
    low, high = row["interval_95"]
    columns = ", ".join(f"{column} {nats:.3f}" for column, nats in row["by_column"].items())
    lines = [
        f"{name}: {row['nats_per_note']:.3f} nats per note ({low:.3f} to {high:.3f}); {columns}",
        f"  {row['pieces']} pieces of {row['split']}, {row['notes']} notes",
        f"  context {row['context']} rows, stride {row['stride']}",
        f"  {row['bits_per_note']:.2f} bits per note, {row['bits_per_second']:.1f} bits per second of music",
    ]
    if "nats_per_performance_token" in row:
        lines.append(f"  {row['nats_per_performance_token']:.3f} nats per Performance token")
    return lines
