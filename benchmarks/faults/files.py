"""Flipped bits and truncated files in checkpoints, bundled weights and corpora: each is found, or does no harm.

Five trials of six flip one bit, the sixth cuts a file short. What is damaged is named in one line, and the work
is refused with exit status 2, except where an earlier whole checkpoint can be used: then that is said in a line.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.faults.disturb import stopped_at, ticking
from benchmarks.faults.stage import RESUME, TRAIN, Ended, Stage, differences, seeds, stage
from benchmarks.faults.tally import Tally, tallied
from partimento.checkpoint import Checkpoint
from partimento.zoo.bundle import bundle

STOPPED_AT = 50  # written files: about half of the way
COMPOSE = ["--seconds", "2", "--seed", "1", "--format", "mid", "--out", "made"]


@dataclass(frozen=True)
class Target:
    """Files, the command that reads them, and what is to come of it when one of them is damaged."""

    name: str
    files: Callable[[Stage], Iterable[Path]]
    command: list[str]
    judge: Callable[[Stage, Path, Ended, Checkpoint], str]


def campaign(trials: int, seed: int) -> Tally:
    """Damage one file in each trial, run the command that reads it, and put the file back."""
    outcomes: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    with stage() as place:
        final = _prepared(place)
        for number, (name, random) in enumerate(seeds(seed, trials)):
            target = TARGETS[number % len(TARGETS)]
            outcomes[name] = _trial(place, target, random, cut=number % 6 == 5, final=final)
            kinds[target.name] += 1
    return tallied("files", outcomes, dict(kinds))


def _prepared(place: Stage) -> Checkpoint:
    """A run that was stopped on its way, what it comes to, and a model as it is bundled."""
    place.done(TRAIN, ticking, stopped_at("written", STOPPED_AT))
    shutil.copytree(place.folder / "runs", place.folder / "kept")
    bundle(place.run.best, place.folder / "bundled", {})
    place.done(RESUME, ticking)
    final = place.run.latest()[0]
    _put_back(place)
    return final


def _put_back(place: Stage) -> None:
    shutil.rmtree(place.folder / "runs")
    shutil.copytree(place.folder / "kept", place.folder / "runs")


def _trial(place: Stage, target: Target, random: Random, cut: bool, final: Checkpoint) -> str:
    path = random.choice(sorted(path for path in target.files(place) if path.stat().st_size))
    whole = path.read_bytes()
    path.write_bytes(truncated(whole, random) if cut else flipped(whole, random))
    ended = place.command(target.command, ticking)
    wrong = target.judge(place, path, ended, final)
    if path.parent.exists():  # else it was pruned meanwhile
        path.write_bytes(whole)
    if target.command is RESUME:
        _put_back(place)
    return wrong and f"{target.name}, {path.relative_to(place.folder)} {'cut' if cut else 'flipped'}: {wrong}"


def flipped(data: bytes, random: Random) -> bytes:
    """``data`` with one bit the other way round."""
    at, bit = random.randrange(len(data)), random.randrange(8)
    return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]


def truncated(data: bytes, random: Random) -> bytes:
    """``data`` without its end."""
    return data[: random.randrange(len(data))]


def _refused(place: Stage, path: Path, ended: Ended, final: Checkpoint) -> str:
    """Exit status 2, and one line that names the file."""
    if ended.status != 2 or not ended.is_one_line:
        return f"ended with {ended.status}: {ended.said[-300:]!r}"
    return "" if path.name in ended.said else f"not named: {ended.said!r}"


def _gone_on(place: Stage, path: Path, ended: Ended, final: Checkpoint) -> str:
    """The run reached its end from the checkpoint before, said so, and its weights are as if nothing had been."""
    if ended.status or "Traceback" in ended.said:
        return f"ended with {ended.status}: {ended.said[-300:]!r}"
    lines = [line for line in ended.said.splitlines() if "the one before is used" in line and path.name in line]
    if path.parent.name.startswith("step-") and len(lines) != 1:
        return f"not said: {ended.said!r}"
    differing = differences(place.run.latest()[0], final)
    return f"{len(differing)} tensors differ" if differing else ""


def _unharmed(place: Stage, path: Path, ended: Ended, final: Checkpoint) -> str:
    """What only people read does not stop a run; a damaged best model is said, and is replaced."""
    if wrong := _gone_on(place, path, ended, final):
        return wrong
    best = path.parent.name == "best"
    return "" if not best or "takes its place" in ended.said else f"not said: {ended.said!r}"


def _below(*parts: str) -> Callable[[Stage], Iterable[Path]]:
    return lambda place: place.folder.joinpath(*parts).iterdir()


def _latest(place: Stage) -> Iterable[Path]:
    return place.run.saved()[0].iterdir()


def _beside(place: Stage) -> Iterable[Path]:
    """What a run writes for people."""
    return (path for path in place.run.folder.rglob("*") if path.is_file() and "checkpoints" not in path.parts)


BEST, CORPUS = _below("runs", "toy", "checkpoints", "best"), _below("data", "toy")
TARGETS = (
    Target("latest checkpoint, resumed", _latest, RESUME, _gone_on),
    Target("best model, composed with", BEST, ["compose", "toy", *COMPOSE], _refused),
    Target("corpus, shown", CORPUS, ["data", "show", "toy"], _refused),
    Target("corpus, evaluated on", CORPUS, ["evaluate", "toy", "--data", "toy", "--split", "validation"], _refused),
    Target("bundled model, composed with", _below("bundled"), ["compose", "bundled", *COMPOSE], _refused),
    Target("corpus, trained on", CORPUS, RESUME, _refused),
    Target("best model, resumed", BEST, RESUME, _unharmed),
    Target("log and curves, resumed", _beside, RESUME, _unharmed),
)
