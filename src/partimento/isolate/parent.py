"""The parent's side of one piece of work."""

from collections.abc import Callable

from ..errors import WorkFailed
from .message import Json
from .task import Function, Task, task
from .worker import Worker

STARTS = 3  # at most, for a worker that is ready


def isolated(
    function: Function,
    data: bytes,
    *settings: Json,
    memory_mb: int = 512,
    timeout_s: float = 4.0,
    subject: str = "",
) -> bytes:
    """``function(data, *settings)``, worked out in a child process; ``subject`` is what messages call the work.

    The child finds ``function`` by its name, so it is at the top of an importable module. The bytes
    that come back can be trusted no more than ``data``: check them. Raises InputError where the child
    crashes, hangs, needs or answers with more than ``memory_mb`` or gives an answer that can't be read; the
    child's own PartimentoError; WorkFailed for its other exceptions; UsageError for what would not reach a child.
    """
    asked = task(function, data, settings, memory_mb, timeout_s, subject)
    worker = begun(lambda: started(asked))
    try:
        return worker.do(asked)
    finally:
        worker.stop()


def started(task: Task) -> Worker:
    """A new worker that can do ``task``, once it has begun. Raises WorkFailed where the system starts none."""
    try:
        return Worker(task.module)
    except OSError as error:
        raise WorkFailed(f"{task.subject}: no child process could be started: {error.strerror or error}") from None


def begun(start: Callable[[], Worker]) -> Worker:
    """A worker of ``start`` that is ready; one that ended by itself or was killed is made up for. Raises WorkFailed."""
    for _ in range(STARTS):
        if (worker := start()).begin():
            return worker
    raise WorkFailed(f"{STARTS} child processes ended before they were ready: is there memory for them?")
