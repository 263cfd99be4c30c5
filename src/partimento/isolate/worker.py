"""A limited child process, as its parent holds it: started, asked, watched, believed in nothing.

The child is a fresh interpreter, not a fork: a fork of a process with torch's threads may deadlock,
and multiprocessing's spawn and forkserver run the caller's script again. It imports what the
function's module imports and nothing else (about 0.15 s with numpy), says that it is ready, and only then
is limited: ``memory_mb`` is what the work may add to the imports, and its time begins with the work, however
long a cold disk took to import. It has a session of its own, so that Ctrl-C reaches the parent alone, and
ends when the pipe from its parent does.
"""

import os
import subprocess
import sys
from contextlib import suppress

from ..errors import InputError, WorkFailed
from .limits import MEBIBYTE, Watch
from .message import READY, receive, send
from .task import CRASHED, LOST, Task

START_S = 60.0  # for a child to import; while it computes or reads a disk this clock, too, runs slower
GRACE_S = 1.0  # for a child that closed its pipe to end by itself, so that its status is its own
_BOOT = "import sys; module, *sys.path[:] = sys.argv[1:]; from partimento.isolate.child import serve; serve(module)"
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # each maps a stack


class Worker:
    """A child process for the functions of ``module``: it does one task after the other until one kills it.

    Raises OSError where none starts.
    """

    def __init__(self, module: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, module, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
            start_new_session=True,
        )
        self.watch = Watch(self.process)

    @property
    def stopped(self) -> bool:
        """Whether a task, or ``stop``, has ended it."""
        return self.process.returncode is not None

    def begin(self) -> bool:
        """Wait until it is ready; False, and it is stopped, where it ends before that. Raises WorkFailed after START_S.

        What goes wrong here is the fault of no task: none was given to it yet.
        """
        self.watch.begin(START_S)
        with suppress(ValueError):
            if self._received(most_bytes=len(READY)) == READY and not self.watch.end():
                return True
        self.stop()
        if self.watch.end():
            raise WorkFailed(
                f"a child process took more than {START_S:g} s to start: try again when the disk is less busy"
            )
        return False

    def do(self, task: Task) -> bytes:
        """The result of a task, or the error that its child told of. Raises InputError where the child is lost."""
        try:
            self.watch.begin(task.timeout_s, task.memory_mb)
            try:
                answer = self._exchange(task)
            finally:
                verdict = self.watch.end()
            if verdict:
                raise task.over(verdict)
            if answer is None:
                raise task.ended(self._status())
            return task.result(answer)
        except InputError as error:
            if error.code in LOST:
                self.stop()
            raise

    def _exchange(self, task: Task) -> bytes | None:
        """The answer, or None where the child ends before it is whole."""
        assert self.process.stdin is not None
        with suppress(OSError):  # it ended before it had read the request
            send(self.process.stdin, task.request)
        try:
            return self._received(task.most_bytes)
        except ValueError:
            raise task.refused(f"answered with more than {task.most_bytes / MEBIBYTE:,.3g} MB", CRASHED) from None

    def _received(self, most_bytes: int) -> bytes | None:
        assert self.process.stdout is not None
        return receive(self.process.stdout, most_bytes)

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
        self.watch.close()
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # closing writes what nobody will read
                if pipe is not None:
                    pipe.close()
