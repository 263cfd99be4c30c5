"""Seconds of music per second of training, files included: two recipes beside the same networks in plain torch.

Against ours stand the modules of plain_systems.py, fed by pretty_midi, in single precision, as their authors trained
them. Both sides begin with the same MIDI files; a side's time for an epoch is what it takes to read them (once)
and to train on every token of them. Reading is timed whole, training over --steps steps of each side in turn;
seconds are of the processor, so that whatever else the machine does counts for nothing. Music is counted once an
epoch, as the files have it. The second figure leaves the reading out: what later epochs come near to.

    pip install -r benchmarks/requirements.txt
"""

import os
import tempfile
import zipfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import torch
from measure import Result, parser, run, table, timed
from parsing_speed import drawn
from plain_systems import PlainLstm, PlainTransformer, Tokens, chords, note_durations, windows
from torch import nn

from partimento.checkpoint import build
from partimento.data.corpus import Corpus
from partimento.data.ingest import prepare
from partimento.data.source import Split
from partimento.data.windows import Windows
from partimento.errors import UsageError
from partimento.recipe import Recipe, called
from partimento.train.progress import State
from partimento.train.session import controls_of
from partimento.train.step import take_step


@dataclass(frozen=True)
class Plain:
    """How a published system trains: its network, its tokens, its windows."""

    network: Callable[[int], nn.Module]
    tokens: Callable[[Sequence[bytes]], tuple[list[Tokens], int]]
    rows: int
    stride: int
    batch: int
    rate: float


@dataclass(frozen=True)
class Side:
    """One side, ready to train: seconds of reading, targets in an epoch and in a step, a step."""

    reading_s: float
    targets: int
    of_a_step: float
    step: Callable[[], object]
    parameters: int


MUSIC = ("music_per_s", "music_per_s_without_reading")
PUBLISHED, EVERY = "plain", "plain, every token"
SYSTEMS = {
    "mechanical-bach-lstm": {
        PUBLISHED: Plain(PlainLstm, chords, rows=50, stride=1, batch=64, rate=1e-3),
        EVERY: Plain(partial(PlainLstm, every=True), chords, rows=50, stride=51, batch=64, rate=1e-3),
    },
    "rnn-synthesis-transformer-code": {
        PUBLISHED: Plain(PlainTransformer, note_durations, rows=100, stride=101, batch=256, rate=1e-4)
    },
}


def options() -> ArgumentParser:
    """The archive, --pieces, --seed and --steps beside the common ones."""
    made = parser(__doc__)
    made.add_argument("archive", type=Path, help="the archive of MAESTRO v3.0.0")
    made.add_argument("--pieces", type=int, default=12, help="how many files, drawn at random")
    made.add_argument("--seed", type=int, default=0, help="of the draw")
    made.add_argument("--steps", type=int, default=12, help="of each side, in turn; the median counts")
    return made


