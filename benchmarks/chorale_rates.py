"""How many faults of voice leading models make of sopranos that they never saw, beside Bach's own, by way of writing.

    python benchmarks/chorale_rates.py chorales runs/deepbach/checkpoints/best --ledger rates.jsonl

Each model harmonises the sopranos of a split of the corpus `chorales`, which no tune has in common with training:
free, with the rules as masks and penalties while it draws, with repair, and with both. Faults are per 1,000 moving
voice pairs, with their number: pairs of voices that both change pitch between consecutive 16ths. The sopranos are
Bach's, so that their own leaps count for all alike. What is found is kept in the ledger, chorale by chorale.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ledger import Ledger
from measure import Result, parser, run, say, table, timed

from partimento.audit.bach import BACH
from partimento.audit.grid import frames_of, tonics_of
from partimento.audit.rules import FAULTS
from partimento.audit.voices import Tally, tally
from partimento.compose.chorales import freed, write
from partimento.compose.chorales.model import ChoraleModel, load
from partimento.compose.model import one_thread
from partimento.data.corpus import Corpus, corpus
from partimento.errors import UnknownName
from partimento.score import Score
from partimento.voices import NAMES

WAYS = {  # what the model's own manner is altered by
    "free": {"masks": False, "rounds": 0},
    "masks": {"rounds": 0},
    "repair": {"masks": False},
    "masks and repair": {},
}
HEAD = "per 1,000 moving pairs (number)"
SUMMARY = ("moving", "chorales", "rewritten", "cpu_s")


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("models", nargs="+", help="bundled models, runs or checkpoint folders")
    made.add_argument("--data", default="chorales", help="a prepared corpus of chorales with holds")
    made.add_argument("--split", default="test", help="whose sopranos are harmonised")
    made.add_argument("--pieces", type=int, default=200, help="harmonisations by each model in each way")
    made.add_argument("--ways", default=",".join(WAYS), help="ways of writing, with commas")
    made.add_argument("--seed", type=int, default=2026)
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--ledger", type=Path, metavar="FILE", help="findings, kept there and not sought twice")
    return made


def measured(given: Namespace) -> Result:
    """A column for Bach's own, then one for each model and way."""
    material, ledger = corpus(given.data), Ledger(given.ledger)
    pieces, wanted = material.split(given.split), 2 if given.quick else given.pieces
    ways = [_known(way.strip()) for way in given.ways.split(",")]
    own = sum((counted(material.score(piece)) for piece in pieces), Tally())
    columns = {f"Bach, {given.split}": _column(own, len(pieces)), "Bach, all": _column(BACH, 0)}
    for name in given.models:
        model = load(name, given.runs or None)
        for way in ways:
            say(f"{name}, {way}: {wanted} harmonisations")
            parts = harmonised(model, way, material, pieces, wanted, given.seed, ledger)
            columns[f"{model.name}, {way}"] = _sum(list(parts))
    return {"data": given.data, "split": given.split, "pieces": wanted, "seed": given.seed, "columns": columns}


def harmonised(
    model: ChoraleModel, way: str, material: Corpus, pieces: list[int], wanted: int, seed: int, ledger: Ledger
) -> Iterator[Result]:
    """``wanted`` harmonisations, as many of each soprano, one more of the first where they do not divide."""
    each, more = divmod(wanted, len(pieces))
    for number, piece in enumerate(pieces):
        count = each + (number < more)
        weights = model.checkpoint.weights_hash[:12]
        key = f"{weights} {way} {material.fingerprint[:12]} {piece} x {count} seed {seed}"
        if count:
            yield ledger.of(key, lambda p=piece, n=count: written(model, way, material.score(p), n, seed))


def written(model: ChoraleModel, way: str, score: Score, count: int, seed: int) -> Result:
    """``count`` harmonisations of a soprano, their tallies added up."""
    prompt, manner = freed(score, NAMES[1:]), replace(model.manner, **WAYS[way])
    with one_thread():
        made, spent = timed(lambda: list(write(model.family, model.codec, prompt, manner, count, seed)))
    total = sum((counted(each.score) for each in made), Tally())
    rewritten = sum(each.rewritten for each in made)
    return {"moving": total.moving, "counts": total.counts, "chorales": count} | {
        "rewritten": rewritten,
        "cpu_s": spent.cpu_s,
    }


def counted(score: Score) -> Tally:
    """The faults of a chorale, dominants among them."""
    frames = frames_of(score)
    return tally(frames, tonics_of(score, len(frames)))


def told(result: Result) -> list[str]:
    """A row for each kind of fault with its rate and number, and the summary."""
    columns = result["columns"]
    rows = [
        {HEAD: kind} | {name: f"{each['rates'][kind]:.2f} ({each['counts'][kind]})" for name, each in columns.items()}
        for kind in FAULTS
    ]
    labels = dict(zip(SUMMARY, ("moving voice pairs", "chorales", "cells rewritten", "CPU-s"), strict=True))
    return table(
        [*rows, *({HEAD: labels[row]} | {name: each[row] for name, each in columns.items()} for row in SUMMARY)]
    )


def _known(way: str) -> str:
    if way not in WAYS:
        raise UnknownName("way of writing", way, WAYS)
    return way


def _column(found: Tally, chorales: int, rewritten: int = 0, cpu_s: float = 0.0) -> Result:
    whole = zip(SUMMARY, (found.moving, chorales, rewritten, cpu_s), strict=True)
    return {"rates": found.rates, "counts": found.counts, **dict(whole)}


def _sum(parts: list[Result]) -> Result:
    total = sum((Tally(part["moving"], part["counts"]) for part in parts), Tally())
    return _column(total, *(sum(part[name] for part in parts) for name in SUMMARY[1:]))


if __name__ == "__main__":
    run(options(), measured, told)
