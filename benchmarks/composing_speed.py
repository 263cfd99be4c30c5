"""How fast a model composes on one thread: rows and music per second, the first note, loading; with --cold the verb.

Rows are those with which the model's codec says what was written. The primer is the beginning of a piece
that the model wrote before. With --cold, `partimento compose` is run as a new process that also renders
the sound and draws the picture; files that were read before may come from the system's memory.
"""

import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import torch
from measure import Result, child_environment, middle, parser, repeated, run, table, timed

from partimento.compose.model import Model, load
from partimento.compose.piece import Piece
from partimento.compose.request import Request
from partimento.errors import WorkFailed
from partimento.zoo import DEFAULT

TOGETHER = (1, 16)
PRIMER_S = 10.0
LONG_S = 60.0
QUICK_S = 4.0


def options() -> ArgumentParser:
    """The model and the lengths beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--model", default=DEFAULT, help="a bundled model, a run's name or a checkpoint folder")
    made.add_argument("--runs", help="where your own runs are")
    made.add_argument("--seconds", type=float, default=LONG_S, help="of music in each piece")
    made.add_argument("--repeats", type=int, default=3, help="of each measurement; their median counts")
    made.add_argument("--cold", action="store_true", help="also the whole of `partimento compose`, three times")
    return made


def measured(given: Namespace) -> Result:
    """Loading, composing, first notes and, where asked for, the verb."""
    torch.set_num_threads(1)
    seconds, repeats = (QUICK_S, 1) if given.quick else (given.seconds, given.repeats)
    model = load(given.model, given.runs)
    warm = next(model.pieces(model.request(None, seconds, None, seed=1)))
    result = {
        "model": model.name,
        "weights_sha256": model.checkpoint.weights_hash,
        "seconds": seconds,
        "repeats": repeats,
        "load": asdict(repeated(lambda: load(given.model, given.runs).family, repeats)),
        "composing": [rates(model, count, seconds, repeats) for count in TOGETHER],
        "first_note": list(first_notes(model, warm, repeats)),
    }
    return {**result, "cold": cold(given, seconds, 1 if given.quick else 3)} if given.cold else result


def rates(model: Model, count: int, seconds: float, repeats: int) -> Result:
    """Rows and seconds of music per second of the clock for ``count`` pieces side by side."""
    request = replace(model.request(None, seconds, None, seed=0), count=count)
    runs = [timed(lambda: list(model.pieces(request))) for _ in range(repeats)]
    (pieces, _), spent = runs[0], middle(spent for _, spent in runs)
    rows, music_s = sum(rows_of(model, piece) for piece in pieces), sum(piece.score.duration_s for piece in pieces)
    return {
        "pieces": count,
        "rows": rows,
        "music_s": music_s,
        **asdict(spent),
        "rows_per_s": rows / spent.wall_s,
        "music_s_per_s": music_s / spent.wall_s,
    }


def rows_of(model: Model, piece: Piece) -> int:
    """How many rows say the piece; the opening one is given, not written."""
    return len(model.checkpoint.recipe.codec.encode(piece.score)) - 1


def first_notes(model: Model, warm: Piece, repeats: int) -> Iterator[Result]:
    """How long the first note takes, from nothing and after a primer."""
    primed = model.request(warm.score, LONG_S, None, seed=0, primer_s=PRIMER_S)
    for name, request in {"nothing": model.request(None, LONG_S, None, seed=0), "a primer": primed}.items():
        kept = len(request.prompt.score)
        yield {"after": name, "primer_notes": kept, **asdict(repeated(lambda r=request: first(model, r), repeats))}


def first(model: Model, request: Request) -> None:
    """Ask for notes and take one."""
    next(model.notes(request), None)


def cold(given: Namespace, seconds: float, repeats: int) -> Result:
    """`partimento compose` from its start to its end: MIDI, sound, picture, sidecar."""
    program = str(Path(sys.executable).with_name("partimento"))
    command = [program, "compose", given.model, "--seconds", str(seconds), "--seed", "0", "--quiet"]
    command += ["--runs", given.runs] if given.runs else []
    with tempfile.TemporaryDirectory() as folder:
        spent = repeated(lambda: start([*command, "--out", folder]), repeats)
        files = {path.suffix.removeprefix("."): path.stat().st_size for path in sorted(Path(folder).iterdir())}
    return {"command": f"partimento compose --seconds {seconds:g}", "repeats": repeats, "bytes": files, **asdict(spent)}


def start(command: list[str]) -> None:
    """One process, from its start to its end. Raises WorkFailed."""
    done = subprocess.run(command, capture_output=True, text=True, env=child_environment())
    if done.returncode:
        raise WorkFailed(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr.strip()}")


def told(result: Result) -> Iterable[str]:
    """Rates by the number of pieces, then everything that one waits for."""
    yield from table(
        [
            {
                "pieces at once": row["pieces"],
                "rows/s": row["rows_per_s"],
                "seconds of music/s": row["music_s_per_s"],
                "rows per second of music": row["rows"] / max(row["music_s"], 1e-9),
                "wall s": row["wall_s"],
                "CPU s": row["cpu_s"],
            }
            for row in result["composing"]
        ]
    )
    waits = {"the model, loaded": result["load"]}
    for row in result["first_note"]:
        notes = f" of {row['primer_notes']} notes" if row["primer_notes"] else ""
        waits[f"the first note after {row['after']}{notes}"] = row
    if "cold" in result:
        waits[f"`{result['cold']['command']}`, sound and picture included"] = result["cold"]
    yield ""
    rows = waits.items()
    yield from table([{"wait for": name, "wall s": row["wall_s"], "CPU s": row["cpu_s"]} for name, row in rows])
    yield f"\n{result['model']}, {result['seconds']:g} s a piece, one thread, median of {result['repeats']}"


if __name__ == "__main__":
    run(options(), measured, told)
