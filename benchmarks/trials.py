"""Trials at equal compute: one change to the recipe at a time, each trained for the same processor time on one thread.

    python benchmarks/trials.py --minutes 5 base octaves dropout

Each is trained from the same seed on MAESTRO's training split and measured on every ninth validation piece,
whole, with a context of 256 rows and a stride of 128. Results are in docs/experiments.md.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from measure import Result, parser, run, table

from partimento.checkpoint import build
from partimento.data.controls import composers
from partimento.data.corpus import Corpus, corpus
from partimento.data.windows import Windows
from partimento.errors import UnknownName
from partimento.models.family import RowFamily
from partimento.models.likelihood import likelihoods, mean_per_note
from partimento.nn.precision import precision
from partimento.recipe import Recipe, from_dict
from partimento.train.averaging import averaged
from partimento.train.progress import State
from partimento.train.step import take_step

TRIALS: Mapping[str, dict[str, Any]] = {
    "base": {"training": {"ema": 0.99}},
    "release_pointer_only": {"model": {"pointers": "duration"}},
    "no_time_heads": {"model": {"time_heads": 0}},
    "octaves": {"model": {"octaves": True}},
    "dropout": {"model": {"dropout": 0.1}},
    "batch_of_16": {"windows": {"batch_size": 16}},
    "windows_of_512_late": {},
}
LATE_SHARE = 0.5
NEVER = 10**6


def recipe_of(name: str) -> Recipe:
    """The default recipe without octaves (which these trials brought in), with a trial's one change."""
    change = {part: dict(values) for part, values in TRIALS[name].items()}
    change["model"] = {"octaves": False, **change.get("model", {})}
    return from_dict(change)


def windows(recipe: Recipe, data: Corpus, sequence: int) -> Windows:
    """Batches of the same number of rows in windows of another length."""
    pieces = data.split("train")
    batch = recipe.windows.batch_size * recipe.windows.sequence // sequence
    names = composers([data.pieces[i].composer for i in pieces], 3)
    return Windows(data, pieces, recipe.codec, replace(recipe.windows, sequence=sequence, batch_size=batch), names)


def train(recipe: Recipe, data: Corpus, minutes: float, late: bool) -> State:
    """Steps until the processor time is spent, on the schedule that a run of that length would have."""
    torch.manual_seed(recipe.seed)
    source = windows(recipe, data, recipe.windows.sequence)
    state = State(build(recipe, source.controls), recipe, steps=NEVER)
    batches, begun, budget, switched = source.epoch(0), time.process_time(), 60 * minutes, False
    while (share := (time.process_time() - begun) / budget) < 1:
        if late and share > LATE_SHARE and not switched:
            batches, switched = windows(recipe, data, 512).epoch(1), True
        state.steps = max(int((state.step + 1) / max(share, 1e-6)), state.step + 1)
        batch = next(batches)
        take_step(state, batch)
        state.step, state.rows_seen = state.step + 1, state.rows_seen + int(batch.loss_mask.any(-1).sum())
    return state


def figures(name: str, state: State, data: Corpus) -> Result:
    """Nats per note by column and in sum, for the weights as they are in the model."""
    state.model.eval()
    assert isinstance(state.model, RowFamily)
    with precision("auto", torch.device("cpu")):
        parts = list(likelihoods(state.model, state.recipe.codec, data, data.split("validation")[::9]))
    notes = sum(part.notes for part in parts)
    nats = (sum(part.nats for part in parts) / notes).tolist()
    columns = {column.name: f"{value:.3f}" for column, value in zip(state.recipe.codec.columns, nats, strict=True)}
    spent = {"trial": name, "steps": state.step, "rows": state.rows_seen}
    return {**spent, "nats per note": f"{mean_per_note(parts):.3f}", "columns": " ".join(map(str, columns.values()))}


def measured(given: Namespace) -> Result:
    """Every trial that is named, in order."""
    torch.set_num_threads(1)
    data, rows = corpus("maestro"), []
    for name in given.trial or TRIALS:
        if name not in TRIALS:
            raise UnknownName("trial", name, TRIALS)
        state = train(recipe_of(name), data, 0.2 if given.quick else given.minutes, late="late" in name)
        rows.append(figures(name, state, data))
        if state.average:
            with averaged(state):
                rows.append(figures(f"{name}, averaged", state, data))
        print(rows[-1], file=sys.stderr, flush=True)
    return {"minutes": given.minutes, "trials": rows}


def options() -> ArgumentParser:
    """The command line."""
    made = parser(__doc__)
    made.add_argument("trial", nargs="*", help=f"of {', '.join(TRIALS)}; all by default")
    made.add_argument("--minutes", type=float, default=5.0, help="processor time for each")
    return made


if __name__ == "__main__":
    run(options(), measured, lambda result: table(result["trials"]))
