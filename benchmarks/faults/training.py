"""Training runs that are killed, signalled or meet a NaN, then resumed: the weights are to be the undisturbed run's.

Two trials of five are aimed inside saving; the others come at any time. A run lives through several trials,
and all of them fail where its last checkpoint differs in one bit.
"""

import shutil
import signal
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from benchmarks.faults.disturb import POINTS, killed_at, not_a_number, signalled, ticking
from benchmarks.faults.stage import RESUME, TRAIN, Ended, Fault, Stage, differences, leftovers, seeds, stage
from benchmarks.faults.tally import Tally, tallied
from partimento import zoo
from partimento.checkpoint import Checkpoint, load_checkpoint
from partimento.errors import PartimentoError

AIMED, OTHERS = 2, ("killed", "killed", "signalled", "killed", "killed", "not a number")  # of five trials two are aimed
CALLS = {"written": 60, "synced": 80, "renamed": 25, "replaced": 2, "made": 12, "removed": 50, "emptied": 8}
PLACES = ("", "best", "step-")
SESSION_CPU_S = 1.6
LIVES_FOR = 4  # trials in one run's life
TRIES = 30  # a trial that came to its end unhurt is begun again
STOPS = {  # how a trial may end, by its kind
    "aimed": {-signal.SIGKILL},
    "killed": {-signal.SIGKILL},
    "signalled": {0, 130, 143},  # outside the loop there is nothing to save: a line and the signal's status
    "not a number": {1},
}


@dataclass
class Life:
    """One run: the trials that it went through, and whether there was a model to compose with."""

    trials: list[str] = field(default_factory=list)
    had_model: bool = False


def campaign(trials: int, seed: int) -> Tally:
    """Disturb ``trials`` sessions and compare the runs that they belong to with an undisturbed one."""
    outcomes: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    with stage() as place:
        final = _undisturbed(place)
        life = Life()
        for number, (name, random) in enumerate(seeds(seed, trials)):
            kind = "aimed" if number % 5 < AIMED else OTHERS[number // 5 % 2 * 3 + number % 5 - AIMED]
            outcomes[name], kinds[kind] = _trial(place, life, kind, random), kinds[kind] + 1
            life.trials.append(name)
            if len(life.trials) >= LIVES_FOR or number == trials - 1:
                _end(place, life, final, outcomes)
                life = Life()
    return tallied("training", outcomes, dict(kinds))


def _undisturbed(place: Stage) -> Checkpoint:
    place.done(TRAIN, ticking)
    final = place.run.latest()[0]
    shutil.rmtree(place.run.folder)
    return final


def _trial(place: Stage, life: Life, kind: str, random: Random) -> str:
    """Disturb one session; what was wrong with its end or with what it left, or nothing."""
    for _ in range(TRIES):
        ended = place.command(RESUME if place.run.exists() else TRAIN, ticking, _fault(kind, random))
        if ended.status or "stopped at step" in ended.said:
            return _judged(place, life, kind, ended, random)
        shutil.rmtree(place.run.folder)  # it was over before the fault
        life.had_model = False
    return "the fault never came"


def _fault(kind: str, random: Random) -> Fault:
    if kind == "aimed":
        point = random.choice(list(POINTS))
        where = random.choice(PLACES) if point in ("written", "renamed", "synced") else ""
        return killed_at(
            point, random.randint(1, CALLS[point] // (4 if where == "best" else 1)), where, random.random() < 0.5
        )
    if kind == "not a number":
        return not_a_number(random.randint(1, 12))
    number = signal.SIGKILL if kind == "killed" else random.choice([signal.SIGTERM, signal.SIGINT])
    return signalled(number, random.uniform(0.0, SESSION_CPU_S))


def _judged(place: Stage, life: Life, kind: str, ended: Ended, random: Random) -> str:
    if ended.status not in STOPS[kind] or "Traceback" in ended.said:
        return f"{kind}: ended with {ended.status}: {ended.said[-300:]!r}"
    if kind == "not a number" and not (ended.is_one_line and "is not a number" in ended.said):
        return f"not said in a line: {ended.said!r}"
    if random.random() < 0.5:  # else the next session finds things as the kill left them
        try:
            zoo.load("toy", place.folder / "runs")
            life.had_model = True
        except PartimentoError as error:
            return f"{kind}: the model is gone: {error}" if life.had_model else ""
    return ""


def _end(place: Stage, life: Life, final: Checkpoint, outcomes: dict[str, str]) -> None:
    """Let a run come to its end; what is wrong with it is wrong with every trial of its life."""
    wrong = _wrong(place, place.command(RESUME if place.run.exists() else TRAIN, ticking), final)
    if wrong:
        outcomes |= {trial: outcomes[trial] or wrong for trial in life.trials}
    shutil.rmtree(place.run.folder)


def _wrong(place: Stage, ended: Ended, final: Checkpoint) -> str:
    if ended.status:
        return f"did not go on: {ended.said[-300:]!r}"
    checkpoint, damaged = place.run.latest()
    if damaged:
        return f"damaged: {damaged}"
    if differing := differences(checkpoint, final):
        return f"{len(differing)} tensors differ: {differing[:3]}"
    if left := leftovers(place.run.folder):
        return f"left behind: {left}"
    load_checkpoint(place.run.best)
    steps = [row["step"] for row in place.run.history()]
    return "" if steps[-1] == checkpoint.card["place"]["step"] else f"the log ends with {steps[-3:]}"
