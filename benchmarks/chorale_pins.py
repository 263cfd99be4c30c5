"""Harmonisations with random pins: nothing pinned altered, no voice out of its range, notation that all can read.

    python benchmarks/chorale_pins.py chorales --pieces 1000 --ledger pins.jsonl

Chorales of a split keep their soprano and, by chance, single notes or whole stretches of the other voices; the model
writes the rest. Of each it is counted how many kept notes are not there tick for tick, how many kept cells sound
otherwise, how many notes are beyond the range of their voice, what the MusicXML schema in music21's wheel does not
allow, and how many notes music21 does not read back from it. What is found is kept in the ledger.
"""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from ledger import Ledger
from measure import Result, parser, run, say, table
from numpy.typing import NDArray

from partimento import edit
from partimento.audit.grid import frames_of
from partimento.compose.chorales import pinned, write
from partimento.compose.chorales.model import ChoraleModel, load
from partimento.compose.model import one_thread
from partimento.data.corpus import Corpus, corpus
from partimento.errors import MissingData
from partimento.notation import to_musicxml
from partimento.notation.streams import parsed
from partimento.prompt import Prompt
from partimento.score import Score
from partimento.voices import NAMES, VOICES

WRONG = ("kept notes missing", "kept cells altered", "notes out of range", "against the schema", "not read back")
QUARTER = 4  # 16ths
SCHEMA = Path(__file__).parents[1] / "tests" / "musicxml_schema.py"


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("model", help="a bundled model, a run or a checkpoint folder")
    made.add_argument("--data", default="chorales", help="a prepared corpus of chorales with holds")
    made.add_argument("--split", default="test", help="whose sopranos are harmonised")
    made.add_argument("--pieces", type=int, default=1000, help="harmonisations")
    made.add_argument("--crop", type=int, default=64, help="of each chorale the first so many 16ths; 0: all")
    made.add_argument("--iterations", type=int, default=0, help="of Gibbs sampling; 0: as the model does it")
    made.add_argument("--seed", type=int, default=2026)
    made.add_argument("--runs", default="", help="where your own runs are")
    made.add_argument("--ledger", type=Path, metavar="FILE", help="findings, kept there and not sought twice")
    return made


def measured(given: Namespace) -> Result:
    """The sums over all harmonisations, and which of them had anything wrong."""
    material, ledger, model = corpus(given.data), Ledger(given.ledger), load(given.model, given.runs or None)
    schema, count = shipped(), 2 if given.quick else given.pieces
    about = f"{model.checkpoint.weights_hash[:12]} {material.fingerprint[:12]} {given.split} seed {given.seed}"
    rows = []
    for number in range(count):
        key = f"{about} crop {given.crop} iterations {given.iterations} no. {number}"
        rows.append(ledger.of(key, lambda n=number: one(model, material, given, n, schema)))
        if not (number + 1) % 50:
            say(f"{number + 1} of {count}: {sum(any(row[name] for name in WRONG) for row in rows)} with anything wrong")
    sums = {name: sum(row[name] for row in rows) for name in ("notes", "kept notes", "kept cells", *WRONG)}
    wrong = [row["piece"] for row in rows if any(row[name] for name in WRONG)]
    return {"harmonisations": count, "crop": given.crop, "sums": sums, "wrong": wrong}


def one(model: ChoraleModel, material: Corpus, given: Namespace, number: int, schema: Any) -> Result:
    """One harmonisation with pins by chance, looked over."""
    generator = np.random.default_rng([given.seed, number])
    pieces = material.split(given.split)
    piece = pieces[number % len(pieces)]
    prompt = drawn(material.score(piece), given.crop, generator)
    way = replace(model.family.gibbs, **({"iterations": given.iterations} if given.iterations else {}))
    with one_thread():
        manner = replace(model.manner, gibbs=way)
        (made,) = write(model.family, model.codec, prompt, manner, seed=int(generator.integers(2**31)))
    return {"piece": f"{material.pieces[piece].id} no. {number}"} | looked_over(prompt, made.score, schema)


def drawn(score: Score, crop: int, generator: np.random.Generator) -> Prompt:
    """The soprano and some cells, or whole beats, of the other voices are kept, of a share by chance."""
    if crop:
        score = edit.excerpt(score, 0, crop * score.ticks_per_quarter // QUARTER)
    length = -(-score.end * QUARTER // score.ticks_per_quarter)
    run_of = int(generator.choice([1, QUARTER, 4 * QUARTER]))
    chances = generator.random((-(-length // run_of), len(NAMES)))
    free = (chances > generator.random() / 2).repeat(run_of, axis=0)[:length]
    free[:, 0] = False
    free[int(generator.integers(length)), 1:] = True  # something is to be written
    return pinned(score, free)


def looked_over(prompt: Prompt, score: Score, schema: Any) -> Result:
    """What there is, and what of it is wrong."""
    kept, written = prompt.kept, to_musicxml(score)
    sounding = frames_of(kept)
    altered = (frames_of(score)[: len(sounding)] != sounding) & (sounding > 0)
    low, high = (np.array([getattr(voice, end) for voice in VOICES])[score.notes["track"]] for end in ("low", "high"))
    wrong = (
        len(_rows(kept.notes) - _rows(score.notes)),
        int(altered.sum()),
        int(((score.notes["pitch"] < low) | (score.notes["pitch"] > high)).sum()),
        len(schema.faults(written)),
        len(_heard(score) ^ _read_back(written.decode(), score.ticks_per_quarter)),
    )
    sizes = {"notes": len(score), "kept notes": len(kept), "kept cells": int((sounding > 0).sum())}
    return sizes | dict(zip(WRONG, wrong, strict=True))


def _rows(notes: NDArray[np.void]) -> set[tuple[int, ...]]:
    return set(map(tuple, notes.tolist()))


def _heard(score: Score) -> set[tuple[int, ...]]:
    """Onset, duration, pitch and voice of each note."""
    return {(row[0], row[1], row[2], row[4]) for row in score.notes.tolist()}


def _read_back(text: str, ticks: int) -> set[tuple[int, ...]]:
    """The same as music21 reads it, tied notes as one."""
    return {
        (round(note.getOffsetInHierarchy(part) * ticks), round(note.quarterLength * ticks), note.pitch.midi, track)
        for track, part in enumerate(each.stripTies() for each in parsed(text, "musicxml").parts)
        for note in part.recurse().notes
    }


def shipped() -> Any:
    """The schema in music21's wheel, by the reader that the tests have. Raises MissingData."""
    found = spec_from_file_location("musicxml_schema", SCHEMA)
    if found is None or found.loader is None or not SCHEMA.exists():
        raise MissingData(f"{SCHEMA}: not there; run this from a whole checkout of the project")
    reader: ModuleType = module_from_spec(found)
    found.loader.exec_module(reader)
    schema = reader.shipped()
    if schema is None:
        raise MissingData("music21 is not installed: pip install partimento[score]")
    return schema


def told(result: Result) -> list[str]:
    """The sums as a table; then the harmonisations with anything wrong."""
    sums = [{"": name, "number": number} for name, number in result["sums"].items()]
    wrong = ", ".join(result["wrong"]) or "none"
    return [*table([{"": "harmonisations", "number": result["harmonisations"]}, *sums]), "", f"anything wrong: {wrong}"]


if __name__ == "__main__":
    run(options(), measured, told)
