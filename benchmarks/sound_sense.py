"""Composed pieces beside real excerpts of the same length: listening with numbers.

Two kinds of pieces: from nothing (--seconds long), and what is written after the first 10 s of real pieces
(the rest of --seconds, without the primer). Each is compared with as many excerpts of the same length and
split, which begin with the piece or 10 s later; both sides are heard through the model's codec. Intervals
are 95 % bootstraps over pieces of composed minus real.

With --sweep every combination of the given temperatures, top-p and min-p is tried on fewer pieces. Its
distance is the mean, over the statistics that differ among real pieces, of |composed - real| in standard
deviations of the real pieces; `by chance` is what two samples of real pieces would be apart.
"""

import math
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product

import numpy as np
from measure import Result, parser, run, say, shown, table, timed

from partimento import audit
from partimento.compose.model import Model, load
from partimento.data.corpus import Corpus, corpus
from partimento.data.filters import filtered
from partimento.errors import UsageError
from partimento.evaluate.sound import PRIMER_S, Listening, continuations, excerpts, from_nothing
from partimento.nn.filters import Sampling
from partimento.recipe import filled
from partimento.score import Score
from partimento.zoo import DEFAULT

GRID: dict[str, tuple[float, ...] | tuple[str, ...]] = {
    "temperature": (0.95, 1.0),
    "top_p": (0.9, 0.95, 0.98, 1.0),
    "min_p": (0.0,),
    "columns": ("", "pitch"),
}
SWEPT_PIECES = 16  # of each kind and setting: as many as are written side by side
QUICK = {"pieces": 2, "seconds": 14.0}


@dataclass(frozen=True)
class Kind:
    """A kind of pieces: how they are written, and when in a real piece their counterparts begin."""

    written: Callable[[Model, Corpus, Listening, Sampling], list[Score]]
    start_s: float = 0.0


KINDS = {
    "nothing": Kind(lambda model, found, plan, sampling: from_nothing(model, plan, sampling)),
    "continuation": Kind(continuations, PRIMER_S),
}


@dataclass(frozen=True)
class Heard:
    """The statistics of some pieces, and how many of them fail in a way that no mean shows."""

    statistics: list[audit.Statistics]
    died: int
    silent: int

    @property
    def failures(self) -> Result:
        """How often what should not be is."""
        loops = sum(each.loops for each in self.statistics)
        stuck = sum(each.stuck_notes for each in self.statistics)
        return {"loops": loops, "stuck notes": stuck, "pieces that die": self.died, "silent pieces": self.silent}


def options() -> ArgumentParser:
    """The model, the pieces and the sampler beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--model", default=DEFAULT, help="a bundled model, a run's name or a checkpoint folder")
    made.add_argument("--runs", help="where your own runs are")
    made.add_argument("--data", default="", help="a prepared corpus, by name; the model's own by default")
    made.add_argument("--split", default="test", choices=("validation", "test"))
    made.add_argument("--pieces", type=int, help=f"of each kind; 50, with --sweep {SWEPT_PIECES}")
    made.add_argument("--seconds", type=float, default=60.0, help=f"of music; more than the {PRIMER_S:g} of a primer")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--only", choices=KINDS, help="one kind of pieces alone")
    made.add_argument("--untold", action="store_true", help="tell the model nothing of density, dynamics and composer")
    made.add_argument("--sweep", action="store_true", help="try all combinations of the samplers below")
    for name, several in GRID.items():
        flag, told = f"--{name.replace('_', '-')}", " ".join(map(repr, several))
        made.add_argument(
            flag, type=type(several[0]), nargs="+", help=f"instead of the preset's; with --sweep {told} by default"
        )
    return made


def measured(given: Namespace) -> Result:
    """Both kinds at one setting, or distances at many."""
    model = load(given.model, given.runs)
    if given.untold:
        model.checkpoint.card["openings"] = []
    found = pieces_of(model, given.data)
    plan, kinds = plan_of(given), {given.only: KINDS[given.only]} if given.only else KINDS
    about = {"model": model.name, "weights_sha256": model.checkpoint.weights_hash, **asdict(plan)}
    if given.sweep:
        return {**about, "settings": list(swept(model, found, plan, kinds, settings(model, given)))}
    sampling = setting(model, given)
    compared = {name: comparison(kind, model, found, plan, sampling) for name, kind in kinds.items()}
    return {**about, "sampling": asdict(sampling), "kinds": compared}


def pieces_of(model: Model, data: str) -> Corpus:
    """The corpus called ``data``, or those pieces that the model's recipe chose of its own."""
    own = model.checkpoint.recipe.data
    found = corpus(data or own.corpus)
    return found if data or not own.filter else filtered(found, own.filter)


def plan_of(given: Namespace) -> Listening:
    """How many pieces, how long, of which split. Raises UsageError."""
    if given.seconds <= PRIMER_S:
        raise UsageError(f"--seconds {given.seconds:g} is out of range: more than the {PRIMER_S:g} s of a primer")
    pieces = given.pieces or (SWEPT_PIECES if given.sweep else Listening.pieces)
    plan = Listening(pieces, given.seconds, given.split, given.seed)
    return replace(plan, **QUICK) if given.quick else plan


def setting(model: Model, given: Namespace) -> Sampling:
    """The preset with what was given instead. Raises UsageError."""
    asked = {name: getattr(given, name) for name in GRID if getattr(given, name)}
    several = [name for name, values in asked.items() if len(values) > 1]
    if several:
        raise UsageError(f"--{several[0].replace('_', '-')}: has several values; give one, or --sweep to try them all")
    return filled(Sampling, {**asdict(model.preset), **{name: value for name, (value,) in asked.items()}})


