"""What a chorale model guesses of each voice, and what its cells cost, validation by validation, beside the hold floor.

    partimento train deepbach --name bach --data chorales --validate-epochs 1
    python benchmarks/chorale_epochs.py bach

Read from the log of each run: nothing is computed but the floor, on the pieces that were validated on. DeepBach's
cells know all others, so that its nats are a pseudo-likelihood.
"""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from measure import Result, parser, run, table

from partimento.data.corpus import corpus
from partimento.data.filters import filtered
from partimento.errors import InputError
from partimento.evaluate.chorale_floors import held_cells
from partimento.evaluate.likelihood import Conditions, material
from partimento.recipe import Recipe
from partimento.train.run import Run
from partimento.train.validation import VALIDATION_CHORALES, spread
from partimento.zoo import runs_home

VOICES = ("soprano", "alto", "tenor", "bass")


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("names", nargs="+", help="runs")
    made.add_argument("--runs", default="", help="where your own runs are")
    return made


def measured(given: Namespace) -> Result:
    """The rows of each run's log, then the floor of its pieces."""
    rows: list[Result] = []
    for name in given.names:
        own = Run(runs_home(given.runs) / name)
        recipe, logged = own.recipe(), [row for row in own.history() if "nats" in row]
        if recipe is None or not logged:
            raise InputError(f"run {name}: has no validation by voice in its log; train a chorale model")
        rows += [_row(name, row) for row in logged] + [floor(name, recipe)]
    return {"rows": rows}


def floor(name: str, recipe: Recipe) -> Result:
    """The share of cells whose voice only goes on, in the pieces that a run is validated on."""
    held = (
        filtered(corpus(recipe.data.corpus), recipe.data.filter) if recipe.data.filter else corpus(recipe.data.corpus)
    )
    pieces = spread(held.split("validation"), VALIDATION_CHORALES)
    every = material(held, recipe.codec, Conditions("validation", pieces=1))
    cells, right = held_cells(replace(every, pieces=tuple(pieces)))
    shares = (right.sum(0) / cells.sum(0)).tolist()
    return {"run": name, "epoch": "hold floor", "step": ""} | {
        f"{voice} right": f"{share:.2%}" for voice, share in zip(VOICES, shares, strict=True)
    }


def _row(name: str, logged: Result) -> Result:
    right = {f"{voice} right": f"{logged['accuracy'][voice]:.2%}" for voice in VOICES}
    nats = {f"{voice}, nats": f"{logged['nats'][voice]:.4f}" for voice in VOICES}
    return {"run": name, "epoch": logged["epoch"], "step": logged["step"]} | right | nats


def told(result: Result) -> list[str]:
    """A row for each validation; the floor has no nats."""
    heads = list(result["rows"][0])
    return table([{head: row.get(head, "–") for head in heads} for row in result["rows"]])


if __name__ == "__main__":
    run(options(), measured, told)
