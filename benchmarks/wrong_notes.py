"""Wrong notes planted in held-out pieces: how far up they come among the notes that surprise a model.

    python benchmarks/wrong_notes.py --pieces 40

Of each held-out piece the beginning is taken, and in it one note, by chance, gets a pitch class that this passage has
nowhere, at most four semitones away; ``explain`` then ranks all notes by their nats. Notes shorter than an eighth of a
chorale, or than 100 ms, are left alone, as are passages that use all twelve pitch classes near the note.
"""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

import numpy as np
from measure import Result, parser, run, say, table

from partimento.compose.load import load
from partimento.data.corpus import Corpus, corpus
from partimento.edit import opening
from partimento.score import Score

CORPORA = {"maestro": "maestro", "chorales": "chorales"}
BY = {"maestro": "pitch", "chorales": ""}  # the column that is ranked by; none: all
OPENING_S, NEAR_S, SHORTEST_S, TRIES = 20.0, 3.0, 0.1, 50
SHIFTS = (1, -1, 2, -2, 3, -3, 4, -4)


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("--models", nargs="+", default=list(CORPORA), help=f"of {', '.join(CORPORA)}")
    made.add_argument("--pieces", type=int, default=40, help="of the test split of each model's corpus")
    made.add_argument("--seed", type=int, default=2026)
    return made


def measured(given: Namespace) -> Result:
    """The ranks of the wrong notes, from 1, by model."""
    count = 2 if given.quick else given.pieces
    return {"models": {name: _ranks(name, corpus(CORPORA[name]), count, given.seed) for name in given.models}}


def _ranks(name: str, held: Corpus, count: int, seed: int) -> Result:
    model, generator, ranks, notes = load(name), np.random.default_rng(seed), [], 0
    for piece in held.split("test")[:count]:
        planted = _planted(opening(held.score(piece), OPENING_S), generator)
        if planted is None:
            continue
        score, onset_s, pitch = planted
        found = model.explain(score, 1)
        heard = found.score.seconds(found.score.notes["onset"])
        off = np.abs(heard - onset_s) + 1e3 * (found.score.notes["pitch"] != pitch)
        nats = found.nats_by(BY[name])
        ranks.append(1 + int((nats > nats[np.argmin(off)]).sum()))
        notes += len(found.score)
    say(f"{name}: {len(ranks)} wrong notes, median rank {np.median(ranks):g}")
    return {"ranks": ranks, "notes": notes / max(len(ranks), 1)}


def _planted(score: Score, generator: np.random.Generator) -> tuple[Score, float, int] | None:
    """``score`` with a wrong note, the second at which it begins, and its pitch; None where none is found."""
    onsets, lasts = score.seconds(score.notes["onset"]), score.seconds(score.releases)
    for _ in range(TRIES):
        note = int(generator.integers(len(score)))
        near = np.abs(onsets - onsets[note]) < NEAR_S
        classes = {*(score.notes["pitch"][near] % 12).tolist()}
        pitches = [int(score.notes["pitch"][note]) + shift for shift in SHIFTS]
        wrong = next((pitch for pitch in pitches if pitch % 12 not in classes), None)
        if wrong is not None and lasts[note] - onsets[note] >= SHORTEST_S:
            notes = score.notes.copy()
            notes["pitch"][note] = wrong
            return replace(score, notes=notes), float(onsets[note]), wrong
    return None


def told(result: Result) -> list[str]:
    """The ranks in short."""
    rows = []
    for name, found in result["models"].items():
        ranks = np.array(found["ranks"])
        shares = {f"among the first {n}": f"{(ranks <= n).mean():.0%}" for n in (1, 5, 10)}
        rows.append({"model": name, "wrong notes": len(ranks), "median rank": float(np.median(ranks)), **shares,
                     "notes in a passage": float(found["notes"])})  # fmt: skip
    return table(rows)


if __name__ == "__main__":
    run(options(), measured, told)