def settings(model: Model, given: Namespace) -> list[Sampling]:
    """Every combination of what was given, else of GRID."""
    chosen = {name: getattr(given, name) or values for name, values in GRID.items()}
    grid = [dict(zip(chosen, values, strict=True)) for values in product(*chosen.values())]
    return [filled(Sampling, {**asdict(model.preset), **each}) for each in (grid[:2] if given.quick else grid)]


def comparison(kind: Kind, model: Model, found: Corpus, plan: Listening, sampling: Sampling) -> Result:
    """Composed pieces of one kind beside real ones, statistic by statistic."""
    plan = replace(plan, seconds=plan.seconds - kind.start_s)
    scores, spent = timed(lambda: kind.written(model, found, plan, sampling))
    ours, real = heard(scores, model, plan), heard(excerpts(found, plan, kind.start_s), model, plan)
    return {
        "seconds": plan.seconds,
        "composed_pieces": len(ours.statistics),
        "real_pieces": len(real.statistics),
        "wall_s": spent.wall_s,
        "failures": {"composed": ours.failures, "real": real.failures},
        "differences": [asdict(row) for row in audit.compare(ours.statistics, real.statistics)],
    }


def heard(scores: Iterable[Score], model: Model, plan: Listening) -> Heard:
    """What can be counted in ``scores``, said in the terms of the model's codec."""
    said = [model.checkpoint.recipe.codec.canonical(score) for score in scores]
    died = sum(audit.dies(score, plan.seconds) for score in said)
    return Heard([audit.audit(score) for score in said], died, sum(not len(score) for score in said))


def swept(
    model: Model, found: Corpus, plan: Listening, kinds: dict[str, Kind], tried: Sequence[Sampling]
) -> Iterator[Result]:
    """Distance and failures of every setting, the seeds being the same."""
    everyone = replace(plan, pieces=len(found.split(plan.split)))
    real, plans = {}, {}
    for name, kind in kinds.items():
        plans[name] = replace(plan, seconds=plan.seconds - kind.start_s)
        whole = replace(everyone, seconds=plans[name].seconds)
        real[name] = heard(excerpts(found, whole, kind.start_s), model, whole)
    for sampling in tried:
        row = {name: getattr(sampling, name) for name in GRID}
        for name, kind in kinds.items():
            ours = heard(kind.written(model, found, plans[name], sampling), model, plans[name])
            apart = distance(ours.statistics, real[name].statistics)
            row[name] = {"distance": apart, "by_chance": by_chance(ours, real[name]), "failures": ours.failures}
            say(f"{sampling}: {name} {apart:.3f}")
        yield row


def distance(ours: Sequence[audit.Statistics], real: Sequence[audit.Statistics]) -> float:
    """The mean over statistics of |difference of means| in standard deviations of the real pieces."""
    spread = {name: float(np.std([getattr(each, name) for each in real])) for name in real[0].to_json()}
    rows = [row for row in audit.compare(ours, real) if spread[row.statistic] > 0]
    return sum(abs(row.difference) / spread[row.statistic] for row in rows) / max(len(rows), 1)


def by_chance(ours: Heard, real: Heard) -> float:
    """The mean of |normal| where both sides are drawn alike."""
    return math.sqrt(2 / math.pi * (1 / len(ours.statistics) + 1 / len(real.statistics)))


def told(result: Result) -> Iterable[str]:
    """The sweep, the best first; or each kind's differences and failures."""
    if "settings" in result:
        yield from _swept(result["settings"])
    for name, kind in result.get("kinds", {}).items():
        yield f"{name}, {kind['composed_pieces']} of {kind['seconds']:g} s beside {kind['real_pieces']} real excerpts\n"
        yield from table([_difference(row) for row in kind["differences"]])
        yield ""
        sides = kind["failures"].items()
        yield from table([{"side": side, **failures} for side, failures in sides])
        yield ""
    sampling = result.get("sampling", "each setting as it says")
    yield f"{result['model']}, {result['split']}, seed {result['seed']}, {sampling}"


def _difference(row: Result) -> Result:
    plain = {name: row[name] for name in ("statistic", "left", "right", "difference")}
    interval = f"{shown(row['low'])} to {shown(row['high'])}"
    named = dict(zip(("statistic", "composed", "real", "difference"), plain.values(), strict=True))
    return {**named, "95 % interval": interval, "differs": "" if row["low"] <= 0 <= row["high"] else "*"}


def _swept(rows: Sequence[Result]) -> Iterator[str]:
    kinds = [name for name in KINDS if name in rows[0]]
    best = sorted(rows, key=lambda row: sum(row[kind]["distance"] for kind in kinds))
    yield from table([{**{name: row[name] for name in GRID}, **_columns(row, kinds)} for row in best])
    yield ""


def _columns(row: Result, kinds: Sequence[str]) -> Result:
    cells = {}
    for kind in kinds:
        cells[f"distance, {kind}"] = row[kind]["distance"]
        cells[f"by chance, {kind}"] = row[kind]["by_chance"]
        cells[f"failures, {kind}"] = ", ".join(f"{n} {name}" for name, n in row[kind]["failures"].items() if n)
    return cells


if __name__ == "__main__":
    run(options(), measured, told)
