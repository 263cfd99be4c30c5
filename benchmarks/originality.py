"""Are copies found, and are there any? Planted passages, held-out human pieces, and what models compose.

    python benchmarks/originality.py                        # planted copies and false alarms against maestro
    python benchmarks/originality.py --models maestro free  # copy rates beside human excerpts of the same lengths
    python benchmarks/originality.py --runs runs/mine       # the same for each checkpoint that a run has kept
    python benchmarks/originality.py --bundle maestro free  # the hashes that travel with models, from their corpora

A passage counts as found where it is said to be copied, and as named where it is the nearest passage of all. The
false alarm of a human piece is a passage that counts as copied though it is of another work. Everything is drawn
from stated seeds. The corpora have to be prepared.
"""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from measure import Result, parser, run, say, table
from planting import CHANGES, Planted, planted

from partimento.compose.model import Model, load
from partimento.data.corpus import Corpus, corpus
from partimento.data.filters import filtered
from partimento.errors import MissingData
from partimento.originality import COMPACT, Compact, Index, brief, build, indexed
from partimento.originality.figures import COPY, Figures, figures
from partimento.originality.index import Source
from partimento.originality.lines import LINES, texture
from partimento.originality.search import exact, hits, passages
from partimento.originality.works import same_works
from partimento.score import Score
from partimento.zoo import HERE

NOTES = (16, 32, 64)
SEED = 2026
MIDDLE = (2.5, 97.5)  # percentiles


def options() -> ArgumentParser:
    """What is measured, and how much of it."""
    made = parser(__doc__)
    made.add_argument("--against", default="maestro", help="a prepared corpus")
    made.add_argument("--plants", type=int, default=200, help="passages to a row")
    made.add_argument("--models", nargs="*", default=[], help="bundled models, runs or checkpoint folders")
    made.add_argument("--runs", type=Path, help="a run's folder: each of its checkpoints is a model")
    made.add_argument("--bundle", nargs="*", default=[], metavar="NAME", help="bundled models that get their hashes")
    made.add_argument("--pieces", type=int, default=30, help="composed by each model")
    made.add_argument("--seconds", type=float, default=60.0, help="of music in each")
    made.add_argument("--max-copy", type=int, default=None, help="as partimento compose has it")
    return made


def measured(given: Namespace) -> Result:
    """What the command line asks for."""
    if given.bundle:
        return {"bundles": [bundle(name) for name in given.bundle]}
    models = [*given.models, *([str(path) for path in _checkpoints(given.runs)] if given.runs else [])]
    if models:
        pieces = 2 if given.quick else given.pieces
        return {"rates": [row for name in models for row in rates(name, given, pieces)]}
    of, index = corpus(given.against), indexed(given.against, lambda share, remark: None)
    count = 5 if given.quick else given.plants
    rows = [
        recall(of, index, line, change, notes, count)
        for line in LINES
        for change in CHANGES
        for notes in (NOTES if line == "texture" else NOTES[1:])
    ]
    alarms = [false_alarms(of, index, line, given.quick) for line in LINES]
    return {"plants": rows, "alarms": alarms, "build": building(of) if not given.quick else {}}


def _checkpoints(run: Path) -> list[Path]:
    found = sorted((run / "checkpoints").glob("*"), key=lambda path: (len(path.name), path.name))
    if not found:
        raise MissingData(f"--runs {run}: has no checkpoints; name the folder of a run")
    return found


def recall(of: Corpus, index: Index, line: str, change: str, notes: int, count: int) -> Result:
    """How many of ``count`` planted passages are found, and named."""
    generator = np.random.default_rng([SEED, notes, sorted(CHANGES).index(change)])
    each = [_found(of, index, line, planted(of, change, notes, generator, line)) for _ in range(count)]
    say(f"{line} {change} {notes}")
    copied, named = (float(np.mean([one[i] for one in each])) for i in range(2))
    return {"line": line, "passage": change, "notes": notes, "plants": count, "found": copied, "named": named}


def _found(of: Corpus, index: Index, name: str, plant: Planted) -> tuple[bool, bool]:
    """Whether the planted passage counts as copied from its own work, and whether it is the nearest of all."""
    line, postings = LINES[name](plant.score), index.lines[name]
    sources = [of.pieces[piece] for piece in of.split("train")]
    own = same_works(of.pieces[plant.source], sources)
    excluded = same_works(of.pieces[plant.host], sources) & ~own  # the rest of the piece is no copy here
    found = hits(line, postings, excluded)
    near = passages(line, postings, found, exact(line, postings, found))
    there = [
        passage
        for passage in near
        if line.onsets_ms[passage.stop - 1] >= plant.start_ms and line.onsets_ms[passage.first] <= plant.stop_ms
        if own[postings.piece(np.array([passage.there]))[0]]
    ]
    return any(map(COPY[name].is_copy, there)), bool(near) and near[0] in there


def false_alarms(of: Corpus, index: Index, name: str, quick: bool) -> Result:
    """Whole held-out human pieces against all training pieces but those of the same work."""
    held = [*of.split("validation"), *of.split("test")][:: 20 if quick else 1]
    sources = [of.pieces[piece] for piece in of.split("train")]
    found, spent = [], []
    for piece in held:
        line, excluded, begun = LINES[name](of.score(piece)), same_works(of.pieces[piece], sources), time.process_time()
        found.append(figures(name, line, index.lines[name], excluded))
        spent.append(time.process_time() - begun)
    for piece, one in zip(held, found, strict=True):
        if one.copied and one.nearest:
            source = sources[int(index.lines[name].piece(np.array([one.nearest.there]))[0])]
            own = of.pieces[piece]
            say(f"{name}: {one.common}: {own.composer}, {own.title} is like {source.composer}, {source.title}")
    alarms = sum(one.copied for one in found)
    return {
        "line": name,
        "human pieces": len(held),
        "false alarms": alarms,
        "share": alarms / len(held),
        "99th percentile": float(np.percentile([one.common for one in found], 99)),
        "CPU s a piece": float(np.mean(spent)),
        "most": max(spent),
    }


