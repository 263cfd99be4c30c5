"""What the menu asked for, said to the command line: the very same way in, the same errors, the same bytes."""

import shlex
from collections.abc import Sequence

from ..app import run
from .ask import say


def perform(arguments: Sequence[str]) -> int:
    """Run a verb, after its command has been shown; its exit status. No error of a verb ends the menu."""
    say(f"partimento {shlex.join(arguments)}")
    return run(arguments)
