"""What passes between parent and child: a line of JSON, then plain bytes; through a pipe, after their length.

A parser that a hostile file took over can thus tell lies, which whoever reads the bytes has to check,
but nothing that it says is run.
"""

import json
from collections.abc import Sequence
from typing import IO, Any

Json = str | int | float | bool | None | Sequence["Json"] | dict[str, "Json"]

LENGTH_BYTES = 8
READY = b""  # the message of a child that has started
CHUNK_BYTES = 2**20  # what is set aside at once for a length that may be a lie


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


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message with its length before it. Raises OSError where nobody reads."""
    pipe.write(len(message).to_bytes(LENGTH_BYTES, "big"))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes], most_bytes: int | None = None) -> bytes | None:
    """The next message, or None where the pipe ends before it does. Raises ValueError where it would be too long."""
    length = pipe.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    left = int.from_bytes(length, "big")
    if most_bytes is not None and left > most_bytes:
        raise ValueError(f"a message of {left} bytes")
    parts: list[bytes] = []
    while left:
        parts.append(pipe.read(min(left, CHUNK_BYTES)))
        left -= len(parts[-1])
        if not parts[-1]:
            return None
    return b"".join(parts)
