"""Locks on files and folders that end with their process, also with one that is killed."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

PATIENCE_S = 10.0  # what is done under a lock that others wait for takes milliseconds
LOOK_S = 0.005


@contextmanager
def locked(path: Path, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of a file or folder that is there.

    Raises BlockingIOError where another process has held it for ``patience_s``, OSError where there are no locks.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        _lock(handle, time.monotonic() + patience_s)
        yield
    finally:
        os.close(handle)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a file or folder as far as that can be: without locks nobody clears what others stage."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(locked(path, PATIENCE_S))
        yield


def _lock(handle: int, until: float) -> None:
    if sys.platform == "win32":  # folders cannot be opened there anyway
        raise OSError(errno.ENOTSUP, "no such locks here")
    import fcntl

    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
        time.sleep(LOOK_S)
