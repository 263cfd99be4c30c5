"""What steering a piano model is worth: gaps and melodies with all around them known, rows kept, controls, endings.

    python benchmarks/steering.py likelihood maestro --pieces 60
    python benchmarks/steering.py kept maestro --pieces 1000 --ledger kept.jsonl
    python benchmarks/steering.py controls maestro --pieces 50
    python benchmarks/steering.py endings maestro --pieces 50

likelihood: windows of held-out pieces, some rows of which are free, by the way in which they are written: the model
proposes a row, and where a known row stands before it, that is taken. So it pays for every free row, and at every
known one for having proposed nothing before it. Forward it learns of a known row when that has come; told, it knows
all of them ahead. Both are exact likelihoods of the free rows given the known ones, by the same weights.

kept: excerpts are filled, varied, accompanied and led up to; of each result, the notes of the file that were to be
kept and are not there tick for tick. controls: what is asked for beside what comes. endings: the last seconds of
pieces whose length was asked for, beside those of real pieces.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ledger import Ledger
from measure import Result, parser, run, say, table
from numpy.typing import NDArray

from partimento import edit, midi
from partimento.batch import Batch
from partimento.compose.model import Model, load, one_thread
from partimento.compose.piece import texts
from partimento.compose.steering import Task
from partimento.data.controls import MEASURED
from partimento.data.corpus import Corpus, corpus
from partimento.models.likelihood import piece_cells
from partimento.models.row_tasks import TASKS
from partimento.prompt import Prompt
from partimento.score import Score

WINDOW, BEFORE, GAP = 385, 128, 64  # rows; of a gap, those before it and in it
EXCERPT_S, LAST_S = 8.0, 5.0
ASKED: dict[str, Sequence[str | float]] = {
    "density": (2.5, 5.5, 9.0, 13.0),
    "dynamics": (40.0, 59.0, 77.0),
    "key": ("c-major", "g-minor", "e-major", "b-flat-minor", "d-minor"),
}


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("what", choices=tuple(MEASURES))
    made.add_argument("model", help="a bundled model, a run or a checkpoint folder")
    made.add_argument("--data", default="maestro")
    made.add_argument("--split", default="test")
    made.add_argument("--pieces", type=int, default=50)
    made.add_argument("--seconds", type=float, default=30.0, help="of composed pieces")
    made.add_argument("--seed", type=int, default=2026)
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--ledger", type=Path, metavar="FILE", help="findings of `kept`, kept there and not sought twice")
    return made


def measured(given: Namespace) -> Result:
    """The rows of one table."""
    model, material = load(given.model, given.runs or None), corpus(given.data)
    given.pieces = 2 if given.quick else given.pieces
    with one_thread():
        return {"model": given.model, "what": given.what, "rows": list(MEASURES[given.what](model, material, given))}


# ---- likelihood


def likelihood(model: Model, material: Corpus, given: Namespace) -> Iterator[Result]:
    """Nats per free row, forward and told, of windows with each kind of known rows."""
    network, codec = model.checkpoint.model(), model.checkpoint.recipe.codec
    windows = [piece_cells(codec, material, i)[0] for i in material.split(given.split)]
    chosen = _sample([ids for ids in windows if len(ids) > WINDOW], given)
    for kind in ("gap", "melody", "band", "some"):
        found = np.array([_pair(network, codec, ids, kind, given.seed + n) for n, ids in enumerate(chosen)])
        forward, told, free = found.T
        say(f"{kind}: {len(found)} windows")
        yield {
            "known": kind,
            "windows": len(found),
            "free rows": int(free.sum()),
            "forward": forward.sum() / free.sum(),
            "told": told.sum() / free.sum(),
            "gain (95 %, windows drawn again)": _interval(forward - told, free),
        }


def _sample(pieces: Sequence[Any], given: Namespace) -> list[NDArray[np.int64]]:
    chance = np.random.default_rng(given.seed)
    order = chance.permutation(len(pieces))[: given.pieces]
    starts = [int(chance.integers(len(pieces[i]) - WINDOW)) for i in order]
    return [pieces[i][start : start + WINDOW].astype(np.int64) for i, start in zip(order, starts, strict=True)]


@torch.no_grad()
def _pair(network: Any, codec: Any, ids: NDArray[np.int64], kind: str, seed: int) -> tuple[float, float, int]:
    """Nats of the free rows forward and told, with what it costs to let known rows come, and how many are free."""
    onsets = network.times.onsets(torch.from_numpy(ids)[None])[0].numpy()
    first, known = _known(codec, ids, onsets, kind, np.random.default_rng(seed))
    rows = torch.from_numpy(ids)[None]
    none = torch.zeros(1, len(network.control_sizes), dtype=torch.int64)
    batch = Batch(rows, torch.ones_like(rows[:, 1:], dtype=torch.bool), none)
    told = replace(batch, known=torch.from_numpy(known)[None])
    paid = slice(first - 1, first + GAP if kind == "gap" else None)  # behind a gap nothing can be written
    forward, informed = (_woven(network, codec, each, known[1:])[paid].sum() for each in (batch, told))
    return float(forward), float(informed), int((~known[1:][paid]).sum())


def _woven(network: Any, codec: Any, batch: Batch, known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """float[T]: nats of each free row; of each known one, that of the model proposing nothing before it."""
    step, pitch, *_ = scores = [each.log_probabilities()[0] for each in network.column_scores(batch)]
    target = batch.ids[0, 1:].numpy()
    own = sum(np.take_along_axis(part, target[:, c, None], 1)[:, 0] for c, part in enumerate(scores))
    advances, offsets = codec.columns[0].advances, codec.columns[0].offsets
    after = advances[None] > advances[target[:, 0], None]
    after[:, [offsets["end"], offsets["wait"]]] = True
    later = (np.exp(step) * after).sum(1)
    same = np.exp(np.take_along_axis(step, target[:, :1], 1)[:, 0])
    higher = (np.exp(pitch) * (np.arange(pitch.shape[1]) >= target[:, 1, None])).sum(1)
    return -np.where(known, np.log(later + same * higher), own)


def _known(codec: Any, ids: Any, onsets: Any, kind: str, chance: np.random.Generator) -> tuple[int, NDArray[np.bool_]]:
    """The first row that is paid for, and which rows are known."""
    if kind == "gap":
        return BEFORE, np.arange(len(ids)) >= BEFORE + GAP
    step, pitch = codec.columns[0], codec.columns[1]
    speaks = (ids[:, 0] >= step.offsets["time"]) & (ids[:, 1] >= pitch.offsets["pitch"])
    return 1, TASKS[kind][0](np.where(speaks, ids[:, 1], 0), onsets, chance) & speaks


# ---- kept


def kept(model: Model, material: Corpus, given: Namespace) -> Iterator[Result]:
    """Tasks by chance on excerpts of real pieces: notes that were to be kept and are not in the file."""
    ledger = Ledger(given.ledger)
    found = []
    for number in range(given.pieces):
        key = f"{model.checkpoint.weights_hash[:12]} {given.split} seed {given.seed} no. {number}"
        found.append(ledger.of(key, lambda n=number: _kept_one(model, material, given, n)))
        if not (number + 1) % 100:
            say(f"{number + 1}: {sum(row['altered'] for row in found)} altered")
    for verb in sorted({row["verb"] for row in found}):
        mine = [row for row in found if row["verb"] == verb]
        sums = {name: sum(row[name] for row in mine) for name in ("kept notes", "kept pedals", "new notes", "altered")}
        yield {"task": verb, "regions": len(mine), **sums}


def _kept_one(model: Model, material: Corpus, given: Namespace, number: int) -> Result:
    chance = np.random.default_rng([given.seed, number])
    pieces = material.split(given.split)
    whole = material.score(pieces[number % len(pieces)])
    score = whole.with_notes(whole.notes[:0])
    while not len(score):
        start_s = float(chance.uniform(0, whole.duration_s - EXCERPT_S))
        score = edit.excerpt(whole, int(whole.ticks(start_s)), int(whole.ticks(start_s + EXCERPT_S)))
    request = model.steered(_task(score, chance), score, int(chance.integers(2**31)))
    prompt, piece = request.prompt, next(model.pieces(request))
    saved = midi.parse(midi.to_bytes(piece.score, texts(piece.provenance)), "saved")[0]
    same = Prompt(saved, prompt.free).kept
    missing = _rows(prompt.kept.notes) ^ _rows(same.notes)
    lost = _rows(prompt.kept.pedals) - _rows(saved.pedals)
    return {
        "verb": request.task.verb if request.task else "",
        "kept notes": len(prompt.kept),
        "kept pedals": len(prompt.kept.pedals),
        "new notes": len(saved) - len(same),
        "altered": len(missing) + len(lost),
    }


def _task(score: Score, chance: np.random.Generator) -> Task:
    begin, end = np.sort(chance.uniform(0, score.duration_s, 2))
    tasks = (
        Task("fill", float(min(begin, score.duration_s - 0.2)), float(min(max(end, begin + 0.15), score.duration_s))),
        Task("vary", amount=float(chance.uniform(0.1, 0.9))),
        Task("accompany"),
        Task("lead", to_s=float(chance.uniform(1, 4))),
    )
    return tasks[int(chance.integers(len(tasks)))]


def _rows(table_: NDArray[np.void]) -> set[tuple[int, ...]]:
    return set(map(tuple, table_.tolist()))


# ---- controls


def controls(model: Model, material: Corpus, given: Namespace) -> Iterator[Result]:
    """What was asked beside the median of what came, and how many pieces are in the class that was asked for."""
    for name, values in ASKED.items():
        for value in values:
            pieces = _pieces(model, given, controls={name: value})
            read = [MEASURED[name].read(piece.score) for piece in pieces]
            obtained = [_value(name, piece.score) for piece in pieces]
            right = MEASURED[name].asked(value)
            yield {
                "control": name,
                "asked": value,
                "obtained (median)": float(np.median(obtained)) if name != "key" else "",
                "quartiles": [float(q) for q in np.quantile(obtained, [0.25, 0.75])] if name != "key" else "",
                "same class": f"{sum(each == right for each in read)} of {len(read)}",
            }
    for seconds in (10.0, 30.0, 60.0):
        pieces = _pieces(model, given, seconds)
        lasts = [piece.score.duration_s for piece in pieces]
        row = {"control": "length, s", "asked": seconds, "obtained (median)": float(np.median(lasts))}
        within = sum(abs(each - seconds) <= 0.05 * seconds for each in lasts)
        yield {
            **row,
            "quartiles": [float(q) for q in np.quantile(lasts, [0.25, 0.75])],
            "same class": f"{within} of {len(lasts)} within 5 %",
        }


def _value(name: str, score: Score) -> float:
    if name == "density":
        return len(score) / max(score.duration_s, 1e-9)
    return float(score.notes["velocity"].mean()) if name == "dynamics" and len(score) else 0.0


def _pieces(model: Model, given: Namespace, seconds: float = 0.0, **options: Any) -> list[Any]:
    request = model.request(None, seconds or given.seconds, None, given.seed, **options)
    return list(model.pieces(replace(request, count=given.pieces)))


# ---- endings


def endings(model: Model, material: Corpus, given: Namespace) -> Iterator[Result]:
    """How the last seconds of pieces go, real and composed, the model told of the end or not."""
    real = [material.score(i) for i in material.split(given.split)]
    yield {"pieces": "real", **_ends(real)}
    inside = [
        edit.excerpt(s, int(s.ticks(s.duration_s / 2)), int(s.ticks(s.duration_s / 2 + given.seconds))) for s in real
    ]
    yield {"pieces": "real, cut in the middle", **_ends(inside)}
    yield {"pieces": "composed", **_ends([piece.score for piece in _pieces(model, given)])}
    longer = _pieces(model, given, given.seconds + 15)
    cut = [edit.excerpt(p.score, 0, int(p.score.ticks(given.seconds))) for p in longer]
    yield {"pieces": "composed 15 s longer, and cut", **_ends(cut)}


def _ends(scores: Sequence[Score]) -> Result:
    """Medians over pieces: onsets a second in the last LAST_S beside the whole, the last onset's length, loudness."""
    found = np.array([_end(score) for score in scores if len(score) > 8])
    names = ("density at the end", "last sound, s", "notes that sound at the end", "last loudness")
    return {"of": len(found), **{name: float(np.median(part)) for name, part in zip(names, found.T, strict=True)}}


