"""Campaigns of faults, each so many trials from one seed; exit status 1 where a trial did not survive.

python -m benchmarks.faults training --trials 100 --seed 1 --json training.json
python -m benchmarks.faults all --trials 5
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from benchmarks.faults.tally import Campaign, Tally
from benchmarks.measure import machine, say, table

CAMPAIGNS = {  # name: module of this package with ``campaign(trials, seed)``, and the number of trials by default
    "training": ("training", 100),
    "files": ("files", 600),
    "disk": ("disk", 30),
    "clock": ("clock", 10),
    "downloads": ("downloads", 100),
    "ingest": ("ingest", 20_000),
    "primers": ("primers", 500),
    "workers": ("workers", 100),
}


def campaign(name: str) -> Campaign:
    """The campaign of a row, imported when it is asked for."""
    return import_module(f"benchmarks.faults.{CAMPAIGNS[name][0]}").campaign


def tallies(given: Namespace) -> Iterator[Tally]:
    """Each campaign that was asked for, run to its end."""
    for name in CAMPAIGNS if given.name == "all" else [given.name]:
        begun = time.monotonic()
        yield campaign(name)(given.trials or CAMPAIGNS[name][1], given.seed)
        say(f"{name}: {time.monotonic() - begun:.0f} s")


def main() -> int:
    """Run, print the table and the failures, write the JSON; 1 where any trial failed."""
    options = ArgumentParser("benchmarks.faults", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    options.add_argument("name", choices=[*CAMPAIGNS, "all"])
    options.add_argument("--trials", type=int, default=0, help="by default as many as docs/benchmarks.md states")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", type=Path, metavar="FILE", help="write the result there, too")
    given = options.parse_args()
    done = list(tallies(given))
    print(*table([tally.row() for tally in done]), sep="\n")
    print(*(f"{tally.name}: {line}" for tally in done for line in tally.failures), sep="\n")
    if given.json:
        said = {"seed": given.seed, "machine": machine(), "campaigns": [tally.to_json() for tally in done]}
        given.json.write_text(json.dumps(said, indent=1) + "\n")
    return 0 if all(tally.whole for tally in done) else 1


if __name__ == "__main__":
    sys.exit(main())
