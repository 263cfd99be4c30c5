"""The limits on a child: held by the kernel on Linux, elsewhere by a parent that watches."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

MEGABYTE = 2**20
WATCH_S = 0.2  # how often a parent looks at a child
PATIENCE = (
    15  # while a child computes, the kernel counts and the clock runs so many times slower: a busy machine is no fault
)
KERNEL_LIMITS = sys.platform == "linux"
TIME, MEMORY = "time", "memory"  # why a child was killed: rows of errors.REASONS


def guard() -> str:
    """Which limits hold on this machine, in words for ``doctor``."""
    if KERNEL_LIMITS:
        return "kernel limits on memory and processor time, and a clock"
    return "a watching parent and a clock" if sys.platform != "win32" else "a clock; memory is not limited"


def limit_memory(memory_mb: int) -> None:
    """Let this process grow to ``memory_mb``, what it holds already included, and write files of no more than that."""
    if not KERNEL_LIMITS:
        return
    import resource

    mapped, resident = (int(pages) for pages in Path("/proc/self/statm").read_text().split()[:2])
    most = {
        resource.RLIMIT_AS: (mapped - resident) * resource.getpagesize() + memory_mb * MEGABYTE,
        resource.RLIMIT_FSIZE: memory_mb * MEGABYTE,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in most.items():
        soft, hard = resource.getrlimit(which)
        resource.setrlimit(which, (_lower(soft, value), _lower(hard, value)))


def limit_time(timeout_s: float) -> None:
    """Let this process compute for ``timeout_s`` more, whatever it was allowed before."""
    if not KERNEL_LIMITS:
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_lower(hard, int(time.process_time() + timeout_s) + 1), hard))


def _lower(limit: int, value: int) -> int:
    """The lower of a present limit, where -1 is none (RLIM_INFINITY on Linux), and a value."""
    return value if limit == -1 else min(limit, value)


@dataclass
class Watch:
    """A look at a child from aside; ``verdict`` says why it was killed, if it was."""

    child: "subprocess.Popen[bytes]"
    memory_mb: int
    timeout_s: float
    verdict: str = ""
    done: Event = field(default_factory=Event)

    def look(self) -> None:
        """Kill the child when its time is up or, where the kernel holds no limit, its memory is."""
        left = self.timeout_s
        while left > 0 and not self.verdict:  # time in which this process was stopped itself counts as one look
            if self.done.wait(min(left, WATCH_S)):
                return
            left -= WATCH_S if waits(self.child.pid) else WATCH_S / PATIENCE
            if not KERNEL_LIMITS and resident_mb(self.child.pid) > self.memory_mb:
                self.verdict = MEMORY
        self.verdict = self.verdict or TIME
        self.child.kill()


@contextmanager
def watched(child: "subprocess.Popen[bytes]", memory_mb: int, timeout_s: float) -> Iterator[Watch]:
    """Keep an eye on ``child`` while the block waits for it."""
    watch = Watch(child, memory_mb, timeout_s)
    eye = Thread(target=watch.look, daemon=True)
    eye.start()
    try:
        yield watch
    finally:
        watch.done.set()
        eye.join()


def waits(process: int) -> bool:
    """Whether a process is doing something else than compute; where nobody can tell, it is."""
    try:
        return not KERNEL_LIMITS or Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "R"
    except (OSError, IndexError):
        return True


def resident_mb(process: int) -> float:
    """The resident size of a process in MB, as ``ps`` tells it; 0 where it does not."""
    try:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False).stdout
        return float(told) / 1024
    except (OSError, ValueError):
        return 0.0