def _end(score: Score) -> tuple[float, float, float, float]:
    onsets, releases = (score.seconds(part) for part in (score.notes["onset"], score.releases))
    end = float(releases.max())
    density = float((onsets >= end - LAST_S).sum()) / LAST_S / (len(score) / end)
    last = float(onsets.max())
    loud = float(score.notes["velocity"][onsets >= last - 0.05].mean() / score.notes["velocity"].mean())
    return density, end - last, float((releases >= end - 0.3).sum()), loud


def _interval(gains: NDArray[np.float64], free: NDArray[np.float64]) -> str:
    """Nats a free row over all windows, with a bootstrap over windows."""
    drawn = np.random.default_rng(0).integers(len(free), size=(2000, len(free)))
    low, high = np.quantile(gains[drawn].sum(1) / free[drawn].sum(1), [0.025, 0.975])
    return f"{gains.sum() / free.sum():.3f} ({low:.3f} to {high:.3f})"


MEASURES: dict[str, Callable[[Model, Corpus, Namespace], Iterator[Result]]] = {
    "likelihood": likelihood,
    "kept": kept,
    "controls": controls,
    "endings": endings,
}


def told(result: Result) -> list[str]:
    """The table."""
    return table(result["rows"])


if __name__ == "__main__":
    run(options(), measured, told)
