"""Signals to the product's child processes at points of their work that a seed chooses: part of the gauge.

They are sent by the product's own process, in a thread beside it, because a killer outside of it would be late on a
busy machine; to the child and to the pool it is the same.
"""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from threading import Lock, Timer

PLAN = "PARTIMENTO_GAUGE_STRIKES"  # an environment variable: a Plan as JSON
LATEST_S = 0.003  # after a piece of work was given, so that many hit in its middle and some behind it


@dataclass(frozen=True)
class Plan:
    """``once``: numbers of pieces of work, in the order in which they are given, whose process is struck somewhere
    within; ``twice``: those whose process is struck at once, and that of their second try as well."""

    signal: int
    once: list[int]
    twice: list[int]
    seed: int

    @property
    def count(self) -> int:
        """How many signals that makes."""
        return len(self.once) + 2 * len(self.twice)

    def to_env(self) -> dict[str, str]:
        """The environment that carries it."""
        return {PLAN: json.dumps(asdict(self))}


@dataclass
class Strikes:
    """The signals of a plan as they are sent; ``log`` gets the number of each process that was struck."""

    plan: Plan
    log: Path
    begun: int = 0
    owed: int = 0
    marked: set[str] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def meet(self, process: "subprocess.Popen[bytes]", subject: str) -> None:
        """Do what is planned for the piece of work ``subject`` that is about to be given to ``process``."""
        with self.lock:
            number, self.begun = self.begun, self.begun + 1
            at_once = subject in self.marked or number in self.plan.twice or self.owed > 0
            self.owed -= at_once and subject not in self.marked and number not in self.plan.twice
            self.marked = self.marked - {subject} | ({subject} if number in self.plan.twice else set())
        if at_once:
            self._strike(process)
        if number in self.plan.once:
            delay_s = Random(f"{self.plan.seed}:{number}").uniform(0, LATEST_S)
            Timer(delay_s, self._strike, (process,)).start()

    def _strike(self, process: "subprocess.Popen[bytes]") -> None:
        """Send the signal, or owe it to the next process where this one had one already or is gone."""
        with self.lock:
            if process.returncode is not None or process.pid in self.struck:
                self.owed += 1
                return
            self.struck.add(process.pid)
            os.kill(process.pid, self.plan.signal)  # not waited for yet, so that the number is still its own
            with self.log.open("a") as log:
                log.write(f"{process.pid}\n")


def from_env(log: Path) -> Strikes | None:
    """The strikes that the environment plans, if any."""
    plan = os.environ.get(PLAN)
    return Strikes(Plan(**json.loads(plan)), log) if plan else None


def read_strikes(log: Path) -> list[int]:
    """The processes that were struck."""
    return [int(line) for line in log.read_text().split()] if log.exists() else []
