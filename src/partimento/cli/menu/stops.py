"""Ctrl-C and SIGTERM while the menu runs."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def terminations() -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM has come since, whoever handled it: training has a handler of its own, and returns."""
    seen = bytearray()
    ears, mouth = socket.socketpair()
    with ears, mouth:
        ears.setblocking(False)
        mouth.setblocking(False)
        before = -1
        with suppress(ValueError):  # not in the main thread: whoever runs us has the signals
            before = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)

        def came() -> bool:
            with suppress(BlockingIOError):
                seen.extend(ears.recv(4096))
            return signal.SIGTERM in seen

        try:
            yield came
        finally:
            with suppress(ValueError):
                signal.set_wakeup_fd(before)


@contextmanager
def unbroken() -> Iterator[None]:
    """Ctrl-C waits until this is done: an import of torch that was broken off cannot be repeated in a process."""
    seen: list[int] = []
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if seen:
        raise KeyboardInterrupt
