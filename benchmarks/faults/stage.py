"""Where faults happen: a toy corpus, runs of the command line in forked children, and ways to compare folders.

A child is forked from a process that has already imported everything, so a trial costs its work and no start.
What disturbs it is done to the child before the command runs: the product knows of no fault.
"""

import hashlib
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, gettempdir

import numpy as np
import torch
import torch._dynamo
import torch.utils.tensorboard  # as the line above: every child would import it anew

from partimento import midi
from partimento.checkpoint import Checkpoint
from partimento.cli.app import run as partimento
from partimento.score import NOTE, Score, table
from partimento.train.run import Run

Fault = Callable[[], None]  # done in the child, before the command
Work = Sequence[str] | Callable[[], int]  # a command's arguments, or what ends with an exit status
LONGEST_S = 120.0  # after which a child counts as stuck
LOOK_S = 0.002
PIECES, NOTES = 6, 60
SMALL = "--layers 1 --width 16 --heads 2 --time-heads 1 --hidden 16 --reach 4 --context 16"
PLAN = "--steps 24 --warmup 2 --sequence 16 --batch-size 4 --save-minutes 0.01 --validate-minutes 0.03"
TRAIN = f"train transformer --data toy --name toy {SMALL} {PLAN} --no-samples".split()
RESUME = ["train", "--resume", "--name", "toy", "--no-samples"]


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit status, or minus the signal that killed it, and what it said."""

    status: int
    said: str = ""

    @property
    def is_one_line(self) -> bool:
        """Whether its complaint is one line, behind remarks, and no traceback."""
        lines = [line for line in self.said.splitlines() if line.startswith("partimento:")]
        return len(lines) == 1 and "Traceback" not in self.said and "a defect" not in self.said


@dataclass(frozen=True)
class Stage:
    """A folder with generated files, a corpus, runs and outputs."""

    folder: Path

    @property
    def run(self) -> Run:
        """The one run."""
        return Run(self.folder / "runs" / "toy")

    def command(self, work: Work, *faults: Fault) -> Ended:
        """Run the command line in a child, under ``faults``, to its end."""
        return self.finish(*self.begin(work, *faults))

    def done(self, work: Work, *faults: Fault) -> None:
        """Run a command that has to succeed."""
        ended = self.command(work, *faults)
        if ended.status:
            raise AssertionError(ended.said)

    def begin(self, work: Work, *faults: Fault) -> tuple[int, Path]:
        """Start the command line in a child: its process number, and the file that it speaks to."""
        said = Path(gettempdir(), f"partimento-{os.getpid()}-{time.monotonic_ns()}")
        child = os.fork()
        if not child:
            _play(self.folder, said, work, faults)
        return child, said

    def finish(self, child: int, said: Path, after_s: float = LONGEST_S, number: int = signal.SIGKILL) -> Ended:
        """Wait for a child; after ``after_s`` send it a signal, and kill it where that does not end it."""
        ended = _awaited(child, after_s)
        if ended is None:
            os.kill(child, number)
            ended = _awaited(child, LONGEST_S)
        if ended is None:
            os.kill(child, signal.SIGKILL)
            _awaited(child, LONGEST_S)
            return Ended(0, "Traceback: stuck")
        text = said.read_text(errors="replace")
        said.unlink()
        return Ended(ended, text)


@contextmanager
def stage(folder: Path | None = None) -> Iterator[Stage]:
    """A new stage with its corpus prepared, in a temporary folder or in ``folder``."""
    torch.set_num_threads(1)
    memory = Path("/dev/shm")  # trials are many, and a disk would wait for each sync
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        place = Stage(folder or Path(made))
        write_music(place.folder / "midi")
        place.done(["data", "prepare", "folder", "--from", "midi", "--name", "toy", "--split", "0.8,0.2,0"])
        yield place


def write_music(folder: Path, pieces: int = PIECES) -> None:
    """Files of random notes, always the same."""
    folder.mkdir(parents=True)
    for number in range(pieces):
        generator = np.random.default_rng(number)
        rows = np.zeros(NOTES, NOTE)
        rows["onset"] = np.sort(generator.integers(0, 60 * NOTES, NOTES))
        rows["duration"] = generator.integers(20, 400, NOTES)
        rows["pitch"] = generator.integers(40, 80, NOTES)
        rows["velocity"] = generator.integers(20, 120, NOTES)
        midi.write(Score(table(NOTE, rows), 480), folder / f"{number}.mid")


def digest(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below ``folder``, hidden ones too, by its path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def leftovers(folder: Path) -> list[str]:
    """The hidden names below ``folder``."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(".*"))


def differences(one: Checkpoint, other: Checkpoint) -> list[str]:
    """The tensors in which two checkpoints differ in any bit, weights and state alike."""
    pairs = ((one.weights, other.weights), (one.resume, other.resume))
    return [
        name for a, b in pairs for name in {**a, **b} if name not in a or name not in b or not _same(a[name], b[name])
    ]


def seeds(seed: int, trials: int) -> Iterator[tuple[str, Random]]:
    """A name and a generator for each trial, so that one can be repeated alone."""
    for trial in range(trials):
        yield f"seed {seed} trial {trial}", Random(f"{seed} {trial}")


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and one.numpy().tobytes() == other.numpy().tobytes()


def _play(folder: Path, said: Path, work: Work, faults: Sequence[Fault]) -> None:
    """The child's whole life."""
    status = 70
    try:
        os.chdir(folder)
        os.environ |= {"PARTIMENTO_DATA": str(folder / "data"), "PARTIMENTO_HOME": str(folder)}
        handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        for fault in faults:
            fault()
        status = work() if callable(work) else partimento(work)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


def _awaited(child: int, longest_s: float) -> int | None:
    """The exit status of a child that ends within ``longest_s``."""
    until = time.monotonic() + longest_s
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= until:
            return None
        time.sleep(LOOK_S)
