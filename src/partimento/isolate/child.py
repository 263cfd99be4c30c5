"""The child's side: one request read from standard input, its answer written to standard output.

Of an answer the head is its kind and a message, the body is the result. The kind is one of those
below or the name of a class in ``errors``.
"""

import os
import sys
from importlib import import_module

from ..errors import PartimentoError
from .limits import limit_self
from .message import read_message, write_message

RESULT, MEMORY, FAILURE = "result", "memory", "failure"


def serve() -> None:
    """Answer the request, whatever becomes of it."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever the function prints must not run into the answer
        answers.write(_answer(sys.stdin.buffer.read()))


def _answer(request: bytes) -> bytes:
    try:
        return write_message([RESULT, ""], _result(request))
    except MemoryError:
        kind, message = MEMORY, ""
    except PartimentoError as error:
        kind, message = type(error).__name__, str(error)
    except Exception as error:  # the parent must hear of anything at all
        kind, message = FAILURE, f"{type(error).__name__}: {error}"
    return write_message([kind, message])


def _result(request: bytes) -> bytes:
    """What the function gives that the request names; the imports come before the limits."""
    (module, name, settings, memory_mb, timeout_s), data = read_message(request)
    function = getattr(import_module(module), name)
    limit_self(memory_mb, timeout_s)
    result = function(data, *settings)
    if not isinstance(result, bytes):
        raise TypeError(f"{name} gave {type(result).__name__}, not bytes")
    return result
