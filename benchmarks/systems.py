"""Every recipe of the five published systems: how to train them all for one budget, and what they then are.

Without --runs the commands are printed that train each on MAESTRO for --minutes of processor time. With --runs
the runs of these names are measured (those that are not there are left out): size, training speed, composing
speed on one thread in processor time. With --out three pieces of each are written as MIDI, the first as a
picture too. Likelihood, accuracy and what the pieces are like beside real music: `partimento evaluate`.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure import Result, parser, run, say, table, timed

from partimento.compose.model import Model, load
from partimento.compose.request import Request
from partimento.data.corpus import Corpus, corpus
from partimento.prompt import Length
from partimento.train.session import spread
from partimento.zoo import begun

COUNTED = 20  # pieces in which notes and rows are counted
WRITTEN = 3
HELD = "--clip 1 --forget 0.3"  # the gradient bounded, controls said: of which the originals know nothing
MOVED = f"--transpose 6 --stretch 0.1 --louder 8 {HELD}"  # each epoch in another key, at another pace, louder or softer
DECAYED = f"{MOVED} --decay 0.5"
ADAM = f"{DECAYED} --batch-size 16 --learning-rate 0.001"  # 256 windows would be a hundred steps
WARMED = f"{DECAYED} --batch-size 8 --learning-rate 0.001 --warmup 200"
DRAWN = "--transpose 6 --stretch 0.05 --louder 8 --forget 0.3 --hidden-conv-channels 32 --batch-size 16"
LOUDER = f"{HELD} --loudness 0 --louder 6"  # a tenth of MAESTRO's mean velocity, in place of a tenth of each


@dataclass(frozen=True)
class System:
    """A recipe, the flags that fit it to a small budget, and how it is composed with."""

    recipe: str
    flags: str = DECAYED
    sampling: dict[str, Any] = field(default_factory=dict)


SYSTEMS = (
    System("mechanical-bach-lstm"),
    System("mechanical-bach-transformer"),
    System("mechanical-bach-gan", DRAWN),
    System("music-lstm-next"),
    System("music-lstm-next-code"),
    System("music-lstm-seq2seq"),
    System("tutorial-rnn", f"{DECAYED} --patience 0"),
    System("rnn-synthesis-gru", ADAM),
    System("rnn-synthesis-lstm", ADAM),
    System("rnn-synthesis-transformer", WARMED),
    System("rnn-synthesis-transformer-code", WARMED),
    System("three-head-lstm", LOUDER),
    System("three-head-lstm-code", f"{LOUDER} --window 64"),
)


def options() -> ArgumentParser:
    """The runs, the budget and the place for pieces beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--runs", type=Path, help="where the runs are; without it the commands are printed")
    made.add_argument("--minutes", type=float, default=16.0, help="of processor time for each")
    made.add_argument("--seconds", type=float, default=30.0, help="of each piece")
    made.add_argument("--out", type=Path, help="a folder for three pieces of each")
    return made


def measured(given: Namespace) -> Result:
    """The commands; a row for each run that is there."""
    commands = [command(system, given.minutes) for system in SYSTEMS]
    if not given.runs:
        return {"commands": commands}
    there = [system for system in SYSTEMS if system.recipe in begun(given.runs)]
    rows = {}
    for system in there:
        say(system.recipe)
        rows[system.recipe] = row(system, load(system.recipe, given.runs), given)
    return {"commands": commands, "seconds": given.seconds, "rows": rows}


def command(system: System, minutes: float) -> str:
    """What trains a system; it is validated at its end alone."""
    name, budget = f"--name {system.recipe}", f"--core-minutes {minutes:g} --validate-minutes 1000"
    return f"partimento train {system.recipe} {name} {budget} {system.flags}"


def row(system: System, model: Model, given: Namespace) -> Result:
    """Size and speeds of one run; its pieces are written on the way."""
    recipe, trained = model.checkpoint.recipe, dict(model.checkpoint.card["trained"])
    notes_per_row = density(model, corpus(recipe.data.corpus))
    learnt = getattr(recipe.model, "per_window", 0) / recipe.windows.sequence or 1.0
    notes, music_s, spent_s = composed(system, model, given)
    return {
        "family": recipe.family,
        "codec": recipe.codec.name,
        "parameters": sum(parameter.numel() for parameter in model.family.parameters()),
        "steps": trained["steps"],
        "minutes": trained["seconds"] / 60,
        "notes learnt": round(trained["rows"] * notes_per_row * learnt),
        "notes learnt per s": trained["rows"] * notes_per_row * learnt / trained["seconds"],
        "notes composed per s": notes / spent_s,
        "times real time": music_s / spent_s,
    }


def density(model: Model, found: Corpus) -> float:
    """Notes to a row of the model's codec, in real pieces."""
    pieces = spread(found.split("validation"), COUNTED)
    codec = model.checkpoint.recipe.codec
    return sum(len(found.score(i)) for i in pieces) / sum(len(codec.encode(found.score(i))) for i in pieces)


def composed(system: System, model: Model, given: Namespace) -> tuple[int, float, float]:
    """Notes, seconds of music and processor seconds of three pieces, written one by one."""
    notes, music_s, spent_s = 0, 0.0, 0.0
    for seed in range(1, 2 if given.quick else WRITTEN + 1):
        asked = model.request(None, 4.0 if given.quick else given.seconds, None, seed, **system.sampling)
        piece, spent = timed(lambda asked=asked: next(model.pieces(asked)))
        notes, music_s, spent_s = notes + len(piece.score), music_s + _length(asked), spent_s + spent.cpu_s
        if given.out:
            given.out.mkdir(parents=True, exist_ok=True)
            for suffix in (".mid", ".png")[: 2 if seed == 1 else 1]:
                piece.save(given.out / f"{system.recipe}-{seed}{suffix}")
    return notes, music_s, spent_s


def _length(asked: Request) -> float:
    length: Length = asked.length
    return length.seconds or 0.0


def told(result: Result) -> Iterable[str]:
    """The commands, then a table."""
    yield from (f"    {line}" for line in result["commands"])
    if result.get("rows"):
        yield ""
        yield from table(list(_rows(result)))


def _rows(result: Result) -> Iterator[Result]:
    for name, each in result["rows"].items():
        yield {"system": name, **each}


if __name__ == "__main__":
    run(options(), measured, told)