def building(of: Corpus) -> Result:
    """The CPU seconds and megabytes of an index."""
    with tempfile.TemporaryDirectory() as folder:
        begun, wall = time.process_time(), time.monotonic()
        build(of, Path(folder) / "index")
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        return {
            "CPU s": time.process_time() - begun,
            "wall s": time.monotonic() - wall,
            "MB": sum(path.stat().st_size for path in files) / 1e6,
            "compact MB": next(path for path in files if path.name == COMPACT).stat().st_size / 1e6,
        }


def bundle(name: str) -> Result:
    """Write the hashes of what the bundled model ``name`` was trained on beside its weights."""
    of, train = _trained_on(load(name))
    with tempfile.TemporaryDirectory() as folder:
        build(of, Path(folder) / "index", train=train)
        (HERE / name / COMPACT).write_bytes((Path(folder) / "index" / COMPACT).read_bytes())
    made = Compact.open(HERE / name / COMPACT)
    size = (HERE / name / COMPACT).stat().st_size / 1e6
    return {
        "model": name,
        "pieces": len(train),
        **{f"windows of {notes}": count for notes, count in made.said["windows"].items()},
        "MB": size,
    }


def _trained_on(model: Any) -> tuple[Corpus, list[int]]:
    """The corpus of a model, as its recipe filters it, and the pieces that it learnt."""
    data = model.checkpoint.recipe.data
    of = filtered(corpus(data.corpus), data.filter) if data.filter else corpus(data.corpus)
    return of, sorted([*of.split("train"), *(of.split("validation") if data.all_but_test else [])])


def rates(name: str, given: Namespace, pieces: int) -> Iterator[Result]:
    """Composed pieces against the training pieces of their model, and human excerpts of the same lengths."""
    model = load(name)
    if not isinstance(model, Model):
        raise MissingData(f"--models {name}: writes no performances; name another one")
    of, train = _trained_on(model)
    sources = [of.entries[piece] for piece in train]
    index = Index.of(of.folder.name, of.fingerprint, [Source.of(e) for e in sources], [of.score(i) for i in train])
    scores = composed(model, given, pieces)
    own = [figures("texture", texture(score), index.lines["texture"]) for score in scores]
    yield {"music": name, **_rates(own, len(scores))}
    human = list(_human(of, train, index, [len(score) for score in scores]))
    yield {"music": "unseen human, as long", **_rates(human, len(human))}
    if model.compact:
        pairs = zip((brief(score, model.compact).longest for score in scores), own, strict=True)
        alike = sum(one == found.longest or max(one, found.longest) < 8 for one, found in pairs)
        say(f"{name}: hashes and index say the same longest match of {alike} of {len(own)} pieces")


def composed(model: Model, given: Namespace, pieces: int) -> list[Score]:
    """Those of one request, as `partimento compose --seed 2026 --count PIECES` makes them."""
    request = replace(model.request(None, given.seconds, None, SEED, max_copy=given.max_copy), count=pieces)
    return [piece.score for piece in model.pieces(request) if len(piece.score)]


def _human(of: Corpus, train: Sequence[int], index: Index, lengths: Sequence[int]) -> Iterator[Figures]:
    """An excerpt of as many notes for each of ``lengths``, ten times over, each of a random held-out piece."""
    generator, sources = np.random.default_rng(SEED), [of.pieces[piece] for piece in train]
    held = sorted(set(range(len(of))) - set(train))
    lines = {piece: texture(of.score(piece)) for piece in held}
    for notes in np.repeat(lengths, 10).tolist():
        fitting = [piece for piece in held if len(lines[piece]) >= notes]
        if fitting:
            piece = int(generator.choice(fitting))
            start = int(generator.integers(len(lines[piece]) - notes + 1))
            excluded = same_works(of.pieces[piece], sources)
            yield figures("texture", lines[piece][start : start + notes], index.lines["texture"], excluded)


def _rates(found: Sequence[Figures], pieces: int) -> Result:
    columns = {
        "longest exact match": [one.longest for one in found],
        "% of 16-note windows": [100 * (one.share or 0.0) for one in found],
        "figures in common": [one.common for one in found],
        "% copied": [100.0 * one.copied for one in found],
    }
    return {"pieces": pieces, **{name: _with_interval(values) for name, values in columns.items()}}


def _with_interval(values: Sequence[float]) -> str:
    """The mean with the 95 % interval of a bootstrap over pieces."""
    generator = np.random.default_rng(0)
    means = generator.choice(np.array(values, float), (2000, len(values))).mean(axis=1)
    low, high = np.percentile(means, MIDDLE)
    return f"{np.mean(values):.2f} ({low:.2f} to {high:.2f})"


def told(result: Result) -> Iterable[str]:
    """Tables of whatever was measured."""
    for part in ("plants", "alarms", "rates", "bundles"):
        if result.get(part):
            yield from (*table(result[part]), "")
    if result.get("build"):
        yield from table([result["build"]])


if __name__ == "__main__":
    run(options(), measured, told)
