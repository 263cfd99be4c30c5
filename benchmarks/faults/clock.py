"""A wall clock that jumps between sessions and is wrong during them, by days, decades or back to 1970.

Each trial is a run of several sessions that are stopped or killed under another clock each. The run's last
checkpoint is to be that of an undisturbed run, no matter what times stand on its files, nothing may be left
behind, and what a live session has staged must outlast another's writes.
"""

import os
import shutil
import signal
import time
from random import Random

from benchmarks.faults.disturb import clock_off, killed_at, stopped_at, ticking
from benchmarks.faults.stage import RESUME, TRAIN, Fault, Stage, differences, leftovers, seeds, stage
from benchmarks.faults.tally import Tally, tallied
from partimento.checkpoint import Checkpoint
from partimento.store import staged_folder, write_atomically

DAY_S = 24 * 60 * 60
JUMPS = {
    "two days on": 2 * DAY_S,
    "two days back": -2 * DAY_S,
    "1970": -time.time(),
    "ten years on": 10 * 365 * DAY_S,
    "right": 0.0,
}
SESSIONS = 4
WRITES = 30  # of a session before it is stopped


def campaign(trials: int, seed: int) -> Tally:
    """Stop, kill and resume runs under clocks that are wrong."""
    outcomes: dict[str, str] = {}
    with stage() as place:
        place.done(TRAIN, ticking)
        final = place.run.latest()[0]
        for name, random in seeds(seed, trials):
            outcomes[name] = _trial(place, random, final)
    return tallied("clock", outcomes, {"sessions": SESSIONS * trials})


def _trial(place: Stage, random: Random, final: Checkpoint) -> str:
    shutil.rmtree(place.run.folder)
    clocks = random.choices(list(JUMPS), k=SESSIONS)
    for clock in clocks:
        count = random.randint(5, WRITES)
        end: Fault = stopped_at("written", count) if random.random() < 0.5 else killed_at("written", count)
        ended = place.command(RESUME if place.run.exists() else TRAIN, ticking, clock_off(JUMPS[clock]), end)
        if ended.status not in (0, -signal.SIGKILL):
            return f"{clocks}: ended with {ended.status}: {ended.said[-300:]!r}"
        _age(place, random)
    ended = place.command(RESUME if place.run.exists() else TRAIN, ticking, clock_off(random.choice([*JUMPS.values()])))
    return _wrong(place, ended.status, ended.said, final) or _cleared(place, random)


def _age(place: Stage, random: Random) -> None:
    """What the sessions wrote bears times without any order."""
    for path in place.run.folder.rglob("*"):
        os.utime(path, (max(time.time() + random.choice([*JUMPS.values()]), 0.0),) * 2)


def _wrong(place: Stage, status: int, said: str, final: Checkpoint) -> str:
    if status:
        return f"did not go on: {said[-300:]!r}"
    if differing := differences(place.run.latest()[0], final):
        return f"{len(differing)} tensors differ: {differing[:3]}"
    left = leftovers(place.run.folder)
    return f"left behind: {left}" if left else ""


def _cleared(place: Stage, random: Random) -> str:
    """Whether a write, years later as it seems, takes away what is being staged beside the same place."""
    target = place.folder / "shared"
    with staged_folder(target) as staged:
        (staged.folder / "mine").touch()
        os.utime(staged.folder, (0, 0))
        ended = place.command(lambda: write_atomically(target, b"") or 0, clock_off(random.choice([*JUMPS.values()])))
        if ended.status or not (staged.folder / "mine").exists():
            return f"what was staged is gone: {ended.said[-300:]!r}"
        target.unlink()
    whole = (target / "mine").exists()
    shutil.rmtree(target)
    return "" if whole else "what was staged did not take its place"
