"""The child's side: requests read from standard input, one after the other, each answered on standard output.

First it imports what they need, which takes as long as the disk does, and says that it is ready.

Of an answer the head is its kind, a message and the code of a refusal, the body is the result. The kind
is one of those below or the name of a class in ``errors``.
"""

import os
import signal
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module

from ..errors import PartimentoError
from .limits import limit_memory, limit_time
from .message import READY, read_message, receive, send, write_message

RESULT, MEMORY, FAILURE = "result", "memory", "failure"


def serve(module: str) -> None:
    """Import ``module``, say READY, then answer requests until the parent closes the pipe or is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it ends its children
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever the function prints must not run into the answer
        with suppress(Exception):  # whoever asks for something in it will be told
            import_module(module)
        send(answers, READY)
        while (request := receive(sys.stdin.buffer)) is not None:
            send(answers, _answer(request))


def _answer(request: bytes) -> bytes:
    code = ""
    try:
        return write_message([RESULT, "", code], _result(request))
    except MemoryError:
        kind, message = MEMORY, ""
    except PartimentoError as error:
        kind, message, code = type(error).__name__, str(error), getattr(error, "code", "")
    except Exception as error:  # the parent must hear of anything at all
        kind, message = FAILURE, f"{type(error).__name__}: {error}"
    return write_message([kind, message, code])


def _result(request: bytes) -> bytes:
    """What the function gives that the request names."""
    (module, name, settings, memory_mb, timeout_s), data = read_message(request)
    function = getattr(import_module(module), name)
    _limit_memory_once(memory_mb)
    limit_time(timeout_s)
    result = function(data, *settings)
    if not isinstance(result, bytes):
        raise TypeError(f"{name} gave {type(result).__name__}, not bytes")
    return result


_limit_memory_once = cache(limit_memory)  # a limit of an address space that has grown would be another one
