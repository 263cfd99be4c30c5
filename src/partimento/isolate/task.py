"""One piece of work for a child process: the request, the bounds, and what an answer to it means."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from signal import Signals
from typing import Concatenate

from .. import errors
from ..errors import REASONS, InputError, PartimentoError, UsageError, WorkFailed
from .child import MEMORY as OUT_OF_MEMORY
from .child import RESULT
from .limits import MEBIBYTE, MEMORY, TIME
from .message import Json, read_message, write_message

Function = Callable[Concatenate[bytes, ...], bytes]
MOST_LETTERS = 400  # of a message of the child's
CRASHED = "crashed"
LOST = {CRASHED, TIME, MEMORY}  # codes of work that cost its process


class Defect(WorkFailed):
    """An exception in a child that is no refusal: a fault of the program, for one input perhaps."""


@dataclass(frozen=True)
class Task:
    """``request`` is what a child is sent; ``subject`` is what messages call the work."""

    request: bytes
    memory_mb: int
    timeout_s: float
    subject: str
    module: str = ""  # that of the function
    answer_bytes: int | None = None  # of an answer; as many as ``memory_mb`` where nothing is said

    @property
    def most_bytes(self) -> int:
        """How long an answer may be."""
        most = self.memory_mb * MEBIBYTE
        return most if self.answer_bytes is None else min(self.answer_bytes, most)

    def result(self, answer: bytes) -> bytes:
        """The child's result, or the error that it told of; whatever the bytes are, one of these."""
        told = _parted(answer)
        if told is None:
            raise self.refused("gave an answer that can't be read", CRASHED)
        kind, message, code, body = told
        if kind == RESULT:
            return body
        if kind == OUT_OF_MEMORY:
            raise self.over(MEMORY)
        error = getattr(errors, kind, None)
        if not isinstance(error, type) or not issubclass(error, PartimentoError):
            raise Defect(f"{self.subject}: the child process failed with {message}; please report it")
        if issubclass(error, InputError):
            raise error(message, code if code in REASONS else InputError.code)
        raise error.__new__(error, message)  # some of them build their message from other arguments

    def ended(self, status: int) -> InputError:
        """The refusal after a child ended with ``status`` instead of answering."""
        if status >= 0:
            return self.refused(f"ended the process that did it (status {status})", CRASHED)
        name = Signals(-status).name if -status in {*Signals} else f"signal {-status}"
        if name == "SIGXCPU":
            return self.refused("took too much processor time", TIME)
        return self.refused(f"crashed ({name})", CRASHED)

    def over(self, verdict: str) -> InputError:
        """The refusal of work that went over its TIME or its MEMORY."""
        words = {TIME: f"took more than {self.timeout_s:g} s", MEMORY: f"needed more than {self.memory_mb} MB"}
        return self.refused(words[verdict], verdict)

    def refused(self, what: str, code: str) -> InputError:
        """The refusal of the subject, with what the work on it did."""
        advice = "so it is refused; check the file or make it smaller"
        return InputError(f"{self.subject}: working on it {what}, {advice}", code)


def task(
    function: Function,
    data: bytes,
    settings: tuple[Json, ...],
    memory_mb: int,
    timeout_s: float,
    subject: str,
    answer_bytes: int | None = None,
) -> Task:
    """The Task of ``function(data, *settings)``. Raises UsageError where a child could not find or read it."""
    subject = subject or function.__qualname__
    module, name = function.__module__, function.__qualname__
    with suppress(AttributeError, ImportError, TypeError, ValueError):
        if module != "__main__" and getattr(import_module(module), name) is function:
            request = write_message([module, name, list(settings), memory_mb, timeout_s], data)
            return Task(request, memory_mb, timeout_s, subject, module, answer_bytes)
    advice = "take a function at the top of an importable module, and settings that JSON can hold"
    raise UsageError(f"{subject} can't run in a child process: {advice}")


def _parted(answer: bytes) -> tuple[str, str, str, bytes] | None:
    """Kind, message, code and body of an answer; the message as one line that a terminal can show."""
    with suppress(ValueError):
        match read_message(answer):
            case [str(kind), str(message), str(code)], body:
                line = "".join(letter if letter.isprintable() else " " for letter in message)
                return kind, line[:MOST_LETTERS], code, body
    return None
