"""The parent's side: start a child, wait for it, and believe nothing that it says.

The child is a fresh interpreter, not a fork: a fork of a process with torch's threads may deadlock,
and multiprocessing's spawn and forkserver run the caller's script again. It imports what the
function's module imports and nothing else (about 0.15 s with numpy and symusic), and only then
limits itself, so that ``memory_mb`` is what the work may add to the imports. Request and answer
lie in files without a name: unlike a pipe, a file waits for nobody, and its size is known.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from signal import Signals
from tempfile import TemporaryFile
from typing import BinaryIO, Concatenate, NoReturn

from .. import errors
from ..errors import InputError, PartimentoError, UsageError, WorkFailed
from .child import FAILURE, MEMORY, RESULT
from .limits import MEGABYTE, watch
from .message import Json, read_message, write_message

Function = Callable[Concatenate[bytes, ...], bytes]
MOST_LETTERS = 400  # of a message of the child's
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from partimento.isolate.child import serve; serve()"
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # each maps a stack


def isolated(
    function: Function,
    data: bytes,
    *settings: Json,
    memory_mb: int = 512,
    timeout_s: float = 20.0,
    subject: str = "",
) -> bytes:
    """``function(data, *settings)``, worked out in a child process; ``subject`` is what messages call the work.

    The child finds ``function`` by its name, so it is at the top of an importable module. The bytes
    that come back can be trusted no more than ``data``: check them. Raises InputError where the child
    crashes, hangs, or needs or answers with more than ``memory_mb``; the child's own PartimentoError;
    WorkFailed for its other exceptions; UsageError for what would not reach a child.
    """
    subject = subject or function.__qualname__
    request = _request(function, data, (list(settings), memory_mb, timeout_s), subject)
    try:
        with TemporaryFile() as question, TemporaryFile() as answer:
            question.write(request)
            question.seek(0)
            status = _run(question, answer, memory_mb, timeout_s, subject)
            told = _read(answer, memory_mb, subject)
    except OSError as error:
        raise WorkFailed(f"{subject}: no child process could be started: {error.strerror or error}") from None
    if status or not told:
        _refuse(subject, _ending(status))
    return _result(told, memory_mb, subject)


def _request(function: Function, data: bytes, settings: tuple[Json, ...], subject: str) -> bytes:
    """What the child is to do. Raises UsageError where it could not find or read it."""
    module, name = function.__module__, function.__qualname__
    with suppress(AttributeError, ImportError, TypeError, ValueError):
        if module != "__main__" and getattr(import_module(module), name) is function:
            return write_message([module, name, *settings], data)
    advice = "take a function at the top of an importable module, and settings that JSON can hold"
    raise UsageError(f"{subject} can't run in a child process: {advice}")


def _run(question: BinaryIO, answer: BinaryIO, memory_mb: int, timeout_s: float, subject: str) -> int:
    """The exit status of a child that reads ``question`` and writes ``answer``."""
    command = [sys.executable, "-P", "-c", _BOOT, *sys.path]
    environment = {**os.environ, **_ONE_THREAD}
    child = subprocess.Popen(command, stdin=question, stdout=answer, stderr=subprocess.DEVNULL, env=environment)
    try:
        return watch(child, memory_mb, timeout_s)
    except TimeoutError:
        _refuse(subject, f"took more than {timeout_s:g} s")
    except MemoryError:
        _refuse(subject, f"needed more than {memory_mb} MB")
    finally:
        child.kill()
        child.wait()


def _read(answer: BinaryIO, memory_mb: int, subject: str) -> bytes:
    size = answer.seek(0, os.SEEK_END)
    if size > memory_mb * MEGABYTE:
        _refuse(subject, f"answered with more than {memory_mb} MB")
    answer.seek(0)
    return answer.read(size)


def _result(answer: bytes, memory_mb: int, subject: str) -> bytes:
    """The child's result, or the error that it told of; whatever the bytes are, one of these."""
    kind, message, body = _parted(answer)
    if kind == RESULT:
        return body
    if kind == MEMORY:
        _refuse(subject, f"needed more than {memory_mb} MB")
    error = getattr(errors, kind, None)
    if isinstance(error, type) and issubclass(error, PartimentoError):
        raise error.__new__(error, message)  # some of them build their message from other arguments
    raise WorkFailed(f"{subject}: the child process failed with {message}; please report it")


def _parted(answer: bytes) -> tuple[str, str, bytes]:
    """Kind, message and body of an answer; the message as one line that a terminal can show."""
    with suppress(ValueError):
        match read_message(answer):
            case [str(kind), str(message)], body:
                line = "".join(letter if letter.isprintable() else " " for letter in message)
                return kind, line[:MOST_LETTERS], body
    return FAILURE, "an answer that can't be read", b""


def _ending(status: int) -> str:
    """How a child ended, in words."""
    if status >= 0:
        return f"ended the process that did it (status {status})"
    name = Signals(-status).name if -status in {*Signals} else f"signal {-status}"
    return "took too much processor time" if name == "SIGXCPU" else f"crashed ({name})"


def _refuse(subject: str, what: str) -> NoReturn:
    raise InputError(f"{subject}: working on it {what}, so it is refused; check the file or make it smaller")
