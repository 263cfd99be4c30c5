"""The limits on a child: held by the kernel on Linux, elsewhere by a parent that watches."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

MEGABYTE = 2**20
WATCH_S = 0.2  # how often a parent looks at a child that the kernel does not limit
KERNEL_LIMITS = sys.platform == "linux"


def guard() -> str:
    """Which limits hold on this machine, in words for ``doctor``."""
    if KERNEL_LIMITS:
        return "kernel limits on memory and processor time, and a clock"
    return "a watching parent and a clock" if sys.platform != "win32" else "a clock; memory is not limited"


def limit_self(memory_mb: int, timeout_s: float) -> None:
    """Let this process map ``memory_mb`` more, write files of no more than that, and compute for ``timeout_s`` more."""
    if not KERNEL_LIMITS:
        return
    import resource

    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = {
        resource.RLIMIT_AS: mapped + memory_mb * MEGABYTE,
        resource.RLIMIT_CPU: int(time.process_time() + timeout_s) + 1,
        resource.RLIMIT_FSIZE: memory_mb * MEGABYTE,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in most.items():
        soft, hard = resource.getrlimit(which)
        asked = _lower(soft, value), _lower(hard, value + 1)  # the soft limit names itself, the hard one kills
        resource.setrlimit(which, asked)


def _lower(limit: int, value: int) -> int:
    """The lower of a present limit, where -1 is none (RLIM_INFINITY on Linux), and a value."""
    return value if limit == -1 else min(limit, value)


def watch(child: "subprocess.Popen[bytes]", memory_mb: int, timeout_s: float) -> int:
    """The status with which ``child`` ends. Raises TimeoutError, and MemoryError where the kernel holds no limit."""
    deadline = time.monotonic() + timeout_s
    while (left := deadline - time.monotonic()) > 0:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(left if KERNEL_LIMITS else min(left, WATCH_S))
        if not KERNEL_LIMITS and resident_mb(child.pid) > memory_mb:
            raise MemoryError
    raise TimeoutError


def resident_mb(process: int) -> float:
    """The resident size of a process in MB, as ``ps`` tells it; 0 where it does not."""
    try:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False).stdout
        return float(told) / 1024
    except (OSError, ValueError):
        return 0.0
