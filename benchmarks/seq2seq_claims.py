"""Two things that music-lstm's README says of its sequence to sequence, held against figures.

`sizes`: a larger hidden size validates better after one epoch, and overfits in the second. As its code, this trains
on nine files of MAESTRO and validates on others; its epoch has a window at every note, this one --passes passes with
windows at chance offsets (pieces as they are, neither transposed nor stretched). The loss is the original's: cross
entropy of the pitch and squared errors of step and duration in seconds.

`encoding`: encoding the last ten notes anew after every fifty breaks repetition. A trained run (--runs, --run)
composes from the same seeds with and without, by the likeliest ids and by drawing.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import replace
from statistics import mean
from typing import Any

import torch
from measure import Result, parser, run, say, table

from partimento import audit
from partimento.checkpoint import build
from partimento.compose.model import Model, load
from partimento.data.controls import Controls
from partimento.data.corpus import Corpus, corpus
from partimento.data.windows import WindowConfig, Windows
from partimento.nn.precision import precision
from partimento.recipe import Recipe, called
from partimento.train.progress import State
from partimento.train.step import take_step

FILES, HELD_OUT = 9, 12
AS_THEY_ARE: dict[str, Any] = {"transpose": 0, "stretch": 0.0, "louder": 0}
WAYS = {"likeliest": 0.0, "drawn": 1.0}


def options() -> ArgumentParser:
    """Which claims, and how much."""
    made = parser(__doc__)
    made.add_argument("claim", nargs="*", help=f"of {', '.join(CLAIMS)}; all by default")
    made.add_argument("--units", type=int, nargs="+", default=[64, 256, 1024], help="hidden sizes")
    made.add_argument("--passes", type=int, default=8, help="over the nine files, in one epoch")
    made.add_argument("--runs", default="runs", help="where the trained run is")
    made.add_argument("--run", default="music-lstm-seq2seq", help="its name")
    made.add_argument("--pieces", type=int, default=8)
    made.add_argument("--notes", type=int, default=600, help="of each piece, as the original")
    return made


def measured(given: Namespace) -> Result:
    """Every claim that is named."""
    torch.set_num_threads(1)
    return {name: CLAIMS[name](given) for name in given.claim or CLAIMS}


def sizes(given: Namespace) -> list[Result]:
    """The validation loss after each of two epochs, by hidden size."""
    found, rows = corpus("maestro"), []
    for units in given.units:
        say(f"{units} units")
        state = fresh(units)
        for epoch in (1, 2):
            pitch = epoch_of(state, found, epoch, 1 if given.quick else given.passes)
            rows.append({"units": units, "epoch": epoch, "pitch in training": pitch, **validation(state, found)})
    return rows


def fresh(units: int) -> State:
    """A new model of this size, with the original's optimizer."""
    recipe = called("music-lstm-seq2seq")
    model = replace(recipe.model, encoder_units=units, decoder_units=units)
    recipe = replace(recipe, model=model, windows=replace(recipe.windows, **AS_THEY_ARE))
    torch.manual_seed(recipe.seed)
    return State(build(recipe, Controls()), recipe, steps=10**9)


def epoch_of(state: State, found: Corpus, epoch: int, passes: int) -> float:
    """Train for one of the original's epochs; the pitch's mean nats in its second half."""
    source = windows(state.recipe, found, found.split("train")[:FILES])
    pitch = []
    state.model.train()
    for each in range(passes):
        for batch in source.epoch(epoch * passes + each):
            pitch.append(float(take_step(state, batch)["pitch"]))
            state.step += 1
    return mean(pitch[len(pitch) // 2 :])


@torch.no_grad()
def validation(state: State, found: Corpus) -> Result:
    """The loss on pieces that were not trained on."""
    pieces = found.split("validation")[:HELD_OUT]
    generator = torch.Generator().manual_seed(0)
    state.model.eval()
    with precision(state.recipe.training.precision, torch.device("cpu")):
        losses = [
            state.model.losses(batch, ["all"], generator) for batch in windows(state.recipe, found, pieces).epoch(0)
        ]
    pitch = mean(float(each.figures["pitch"]) for each in losses)
    return {"validation": mean(float(each.by_phase["all"]) for each in losses), "of it the pitch": pitch}


def windows(recipe: Recipe, found: Corpus, pieces: list[int]) -> Windows:
    """Windows of some pieces, without controls."""
    config: WindowConfig = recipe.windows
    return Windows(found, pieces, recipe.codec, config)


def encoding(given: Namespace) -> list[Result]:
    """What goes round in circles, with and without."""
    model = load(given.run, given.runs)
    pieces, notes = (1, 60) if given.quick else (given.pieces, given.notes)
    return list(_encodings(model, pieces, notes))


def _encodings(model: Model, pieces: int, notes: int) -> Iterator[Result]:
    asked = {"beam": 0}
    for way, temperature in WAYS.items():
        for anew in (True, False):
            model.family.config = replace(model.family.config, reencode=anew)
            say(f"{way}, {'encoded anew' if anew else 'decoded on'}")
            count = 1 if temperature == 0.0 else pieces  # the likeliest piece is one
            request = model.request(None, None, notes, 1, temperature=temperature, **asked)
            found = [audit.audit(each.score) for each in model.pieces(replace(request, count=count))]
            yield {
                "way": way,
                "encoded anew": "yes" if anew else "no",
                "pieces": count,
                "notes that came before, in eights": mean(each.repetition for each in found),
                "notes in loops": sum(each.looped_notes for each in found) / sum(each.notes for each in found),
                "range in semitones": mean(each.pitch_range for each in found),
            }


CLAIMS = {"sizes": sizes, "encoding": encoding}


def told(result: Result) -> Iterable[str]:
    """A table for each claim."""
    for name in CLAIMS:
        if name in result:
            yield f"\n{name}\n"
            yield from table(result[name])


if __name__ == "__main__":
    run(options(), measured, told)
