"""The command line: a thin layer over the rooms below. It knows no torch until a verb needs it."""

import gc
import sys
from collections.abc import Sequence

from .app import run

YOUNG = 50_000, 20, 50  # objects, then rounds, before the collector looks: imports make nearly 400,000, and all stay


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: run a verb and leave with its exit status."""
    gc.set_threshold(*YOUNG)
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
