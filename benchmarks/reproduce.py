"""Pieces of the bundled models, composed here and reproduced to the byte in a new process.

    python benchmarks/reproduce.py --pieces 100 --folder pieces

Of each model so many pieces are composed with a mix of settings: seeds, temperatures, cuts, lengths in seconds and in
notes, controls, one of several, primers (earlier pieces; whole, a random part, left out of the result), and of chorales
keys, metres, fermatas, harmonised melodies and rewritten bars. Then ONE new process of Python reproduces a file of each
(MIDI, JSON or MusicXML in turn), and a few are given to the command line, a process each. What is counted is how many
have the same bytes; what differs is told.
"""

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measure import Result, child_environment, parser, run, say, table, timed

from partimento import midi
from partimento.compose.chorales.model import ChoraleModel
from partimento.compose.load import load
from partimento.compose.model import Model
from partimento.compose.piece import Piece
from partimento.zoo import BUNDLED

TEMPERATURES = ({}, {"temperature": 0.8}, {"temperature": 1.1, "top_p": 0.95}, {"min_p": 0.05}, {"temperature": 0.0})
CONTROLS = ({}, {"density": 6.0}, {"dynamics": 45.0}, {"density": 3.0, "dynamics": 80.0})
PRIMERS = ({"primer_s": 4.0}, {"primer_from": "random", "primer_s": 3.0}, {"primer_s": 5.0, "keep_primer": False}, {})
KEYS, METRES, FERMATAS = ("", "g-minor", "d-major", "f-major"), ("4/4", "3/4"), ((), (2,), (1, 3))
SECONDS, NOTES, BARS = 8.0, 40, 4
FEWEST_NOTES = 5
CHILD = """
import json, sys
from partimento import reproduce
for line in sys.stdin:
    found = reproduce(line.strip())
    print(json.dumps({"same": found.same, "differences": found.differences}), flush=True)
"""


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("--models", nargs="+", default=list(BUNDLED), help="bundled models")
    made.add_argument("--pieces", type=int, default=100, help="of each model")
    made.add_argument("--alone", type=int, default=5, help="of them reproduced by the command line, a process each")
    made.add_argument("--folder", type=Path, help="keep the pieces here")
    return made


def measured(given: Namespace) -> Result:
    """For each model how many pieces came again to the byte."""
    with TemporaryDirectory() as scratch:
        home = given.folder or Path(scratch)
        count = 3 if given.quick else given.pieces
        return {"models": {name: _model(name, home / name, count, given.alone) for name in given.models}}


def _model(name: str, home: Path, count: int, alone: int) -> Result:
    home.mkdir(parents=True, exist_ok=True)
    files, composing = timed(lambda: list(_files(name, home, count)))
    found, again = timed(lambda: _in_one_process(files))
    lone = [_by_command(file) for file in files[:: max(count // alone, 1)][:alone]]
    wrong = {str(file.name): each["differences"] for file, each in zip(files, found, strict=True) if not each["same"]}
    say(f"{name}: {count - len(wrong)} of {count} the same bytes")
    spent = {"composing, CPU s": composing.cpu_s, "reproducing, CPU s": again.cpu_s}
    same = {"pieces": count, "same bytes": count - len(wrong), "alone": len(lone), "alone the same": sum(lone)}
    return {**same, **spent, "different": wrong}


def _files(name: str, home: Path, count: int) -> Iterator[Path]:
    """A file of each piece, each with the JSON beside it."""
    model = load(name)
    for i in range(count):
        piece = _chorale(model, i, home) if isinstance(model, ChoraleModel) else _performance(model, i, home)
        for suffix in (".json", ".mid", *([".musicxml"] if ".musicxml" in piece.suffixes else [])):
            path = piece.save(home / f"{i:03d}{suffix}")
        suffixes = (".mid", ".json", path.suffix)
        yield home / f"{i:03d}{suffixes[i % len(suffixes)]}"


def _performance(model: Model, i: int, home: Path) -> Piece:
    """The piece ``i``: every third goes on from an earlier one, every fifth is the second of two."""
    primed = {**PRIMERS[i // 3 % len(PRIMERS)]} if i % 3 == 2 else {}
    primer = _heard(home)[i % 7] if i % 3 == 2 else None
    length: dict[str, Any] = {"notes": NOTES} if i % 4 == 3 else {"seconds": SECONDS}
    request = model.request(
        primer,
        length.get("seconds"),
        length.get("notes"),
        1000 + i,
        controls=dict(CONTROLS[i // 2 % len(CONTROLS)]),
        **TEMPERATURES[i % len(TEMPERATURES)],
        **primed,
    )
    return next(model.pieces(replace(request, first=int(i % 5 == 4))))


def _heard(home: Path) -> list[Path]:
    """Seven of the pieces so far, each with enough notes to go on from; some of them more than once."""
    found = [path for path in sorted(home.glob("*.mid")) if len(midi.read(path)[0]) >= FEWEST_NOTES]
    return (found * 7)[:7]


def _chorale(model: ChoraleModel, i: int, home: Path) -> Piece:
    """The chorale ``i``: of three one is composed, one harmonised, one rewritten in part."""
    drawn = {name: value for name, value in TEMPERATURES[i % 4].items() if name != "min_p"}
    earlier = home / f"{i - 1:03d}{'.musicxml' if i % 2 else '.mid'}"
    if i % 3 == 0:
        asked = {"key": KEYS[i // 3 % 4], "metre": METRES[i // 3 % 2], "fermatas": FERMATAS[i // 3 % 3]}
        return model.compose(BARS, seed=1000 + i, **asked, **drawn)
    if i % 3 == 1:
        return model.harmonize(earlier, keep=("soprano", "bass", "soprano,alto")[i // 3 % 3], seed=1000 + i, **drawn)
    return model.fill(earlier, bars=("2-3", "4", "1-2")[i // 3 % 3], voices=("", "alto,tenor")[i % 2], seed=i, **drawn)


def _in_one_process(files: list[Path]) -> list[Any]:
    """What a new process finds of all ``files``."""
    names = "".join(f"{file}\n" for file in files)
    command = [sys.executable, "-c", CHILD]
    made = subprocess.run(command, input=names, stdout=subprocess.PIPE, text=True, env=child_environment(), check=True)
    return [json.loads(line) for line in made.stdout.splitlines()]


def _by_command(file: Path) -> bool:
    """Whether the command line says that ``file`` has the same bytes."""
    command = [sys.executable, "-m", "partimento", "reproduce", str(file), "--quiet"]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=child_environment(), check=False)
    return made.returncode == 0 and made.stdout.endswith("same bytes\n")


def told(result: Result) -> list[str]:
    """The counts as a table."""
    rows = (
        {"model": name, **{k: v for k, v in found.items() if k != "different"}}
        for name, found in result["models"].items()
    )
    return table(list(rows))


if __name__ == "__main__":
    run(options(), measured, told)
