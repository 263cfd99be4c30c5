"""A command in a process of its own: how it ended, what it said, and how much it and its own children took."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Timer
from typing import IO

Pipe = int | IO[bytes]
KILOBYTES_PER_MIB = 1024  # ru_maxrss counts in KiB


@dataclass(frozen=True)
class Ended:
    """``status`` below zero: the signal that ended it. ``peak_mb``: MiB of the largest process of the family."""

    status: int
    out: str
    err: str
    cpu_s: float
    peak_mb: float

    @property
    def lines(self) -> list[str]:
        """What it said on standard error."""
        return self.err.splitlines()

    @property
    def has_traceback(self) -> bool:
        """Whether it ended as no product should, with a traceback or by what it calls a defect itself."""
        return "Traceback (most recent" in self.err or "a defect:" in self.err


def started(command: Sequence[str], env: Mapping[str, str], out: Pipe, err: Pipe) -> "subprocess.Popen[bytes]":
    """The process, in a session of its own, with nothing to read."""
    whole = {**os.environ, **env}
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=whole, start_new_session=True
    )


def run(command: Sequence[str], env: Mapping[str, str] = {}, timeout_s: float = 3600.0) -> Ended:
    """Run ``command`` to its end; what takes longer than ``timeout_s`` is killed with its session."""
    with TemporaryFile() as out, TemporaryFile() as err:
        child = started(command, env, out, err)
        clock = Timer(timeout_s, os.killpg, (child.pid, signal.SIGKILL))
        clock.start()
        _, status, used = os.wait4(child.pid, 0)
        clock.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        said = _text(out), _text(err)
    return Ended(child.returncode, *said, used.ru_utime + used.ru_stime, used.ru_maxrss / KILOBYTES_PER_MIB)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "backslashreplace")
