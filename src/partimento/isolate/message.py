"""What passes between parent and child: a line of JSON, then plain bytes.

A parser that a hostile file took over can thus tell lies, which whoever reads the bytes has to check,
but nothing that it says is run.
"""

import json
from collections.abc import Sequence
from typing import Any

Json = str | int | float | bool | None | Sequence["Json"] | dict[str, "Json"]


def write_message(head: object, body: bytes = b"") -> bytes:
    """The message of ``head`` and ``body``. Raises TypeError, ValueError where JSON can't hold ``head``."""
    return json.dumps(head).encode() + b"\n" + body


def read_message(message: bytes) -> tuple[Any, bytes]:
    """Head and body of a message, the head not checked. Raises ValueError for any other bytes."""
    head, _, body = message.partition(b"\n")
    try:
        return json.loads(head), body
    except RecursionError:
        raise ValueError("too deep") from None
