"""A limited child process, as its parent holds it: started, asked, watched, believed in nothing.

The child is a fresh interpreter, not a fork: a fork of a process with torch's threads may deadlock,
and multiprocessing's spawn and forkserver run the caller's script again. It imports what the
function's module imports and nothing else (about 0.15 s with numpy), and only then
limits itself, so that ``memory_mb`` is what the work may add to the imports. It has a session of its
own, so that Ctrl-C reaches the parent alone, and ends when the pipe from its parent does.
"""

import os
import subprocess
import sys
from contextlib import suppress

from ..errors import InputError
from .limits import MEGABYTE, watched
from .message import receive, send
from .task import CRASHED, LOST, Task

GRACE_S = 1.0  # for a child that closed its pipe to end by itself, so that its status is its own
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from partimento.isolate.child import serve; serve()"
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # each maps a stack


class Worker:
    """A child process that does one task after the other until one kills it. Raises OSError where none starts."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
            start_new_session=True,
        )

    @property
    def stopped(self) -> bool:
        """Whether a task, or ``stop``, has ended it."""
        return self.process.returncode is not None

    def do(self, task: Task) -> bytes:
        """The result of a task, or the error that its child told of. Raises InputError where the child is lost."""
        try:
            with watched(self.process, task.memory_mb, task.timeout_s) as watch:
                answer = self._exchange(task)
            if watch.verdict:
                raise task.over(watch.verdict)
            if answer is None:
                raise task.ended(self._status())
            return task.result(answer)
        except InputError as error:
            if error.code in LOST:
                self.stop()
            raise

    def _exchange(self, task: Task) -> bytes | None:
        """The answer, or None where the child ends before it is whole."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with suppress(OSError):  # it ended before it had read the request
            send(self.process.stdin, task.request)
        try:
            return receive(self.process.stdout, task.memory_mb * MEGABYTE)
        except ValueError:
            raise task.refused(f"answered with more than {task.memory_mb} MB", CRASHED) from None

    def _status(self) -> int:
        """The status with which it ends; it is killed where it does not."""
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(GRACE_S)
        self.kill()
        return self.process.wait()

    def kill(self) -> None:
        """Kill it; whoever waits for its answer then gets none. From any thread."""
        self.process.kill()

    def stop(self) -> None:
        """Kill it and wait for its end."""
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # closing writes what nobody will read
                if pipe is not None:
                    pipe.close()
