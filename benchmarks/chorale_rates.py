"""How many faults of voice leading models make of sopranos that they never saw, beside Bach's own, by way of writing.

    python benchmarks/chorale_rates.py chorales runs/deepbach/checkpoints/best --ledger rates.jsonl

Each model harmonises the sopranos of a split of the corpus `chorales`, which no tune has in common with training:
free, with the rules as masks and penalties while it draws, with repair, and with both; free, phrases and closes are
left to it, too. It draws as its preset says, or at ``--temperature``. Faults are per 1,000 moving voice pairs, with
their number: pairs of voices that both change pitch between consecutive 16ths. The sopranos are Bach's, so that their
own leaps count for all alike. What is found is kept in the ledger, chorale by chorale.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ledger import Ledger
from measure import Result, parser, run, say, table, timed

from partimento.audit.bach import BACH, BACH_HARMONY
from partimento.audit.grid import frames_of, tonics_of
from partimento.audit.harmony import SAID, Harmony, harmony
from partimento.audit.rules import FAULTS
from partimento.audit.voices import Tally, tally
from partimento.compose.chorales import Manner, freed, write
from partimento.compose.chorales.model import ChoraleModel, load
from partimento.compose.model import one_thread
from partimento.data.corpus import Corpus, corpus
from partimento.errors import UnknownName
from partimento.nn.filters import Sampling
from partimento.nn.gibbs import Gibbs
from partimento.score import Score
from partimento.voices import NAMES

WAYS = {  # what the model's own manner is altered by
    "free": {"masks": False, "rounds": 0, "cadences": False},
    "masks": {"rounds": 0},
    "repair": {"masks": False},
    "masks and repair": {},
    "20 blocks": {"masks": False, "rounds": 0, "cadences": False, "gibbs": Gibbs("blocks", 20)},  # free, annealed
    "100 blocks": {"masks": False, "rounds": 0, "cadences": False, "gibbs": Gibbs("blocks", 100)},
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
    made.add_argument("--ways", default=",".join(list(WAYS)[:4]), help=f"with commas, of {', '.join(WAYS)}")
    made.add_argument("--temperature", type=float, help="of what is drawn; by default the model's preset")
    made.add_argument("--seed", type=int, default=2026)
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--ledger", type=Path, metavar="FILE", help="findings, kept there and not sought twice")
    return made


def measured(given: Namespace) -> Result:
    """A column for Bach's own, then one for each model and way."""
    material, ledger = corpus(given.data), Ledger(given.ledger)
    pieces, wanted = material.split(given.split), 2 if given.quick else given.pieces
    ways = [_known(way.strip()) for way in given.ways.split(",")]
    scores = [material.score(piece) for piece in pieces]
    own = sum(map(counted, scores), Tally()), sum(map(harmony, scores), Harmony())
    columns = {f"Bach, {given.split}": _column(*own, len(pieces)), "Bach, all": _column(BACH, BACH_HARMONY, 0)}
    for name in given.models:
        model = load(name, given.runs or None)
        manner = _warmed(model.manner, given.temperature)
        for way in ways:
            say(f"{name}, {way}: {wanted} harmonisations at temperature {manner.sampling.temperature:g}")
            hand = Hand(model, way, replace(manner, **WAYS[way]), given.seed)
            columns[f"{model.name}, {way}"] = _sum(list(harmonised(hand, material, pieces, wanted, ledger)))
    return {"data": given.data, "split": given.split, "pieces": wanted, "seed": given.seed, "columns": columns}


@dataclass(frozen=True)
class Hand:
    """Who writes, in which of the ways, and from which seed."""

    model: ChoraleModel
    way: str
    manner: Manner
    seed: int


def harmonised(hand: Hand, material: Corpus, pieces: list[int], wanted: int, ledger: Ledger) -> Iterator[Result]:
    """``wanted`` harmonisations, as many of each soprano, one more of the first where they do not divide."""
    each, more = divmod(wanted, len(pieces))
    weights, warmth = hand.model.checkpoint.weights_hash[:12], hand.manner.sampling.temperature
    for number, piece in enumerate(pieces):
        count = each + (number < more)
        key = f"{weights} {hand.way} at {warmth:g} {material.fingerprint[:12]} {piece} x {count} seed {hand.seed}"
        if count:
            yield ledger.of(key, lambda p=piece, n=count: written(hand, material.score(p), n))


def written(hand: Hand, score: Score, count: int) -> Result:
    """``count`` harmonisations of a soprano, their tallies added up."""
    asked = freed(score, NAMES[1:]), hand.manner, count, hand.seed
    with one_thread():
        made, spent = timed(lambda: list(write(hand.model.family, hand.model.codec, *asked)))
    total = sum((counted(each.score) for each in made), Tally())
    return {
        "moving": total.moving,
        "counts": total.counts,
        "harmony": asdict(sum((harmony(each.score) for each in made), Harmony())),
        "chorales": count,
        "rewritten": sum(each.rewritten for each in made),
        "cpu_s": spent.cpu_s,
    }


def counted(score: Score) -> Tally:
    """The faults of a chorale, dominants among them."""
    frames = frames_of(score)
    return tally(frames, tonics_of(score, len(frames)))


def told(result: Result) -> list[str]:
    """A row for each kind of fault with its rate and number, one for each share of chords, and the summary."""
    columns = result["columns"]
    rows = [
        {HEAD: kind} | {name: f"{each['rates'][kind]:.2f} ({each['counts'][kind]})" for name, each in columns.items()}
        for kind in FAULTS
    ]
    labels = dict(zip(SUMMARY, ("moving voice pairs", "chorales", "cells rewritten", "CPU-s"), strict=True))
    chords = [
        {HEAD: kind} | {name: f"{each['shares'][kind]:.1%}" for name, each in columns.items()} for kind in SAID.values()
    ]
    return table(
        [
            *rows,
            *chords,
            *({HEAD: labels[row]} | {name: each[row] for name, each in columns.items()} for row in SUMMARY),
        ]
    )


def _known(way: str) -> str:
    if way not in WAYS:
        raise UnknownName("way of writing", way, WAYS)
    return way


def _warmed(manner: Manner, temperature: float | None) -> Manner:
    """``manner`` at another temperature, where one is said."""
    return manner if temperature is None else replace(manner, sampling=Sampling(temperature=temperature))


def _column(found: Tally, heard: Harmony, chorales: int, rewritten: int = 0, cpu_s: float = 0.0) -> Result:
    whole = zip(SUMMARY, (found.moving, chorales, rewritten, cpu_s), strict=True)
    return {"rates": found.rates, "counts": found.counts, "shares": heard.shares, **dict(whole)}


def _sum(parts: list[Result]) -> Result:
    total = sum((Tally(part["moving"], part["counts"]) for part in parts), Tally())
    heard = sum((Harmony(**part["harmony"]) for part in parts), Harmony())
    return _column(total, heard, *(sum(part[name] for part in parts) for name in SUMMARY[1:]))


if __name__ == "__main__":
    run(options(), measured, told)