def measured(given: Namespace) -> Result:
    """Both sides of both systems. Raises UsageError where pretty_midi is missing."""
    if not find_spec("pretty_midi"):
        raise UsageError("pretty_midi is not installed; run: pip install -r benchmarks/requirements.txt")
    files = drawn(given.archive, 2 if given.quick else given.pieces, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PARTIMENTO_DATA"] = folder
        corpus, reading_s = prepared(files, Path(folder))
        music_s = sum(entry.seconds for entry in corpus.entries)
        steps = 1 if given.quick else given.steps
        systems = {
            name: compared(
                {
                    "partimento": ours(called(name), corpus, reading_s),
                    **{side: theirs(plain, files) for side, plain in others.items()},
                },
                music_s,
                steps,
            )
            for name, others in SYSTEMS.items()
        }
    return {"files": len(files), "music_s": music_s, "threads": torch.get_num_threads(), "systems": systems}


def prepared(files: Sequence[bytes], folder: Path) -> tuple[Corpus, float]:
    """A corpus of ``files``, all for training, and the seconds that `data prepare` takes for it."""
    archive = folder / "files.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for number, data in enumerate(files):
            opened.writestr(f"{number}.mid", data)
    (corpus, _), spent = timed(lambda: prepare("folder", archive, name="speed", split=Split((1.0, 0.0, 0.0))))
    return corpus, spent.cpu_s


def ours(recipe: Recipe, corpus: Corpus, reading_s: float) -> Side:
    """As `partimento train` has it: windows drawn, augmented and encoded while it trains."""
    pieces = corpus.split("train")
    codec, fitting = timed(lambda: recipe.codec.fit(corpus.score(i) for i in pieces))
    recipe = Recipe(recipe.data, codec, recipe.family, recipe.model, recipe.windows, recipe.training)
    controls = controls_of(corpus, pieces)
    source = Windows(corpus, pieces, codec, recipe.windows, controls)
    state = State(build(recipe, controls).train(), recipe)
    rows = sum(len(codec.encode(corpus.score(i))) - 1 for i in pieces)
    batches = (batch for epoch in range(10**9) for batch in source.epoch(epoch))
    of_a_step = recipe.windows.batch_size * recipe.windows.sequence * _full(source)
    return Side(reading_s + fitting.cpu_s, rows, of_a_step, lambda: take_step(state, next(batches)), _size(state.model))


def _full(source: Windows) -> float:
    """The share of an epoch's cells that count: last batches are smaller, short windows padded."""
    cells, counted = 0, 0
    for batch in source.epoch(0):
        cells += source.config.batch_size * source.config.sequence
        counted += int(batch.loss_mask.any(-1).sum())
    return counted / cells


def theirs(plain: Plain, files: Sequence[bytes]) -> Side:
    """As the plain system has it."""
    (pieces, vocabulary), reading = timed(lambda: plain.tokens(files))
    network = plain.network(vocabulary).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=plain.rate)
    held = list(islice(windows(pieces, plain.rows, plain.stride, plain.batch, 0), 64))
    batches, of_a_step = cycle(held), len(held[0]) * (1 if plain.stride == 1 else plain.rows)

    def step() -> None:
        optimizer.zero_grad()
        network.loss(next(batches)).backward()
        optimizer.step()

    return Side(reading.cpu_s, sum(map(len, pieces)), of_a_step, step, _size(network))


def compared(sides: dict[str, Side], music_s: float, steps: int) -> Result:
    """Steps of all sides in turn, and what follows from them; ``ratios`` are ours over theirs."""
    for side in sides.values():
        side.step()
    spent = [[timed(side.step)[1].cpu_s for side in sides.values()] for _ in range(steps)]
    medians = [median(each) for each in zip(*spent, strict=True)]
    rates = {name: _rates(side, step_s, music_s) for (name, side), step_s in zip(sides.items(), medians, strict=True)}
    mine, *others = rates
    ratios = {name: {key: rates[mine][key] / rates[name][key] for key in MUSIC} for name in others}
    return {"sides": rates, "ratios": ratios}


def _rates(side: Side, step_s: float, music_s: float) -> Result:
    """What a side does in a second."""
    epoch_s = side.targets / side.of_a_step * step_s
    return {
        "parameters": side.parameters,
        "reading_s": side.reading_s,
        "step_s": step_s,
        "targets_per_s": side.of_a_step / step_s,
        **dict(zip(MUSIC, (music_s / (side.reading_s + epoch_s), music_s / epoch_s), strict=True)),
    }


def told(result: Result) -> Iterable[str]:
    """A row per system and side, and the ratios."""
    systems = result["systems"].items()
    yield from table(
        [{"system": name, "side": side, **row} for name, of in systems for side, row in of["sides"].items()]
    )
    for name, system in systems:
        for side, ratios in system["ratios"].items():
            with_files, without = (f"{ratios[key]:.1f}" for key in MUSIC)
            yield f"\n{name}: {with_files} times {side} with the files read once, {without} times without reading"
    yield f"\n{result['files']} files, {result['music_s'] / 3600:.2f} hours of music, {result['threads']} threads"


def _size(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


if __name__ == "__main__":
    run(options(), measured, told)
