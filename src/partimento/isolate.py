"""Run a function in a child process with limits on memory and time.

The child is a fresh interpreter, not a fork: a fork of a process with torch's threads may deadlock,
and multiprocessing's spawn and forkserver run the caller's script again. It imports what the
function's module imports and nothing else (about 0.15 s with numpy and symusic), and only then
limits itself, so that ``memory_mb`` is what the work may add to the imports. On Linux the kernel
holds the limits (RLIMIT_AS, RLIMIT_CPU); elsewhere the parent watches the resident size. The clock
is always the parent's. The pipe is multiprocessing's pickling, between these two processes of ours alone.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from signal import Signals
from typing import NoReturn, TypeVar, cast

from .errors import InputError, PartimentoError, UsageError, WorkFailed

Result = TypeVar("Result")
MEGABYTE = 2**20
WATCH_S = 0.2  # how often a parent looks at a child that the kernel does not limit
KERNEL_LIMITS = sys.platform == "linux"
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from partimento.isolate import serve; serve()"
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # each maps a stack


def isolated(
    function: Callable[..., Result],
    *args: object,
    memory_mb: int = 512,
    timeout_s: float = 20.0,
    subject: str = "",
) -> Result:
    """``function(*args)``, worked out in a child process; ``subject`` is what messages call the work.

    ``function`` is at the top of an importable module; it, ``args`` and the result can be pickled.
    Raises InputError where the child crashes, hangs or runs out of memory, the child's own
    PartimentoError, WorkFailed for any other exception of the child's, and UsageError for a
    function that a child can't import.
    """
    subject = subject or getattr(function, "__name__", "the work")
    request = _packed((function, args, memory_mb, timeout_s), subject)
    child = _start(subject)
    try:
        answer = _answer(child, request, memory_mb, timeout_s, subject)
    finally:
        _stop(child)
    if child.returncode or not answer:
        _refuse(subject, _ending(child.returncode))
    return cast(Result, _unpacked(answer, subject, memory_mb))


def guard() -> str:
    """Which limits hold on this machine, in words for ``doctor``."""
    if KERNEL_LIMITS:
        return "kernel limits on memory and processor time, and a clock"
    return "a watching parent and a clock" if sys.platform != "win32" else "a clock; memory is not limited"


def _packed(request: tuple[Callable[..., object], tuple[object, ...], int, float], subject: str) -> bytes:
    """The request for the pipe. Raises UsageError where it would not reach the child."""
    try:
        if request[0].__module__ != "__main__":
            return bytes(ForkingPickler.dumps(request))
    except Exception:  # whatever an object's own pickling raises
        pass
    advice = "define it at the top of an importable module and give it plain arguments"
    raise UsageError(f"{subject} can't run in a child process: {advice}")


def _start(subject: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-c", _BOOT, *sys.path]
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={**os.environ, **_ONE_THREAD}
        )
    except OSError as error:
        raise WorkFailed(f"{subject}: no child process could be started: {error.strerror or error}") from None


def _answer(child: "subprocess.Popen[bytes]", request: bytes, memory_mb: int, timeout_s: float, subject: str) -> bytes:
    """What the child wrote until it ended."""
    deadline = time.monotonic() + timeout_s
    while (left := deadline - time.monotonic()) > 0:
        with suppress(subprocess.TimeoutExpired):
            return child.communicate(request, timeout=left if KERNEL_LIMITS else min(left, WATCH_S))[0]
        if not KERNEL_LIMITS and resident_mb(child.pid) > memory_mb:
            _refuse(subject, f"needed more than {memory_mb} MB")
    _refuse(subject, f"took more than {timeout_s:g} s")


def _stop(child: "subprocess.Popen[bytes]") -> None:
    """End a child that still runs, and close its pipes."""
    if child.poll() is None:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def resident_mb(process: int) -> float:
    """The resident size of a process in MB, as ``ps`` tells it; 0 where it does not."""
    try:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False).stdout
        return float(told) / 1024
    except (OSError, ValueError):
        return 0.0


def _ending(status: int) -> str:
    """How a child ended, in words."""
    if status >= 0:
        return f"ended the process that did it (status {status})"
    name = Signals(-status).name if -status in {*Signals} else f"signal {-status}"
    return "took too much processor time" if name == "SIGXCPU" else f"crashed ({name})"


def _refuse(subject: str, what: str) -> NoReturn:
    raise InputError(f"{subject}: working on it {what}, so it is refused; check the file or make it smaller")


def _unpacked(answer: bytes, subject: str, memory_mb: int) -> object:
    """The child's result, or the error that it told of."""
    kind, content = ForkingPickler.loads(answer)
    if kind == "result":
        return content
    if kind == "memory":
        _refuse(subject, f"needed more than {memory_mb} MB")
    if isinstance(kind, type) and issubclass(kind, PartimentoError):
        raise kind.__new__(kind, content)  # some of them build their message from other arguments
    raise WorkFailed(f"{subject}: the child process failed with {content}; please report it")


def serve() -> None:
    """The child's side: read a request from standard input, answer on standard output."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever the function prints must not run into the answer
        answers.write(_attempt(sys.stdin.buffer.read()))


def _attempt(request: bytes) -> bytes:
    """The answer to a request: what kind it is, and the result or message."""
    try:
        function, args, memory_mb, timeout_s = ForkingPickler.loads(request)
        _limit(memory_mb, timeout_s)
        return bytes(ForkingPickler.dumps(("result", function(*args))))
    except MemoryError:
        answer: tuple[object, str] = "memory", ""
    except PartimentoError as error:
        answer = type(error), str(error)
    except Exception as error:  # the parent must hear of anything at all
        answer = "failure", f"{type(error).__name__}: {error}".splitlines()[0]
    return bytes(ForkingPickler.dumps(answer))


def _limit(memory_mb: int, timeout_s: float) -> None:
    """Let this process map ``memory_mb`` more than it does now, and compute for ``timeout_s`` more."""
    if not KERNEL_LIMITS:
        return
    import resource

    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = {
        resource.RLIMIT_AS: mapped + memory_mb * MEGABYTE,
        resource.RLIMIT_CPU: int(time.process_time() + timeout_s) + 1,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in most.items():
        soft, hard = resource.getrlimit(which)
        lowest = min(limit for limit in (soft, hard, value) if limit != resource.RLIM_INFINITY)
        resource.setrlimit(which, (lowest, hard))
