"""How long a user waits for `partimento --help` and `import partimento`, beside an interpreter that does nothing.

Each line is a process of its own, the first of which is not counted.
"""

import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from measure import Result, child_environment, parser, repeated, run, table

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import partimento": [sys.executable, "-c", "import partimento"],
    "partimento --help": [str(Path(sys.executable).with_name("partimento")), "--help"],
    "import partimento, load": [sys.executable, "-c", "from partimento import load"],  # the first that needs torch
}


def options() -> ArgumentParser:
    """--repeats beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--repeats", type=int, default=10, help="runs of each command; their median counts")
    return made


def measured(given: Namespace) -> Result:
    """Seconds of each command."""
    repeats = 2 if given.quick else given.repeats
    spent = {}
    for name, command in COMMANDS.items():
        start(command)
        spent[name] = asdict(repeated(lambda command=command: start(command), repeats))
    return {"repeats": repeats, "commands": spent}


def start(command: list[str]) -> None:
    """One process, from its start to its end."""
    subprocess.run(command, check=True, capture_output=True, env=child_environment())


def told(result: Result) -> Iterable[str]:
    """One row per command."""
    rows = result["commands"].items()
    yield from table([{"command": name, "wall s": spent["wall_s"], "CPU s": spent["cpu_s"]} for name, spent in rows])
    yield f"\nmedian of {result['repeats']}"


if __name__ == "__main__":
    run(options(), measured, told)
