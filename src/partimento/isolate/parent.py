"""The parent's side of one piece of work."""

from ..errors import WorkFailed
from .message import Json
from .task import Function, task
from .worker import Worker


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
    worker = started(asked.subject)
    try:
        return worker.do(asked)
    finally:
        worker.stop()


def started(subject: str) -> Worker:
    """A new worker. Raises WorkFailed where the system starts none."""
    try:
        return Worker()
    except OSError as error:
        raise WorkFailed(f"{subject}: no child process could be started: {error.strerror or error}") from None
