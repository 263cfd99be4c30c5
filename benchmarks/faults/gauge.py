"""The product with a gauge on its child processes: one line of JSON for each piece of work that one was given.

    python -m benchmarks.faults.gauge LOG data prepare folder --from DIR

Nothing else is changed, unless the environment variable PARTIMENTO_GAUGE_TIMEOUT_S sets another time limit, or
PARTIMENTO_GAUGE_STRIKES plans signals to the children (strikes.py).
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.faults.strikes import from_env
from partimento.errors import InputError
from partimento.isolate.task import Task
from partimento.isolate.worker import Worker

TIMEOUT = "PARTIMENTO_GAUGE_TIMEOUT_S"
PARENT = ""  # the subject of the line about the product's own process, written at its end
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
COMMAND = (sys.executable, "-m", "benchmarks.faults.gauge")


@dataclass(frozen=True)
class Work:
    """What one piece of work took; ``code``: that of a refusal, if any. CPU and peak are 0 where the child died."""

    subject: str
    process: int
    code: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def read_log(path: Path) -> list[Work]:
    """The work of all children that was logged so far, whole lines only."""
    return [work for work in _logged(path) if work.subject != PARENT]


def hits_log(log: Path) -> Path:
    """Where the processes are listed that were sent a signal."""
    return log.with_name(f"{log.name}-hits")


def parent_peak_mb(path: Path) -> float:
    """MiB that the product's own process held at most; 0 where it did not end."""
    return next((work.peak_mb for work in _logged(path) if work.subject == PARENT), 0.0)


def _logged(path: Path) -> list[Work]:
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    return [Work(**json.loads(line)) for line in lines]


@contextmanager
def gauged(log: Path, timeout_s: float = 0.0) -> Iterator[None]:
    """While the block runs every child's work is logged, and limited to ``timeout_s`` where that is given."""
    plain, strikes = Worker.do, from_env(hits_log(log))

    def do(worker: Worker, task: Task) -> bytes:
        asked = replace(task, timeout_s=timeout_s or task.timeout_s)
        used, begun, code = _cpu_s(worker.process.pid), time.monotonic(), ""
        if strikes:
            strikes.meet(worker.process, task.subject)
        try:
            return plain(worker, asked)
        except InputError as error:
            code = error.code
            raise
        except Exception as error:
            code = type(error).__name__
            raise
        finally:
            process, spent = worker.process.pid, time.monotonic() - begun
            cpu = max(_cpu_s(process) - used, 0.0) if worker.process.returncode is None else 0.0
            _append(log, Work(task.subject, process, code, spent, cpu, _peak_mb(process)))

    Worker.do = do  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Worker.do = plain  # type: ignore[method-assign]


def _append(log: Path, work: Work) -> None:
    line = json.dumps(asdict(work)).encode() + b"\n"
    place = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(place, line)
    os.close(place)


def _cpu_s(process: int) -> float:
    """Processor seconds of a process so far; 0 where it is gone."""
    try:
        numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(numbers[11]) + int(numbers[12])) / TICKS_PER_S


def _peak_mb(process: int) -> float:
    """MiB that a process has ever held; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def main() -> int:
    """The product's exit status."""
    from partimento.cli.app import run

    log, begun = Path(sys.argv[1]), time.monotonic()
    with gauged(log, float(os.environ.get(TIMEOUT, 0))):
        status = run(sys.argv[2:])
    process, spent = os.getpid(), time.monotonic() - begun
    _append(log, Work(PARENT, process, "", spent, time.process_time(), _peak_mb(process)))
    return status


if __name__ == "__main__":
    sys.exit(main())
