"""The limits on a child: held by the kernel on Linux, elsewhere by a parent that watches."""

import math
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Lock, Thread

MEBIBYTE = 2**20
WATCH_S = 0.2  # how often a parent looks at a child
PATIENCE = 15  # while a child computes or reads a disk the clock runs so many times slower: a slow machine is no fault
BUSY = {"R", "D"}  # states of a process: it runs, or would; it waits for a disk
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
        resource.RLIMIT_AS: (mapped - resident) * resource.getpagesize() + memory_mb * MEBIBYTE,
        resource.RLIMIT_FSIZE: memory_mb * MEBIBYTE,
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


class Watch:
    """A look at one child from aside, by a thread that lasts as long as the child does."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self.child = child
        self._left_s, self._memory_mb, self._verdict = math.inf, math.inf, ""
        self._lock, self._over = Lock(), Event()
        Thread(target=self._look, daemon=True).start()

    def begin(self, timeout_s: float, memory_mb: float = math.inf) -> None:
        """From now on the child has this much time and, where the kernel holds no limit, memory."""
        with self._lock:  # the look that comes next ends an interval of which only a part is the work's
            self._left_s, self._memory_mb = timeout_s + WATCH_S, memory_mb

    def end(self) -> str:
        """The child may take its time again; why it was killed, if it was."""
        with self._lock:
            self._left_s, self._memory_mb = math.inf, math.inf
            return self._verdict

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def _look(self) -> None:
        """Every WATCH_S, until the child is killed; time in which this process was stopped itself is one look."""
        while not self._over.wait(WATCH_S):
            with self._lock:
                if self._left_s != math.inf and (verdict := self._judged()):
                    self._verdict = verdict
                    self.child.kill()
                    return

    def _judged(self) -> str:
        self._left_s -= WATCH_S if waits(self.child.pid) else WATCH_S / PATIENCE
        if not KERNEL_LIMITS and resident_mb(self.child.pid) > self._memory_mb:
            return MEMORY
        return TIME if self._left_s <= 0 else ""


def waits(process: int) -> bool:
    """Whether a process neither computes nor waits for a disk; where nobody can tell, it does neither."""
    try:
        return not KERNEL_LIMITS or Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in BUSY
    except (OSError, IndexError):
        return True


def resident_mb(process: int) -> float:
    """The resident size of a process in MB, as ``ps`` tells it; 0 where it does not."""
    try:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False).stdout
        return float(told) / 1024
    except (OSError, ValueError):
        return 0.0
