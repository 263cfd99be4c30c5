"""A run made into a bundled model: small weights, a card with figures and preset, a licence with everyone's name.

    python benchmarks/bundling.py RUN NAME --preset temperature=0.95 columns=pitch --say trained_for="an hour"

Writes src/partimento/zoo/NAME in this checkout. The corpus of the run has to be prepared: the card gets its
fingerprint, and what its training pieces open with (density, dynamics), from which composing draws.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from partimento import zoo
from partimento.data.corpus import corpus
from partimento.data.filters import filtered
from partimento.errors import PartimentoError
from partimento.train.session import controls_of
from partimento.zoo.bundle import bundle


def main() -> int:
    """Bundle what the command line names; the exit status."""
    given = options().parse_args()
    try:
        checkpoint = zoo.load(given.run, zoo.runs_home(given.runs))
        found = corpus(checkpoint.recipe.data.corpus)
        chosen = filtered(found, checkpoint.recipe.data.filter) if checkpoint.recipe.data.filter else found
        train = chosen.split("train")
        extra = {
            "openings": controls_of(chosen, train, checkpoint.controls.composers).openings,
            "data": {**checkpoint.card["data"], "fingerprint": chosen.fingerprint, "pieces": len(chosen)},
            "preset": dict(map(_pair, given.preset)),
            **dict(map(_pair, given.say)),
        }
        made = bundle(checkpoint.folder, zoo.HERE / given.name, extra)
    except PartimentoError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return error.exit_status
    print(f"{made.folder}: {made.weights_hash}")
    return 0


def options() -> ArgumentParser:
    """The run, the name, and what goes onto the card."""
    made = ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("run", help="a run's name or a checkpoint folder")
    made.add_argument("name", help="of the bundled model")
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--preset", nargs="*", default=[], metavar="KEY=VALUE", help="of the sampler")
    made.add_argument("--say", nargs="*", default=[], metavar="KEY=VALUE", help="more for the card; values may be JSON")
    return made


def _pair(text: str) -> tuple[str, Any]:
    key, _, value = text.partition("=")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


if __name__ == "__main__":
    sys.exit(main())
