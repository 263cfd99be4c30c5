"""What happens to a child: it is killed or signalled at a moment, meets a NaN, a full disk or a clock that jumps.

Each function gives what is to be done in the child before the command, as ``Stage.command`` takes it.
"""

import errno
import itertools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks.faults.stage import Fault

POINTS: dict[str, tuple[Any, str]] = {  # the calls by which the product changes a disk
    "written": (Path, "write_bytes"),
    "synced": (os, "fsync"),
    "renamed": (os, "rename"),
    "replaced": (os, "replace"),
    "made": (os, "mkdir"),
    "removed": (os, "unlink"),
    "emptied": (os, "rmdir"),
}
TICK_S = 0.15  # a look at the trainer's clock
LOOK_S = 0.001


def ticking() -> None:
    """The trainer's clock goes on by its looks: it saves and validates as often on any machine."""
    import partimento.train.trainer as trainer

    looks = itertools.count()

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return TICK_S * next(looks)

    trainer.time = Clock  # type: ignore[assignment]


def signalled(number: int, cpu_s: float) -> Fault:
    """A signal after so many seconds of work, whatever is then being done."""

    def watch(begun: float) -> None:
        while time.process_time() - begun < cpu_s:
            time.sleep(LOOK_S)
        os.kill(os.getpid(), number)

    return lambda: Thread(target=watch, args=(time.process_time(),), daemon=True).start()


def killed_at(point: str, count: int, place: str = "", after: bool = False) -> Fault:
    """SIGKILL just before (or after) the ``count``-th call at a point whose first argument names ``place``."""

    def die(real: Callable[..., Any], *given: Any, **more: Any) -> Any:
        if after:
            real(*given, **more)
        elif point == "written":
            real(given[0], given[1][: len(given[1]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    return _at(point, count, place, die)


def stopped_at(point: str, count: int) -> Fault:
    """SIGTERM at the ``count``-th call at a point: a training run ends well within a step."""

    def stop(real: Callable[..., Any], *given: Any, **more: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return real(*given, **more)

    return _at(point, count, "", stop)


def full_at(point: str, count: int) -> Fault:
    """From the ``count``-th call at a point on, the disk is full."""

    def refuse(real: Callable[..., Any], *given: Any, **more: Any) -> Any:
        if point == "written":
            real(given[0], given[1][: len(given[1]) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return _at(point, count, "", refuse, lasting=True)


def not_a_number(count: int) -> Fault:
    """The loss of the ``count``-th step is no number."""

    def fault() -> None:
        from dataclasses import replace

        from partimento.models import family_of

        family, calls = family_of("transformer"), itertools.count(1)
        real = family.losses

        def losses(*given: Any) -> Any:
            found = real(*given)
            bad = next(calls) == count
            return replace(found, by_phase={n: v * float("nan") for n, v in found.by_phase.items()}) if bad else found

        family.losses = losses  # type: ignore[method-assign]

    return fault


def clock_off(seconds: float) -> Fault:
    """The wall's clock is wrong by so much; that of monotonic time is not."""

    def fault() -> None:
        real, real_ns = time.time, time.time_ns
        time.time = lambda: max(real() + seconds, 0.0)
        time.time_ns = lambda: max(real_ns() + int(seconds * 1e9), 0)

    return fault


def _at(point: str, count: int, place: str, instead: Callable[..., Any], lasting: bool = False) -> Fault:
    """Replace a call by ``instead``, which is handed the real one, the ``count``-th time (and from then on)."""

    def fault() -> None:
        owner, name = POINTS[point]
        real, calls = getattr(owner, name), itertools.count(1)

        def wrapped(*given: Any, **more: Any) -> Any:
            number = next(calls) if place in _named(given[0]) else 0
            hit = number >= count if lasting else number == count
            return instead(real, *given, **more) if hit else real(*given, **more)

        setattr(owner, name, wrapped)

    return fault


def _named(given: Any) -> str:
    """The path that a call is about; of a handle, what Linux says of it."""
    if not isinstance(given, int):
        return str(given)
    link = f"/proc/self/fd/{given}"
    return str(Path(link).readlink()) if Path(link).exists() else ""
