"""The same bytes again: what a file says of its making is read, composed anew and held against the file.

``claim`` reads and checks what is said, ``again`` composes from it, ``differences`` says in words what is not the
same, ``verdict.reproduce`` is all of it.
"""

from .verdict import Reproduction, reproduce

__all__ = ["Reproduction", "reproduce"]
