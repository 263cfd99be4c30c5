"""The command line: a thin layer over the rooms below. It knows no torch until a verb needs it."""

import sys
from collections.abc import Sequence

from .app import run


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: run a verb and leave with its exit status."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
