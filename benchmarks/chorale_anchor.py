"""The count model that a chorale model must beat, in nats per cell and per frame, on the literature's split.

    python benchmarks/chorale_anchor.py ../shared/data/jsb-chorales/Jsb16thSeparated.json

Pitches only (a pitch struck again is a pitch held), joint and chronological: whole pieces, each cell given the frames
before and the higher voices of its own frame. Test sopranos that are in a training piece, too, are told apart.
"""

from argparse import Namespace
from collections.abc import Callable

import numpy as np
from jsb import Pieces, read, with_file
from measure import Result, parser, run, table, timed
from numpy.typing import NDArray

from partimento.evaluate.chorale_anchor import ChoraleAnchor, fitted, limits_of, seen_tunes, transposed

VOICES = ("soprano", "alto", "tenor", "bass")


def as_written(train: Pieces) -> Pieces:
    """Each piece once."""
    return train


def within_ranges(train: Pieces) -> Pieces:
    """Of the twelve transpositions those within each voice's range in training."""
    limits = limits_of(train)
    return [np.asarray(each, np.int64) for piece in train for each in transposed(piece, limits)]


def everywhere(train: Pieces) -> Pieces:
    """All twelve transpositions."""
    return [np.asarray(each, np.int64) for piece in train for each in transposed(piece)]


WAYS: dict[str, Callable[[Pieces], Pieces]] = {
    "as written": as_written,
    "transposed within the ranges": within_ranges,
    "12 transpositions": everywhere,
}


def measured(given: Namespace) -> Result:
    """A row for each way of transposing and each set of pieces."""
    splits = read(given.file)
    train, test = splits["training"], splits["test"]
    seen = seen_tunes(train, test)
    sets = {"validation": splits["validation"], "test": test, "seen tunes": chosen(test, seen)}
    sets["unseen tunes"] = chosen(test, ~seen)
    ways = ["as written"] if given.quick else list(WAYS)
    return {"rows": [row for way in ways for row in rows(way, train, sets)]}


def rows(way: str, train: Pieces, sets: dict[str, Pieces]) -> list[Result]:
    """What each of ``sets`` costs after counting ``train`` in one way."""
    anchor, spent = timed(lambda: fitted(WAYS[way](train)))
    costs = [{"training": way, "set": name, "pieces": len(each)} | cost(anchor, each) for name, each in sets.items()]
    return [row | {"counting, CPU-s": spent.cpu_s} for row in costs]


def cost(anchor: ChoraleAnchor, pieces: Pieces) -> Result:
    """Nats over all cells of all pieces, over the four of a frame, and of each voice's cells."""
    nats = np.concatenate([anchor.nats(piece) for piece in pieces])
    each = {"nats/cell": float(nats.mean()), "nats/frame": float(nats.sum(axis=1).mean())}
    return each | dict(zip(VOICES, nats.mean(axis=0).tolist(), strict=True))


def told(result: Result) -> list[str]:
    """The table, the figure that is compared with four digits."""
    return table([row | {"nats/cell": f"{row['nats/cell']:.4f}"} for row in result["rows"]])


def chosen(pieces: Pieces, which: NDArray[np.bool_]) -> Pieces:
    """Those of ``pieces`` for which ``which`` is true."""
    return [piece for piece, yes in zip(pieces, which, strict=True) if yes]


if __name__ == "__main__":
    run(with_file(parser(__doc__)), measured, told)
