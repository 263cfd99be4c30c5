"""How many MIDI files are read in a second of CPU time: ours, symusic, mido and pretty_midi, on the same files.

Ours is `midi.parse` with all that belongs to it: the limits, the scan of every event, the notes, the report. All
read bytes that are in memory already, one file after another, each reader in turn for each file, so that
whatever else the machine does falls on all of them.
"""

import io
import random
import zipfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median

from measure import Result, parser, repeated, run, shown, table

from partimento.errors import MissingData
from partimento.midi import parse
from partimento.midi.parcel import pack, unpack
from partimento.midi.scan import LIMITS

Reader = Callable[[bytes], object]


def options() -> ArgumentParser:
    """The archive, --pieces and --seed beside the common ones."""
    made = parser(__doc__)
    made.add_argument("archive", type=Path, help="the archive of MAESTRO v3.0.0")
    made.add_argument("--pieces", type=int, default=60, help="how many files, drawn at random")
    made.add_argument("--seed", type=int, default=0, help="of the draw")
    return made


def measured(given: Namespace) -> Result:
    """CPU milliseconds of a file by reader: the mean over the files, and the median."""
    files = drawn(given.archive, 3 if given.quick else given.pieces, given.seed)
    readers = available()
    spent: dict[str, list[float]] = {name: [] for name in readers}
    for data in files:
        for name, (read, repeats) in readers.items():
            spent[name].append(1000 * repeated(lambda read=read, data=data: read(data), repeats).cpu_s)
    parcels = [pack(*parse(data, "file.mid")) for data in files]
    checked = [1000 * repeated(lambda one=one: unpack(one, "file.mid", LIMITS), 5).cpu_s for one in parcels]
    return {
        "files": len(files),
        "mean_bytes": round(mean(map(len, files))),
        "unpack_ms": mean(checked),
        "ms": {name: {"mean": mean(each), "median": median(each)} for name, each in spent.items()},
    }


def drawn(archive: Path, count: int, seed: int) -> list[bytes]:
    """The bytes of ``count`` of the archive's MIDI files."""
    if not zipfile.is_zipfile(archive):
        raise MissingData(f"{archive} is no zip archive: give that of MAESTRO v3.0.0 (partimento data fetch maestro)")
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.lower().endswith((".mid", ".midi")))
        return [opened.read(name) for name in random.Random(seed).sample(names, min(count, len(names)))]


def available() -> dict[str, tuple[Reader, int]]:
    """Each reader that is installed, and how often it reads a file (the median counts)."""
    rows = {
        "partimento": ("partimento", lambda: ours, 5),
        "symusic": ("symusic", symusic, 5),
        "mido": ("mido", mido, 1),
        "pretty_midi": ("pretty_midi", pretty_midi, 1),
    }
    return {name: (made(), repeats) for name, (module, made, repeats) in rows.items() if find_spec(module)}


def ours(data: bytes) -> object:
    """Scan, Score and report."""
    return parse(data, "file.mid")


def symusic() -> Reader:
    """The notes in symusic's own arrays, unchecked."""
    from symusic import Score

    return lambda data: Score.from_midi(data, ttype="tick")


def mido() -> Reader:
    """The messages; no notes are made of them."""
    from mido import MidiFile

    return lambda data: MidiFile(file=io.BytesIO(data))


def pretty_midi() -> Reader:
    """The notes and controls in seconds."""
    from pretty_midi import PrettyMIDI

    return lambda data: PrettyMIDI(io.BytesIO(data))


def told(result: Result) -> Iterable[str]:
    """A row per reader."""
    base = result["ms"]["partimento"]["mean"]
    rows = [
        {"reader": name, "ms a file": ms["mean"], "median": ms["median"], "files a CPU-second": 1000 / ms["mean"],
         "times ours": ms["mean"] / base}
        for name, ms in result["ms"].items()
    ]  # fmt: skip
    yield from table(rows)
    yield f"\n{result['files']} files of {result['mean_bytes']:,} bytes in the mean"
    yield f"unpacking and checking what an isolated process sends: {shown(result['unpack_ms'])} ms more a file"


if __name__ == "__main__":
    run(options(), measured, told)
