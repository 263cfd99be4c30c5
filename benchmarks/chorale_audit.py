"""How many faults of voice leading Bach's own chorales have, per 1,000 moving voice pairs, by split.

    python benchmarks/chorale_audit.py ../shared/data/jsb-chorales/Jsb16thSeparated.json

A moving voice pair is a pair of voices that both change pitch between consecutive 16ths. The keys are not in this
file: of dominants only the sevenths are known. ``pieces``: how many have parallel fifths or octaves.
"""

from argparse import Namespace

from jsb import Pieces, read, with_file
from measure import Result, parser, run, table, timed

from partimento.audit.rules import FAULTS
from partimento.audit.voices import Tally, tally

PARALLELS = ("parallel fifths", "parallel octaves")
HEAD = "per 1,000 moving pairs (number)"
SUMMARY = ("moving voice pairs", "pieces", "pieces with parallels", "CPU-s")


def column(pieces: Pieces) -> Result:
    """What one split has: rates and counts of each kind of fault, and the summary."""
    tallies, spent = timed(lambda: [tally(piece) for piece in pieces])
    every = sum(tallies, Tally())
    faulty = sum(any(each.counts[kind] for kind in PARALLELS) for each in tallies)
    summary = zip(SUMMARY, (every.moving, len(pieces), faulty, spent.cpu_s), strict=True)
    return {"rates": every.rates, "counts": every.counts, **dict(summary)}


def measured(given: Namespace) -> Result:
    """A column for each split."""
    few = slice(5) if given.quick else slice(None)
    return {"splits": {name: column(pieces[few]) for name, pieces in read(given.file).items()}}


def told(result: Result) -> list[str]:
    """The table: a row for each kind of fault, with its rate and its count, and the summary."""
    splits = result["splits"]
    rates = [
        {HEAD: kind} | {name: f"{each['rates'][kind]:.2f} ({each['counts'][kind]})" for name, each in splits.items()}
        for kind in FAULTS
    ]
    return table([*rates, *({HEAD: row} | {name: each[row] for name, each in splits.items()} for row in SUMMARY)])


if __name__ == "__main__":
    run(with_file(parser(__doc__)), measured, told)
