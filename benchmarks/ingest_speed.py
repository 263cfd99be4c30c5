"""How fast an archive becomes shards, and the price of isolation: the same with every file parsed in this process.

Each row is a whole `data prepare` into an empty folder, or the parsing alone of files that are in memory; the last
table is that of small generated files, of which passing them to a process and back takes more than parsing them.
CPU seconds are those of this process and its children together.
"""

import os
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from unittest.mock import patch

from measure import Result, Spent, middle, parser, run, say, table, timed

from partimento.data import SOURCES, ingest
from partimento.data.reading import Reading, read_all
from partimento.data.source import Piece, RawFile, Source, Split
from partimento.errors import MissingData
from partimento.midi import parse, to_bytes
from partimento.score import from_notes

QUICK_FILES = 8
SMALL_FILES, SMALL_NOTES = 2000, 50
IN_PROCESS = 0  # stands for no workers


def options() -> ArgumentParser:
    """The archive, how much of it, and the numbers of workers beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--source", default="maestro", choices=sorted(SOURCES), help="whose files they are")
    made.add_argument("--from", dest="origin", type=Path, help="the archive or folder; by default looked for")
    made.add_argument("--files", type=int, help="the first so many alone")
    made.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of processes that parse")
    made.add_argument("--repeats", type=int, default=1, help="of each measurement; their median counts")
    return made


def measured(given: Namespace) -> Result:
    """Preparing and parsing, in this process and in workers by turns."""
    origin = given.origin or ingest.nearby(SOURCES[given.source].archive_url)
    if origin is None:
        raise MissingData(f"no archive of {given.source} was found: say where with --from")
    source = limited(SOURCES[given.source], QUICK_FILES if given.quick else given.files)
    files = list(source.pieces(origin, Split()))
    rows = []
    for workers in (IN_PROCESS, *given.workers):
        repeats = range(1 if given.quick else given.repeats)
        say(f"{ways(workers)}: {len(files)} files")
        prepared = middle(prepare(source, origin, workers) for _ in repeats)
        rows.append({"workers": workers, "prepare": asdict(prepared), "parse": asdict(parsed(files, workers, repeats))})
    counts = {"files": len(files), "notes": parse_all(files, IN_PROCESS)}
    return {"source": source.name, **counts, "rows": rows, "small": small(given)}


def small(given: Namespace) -> Result:
    """Parsing small generated files, in this process and in workers by turns."""
    files = list(small_files(QUICK_FILES if given.quick else SMALL_FILES))
    ways, repeats = (IN_PROCESS, *given.workers), range(1 if given.quick else given.repeats)
    rows = [{"workers": workers, "parse": asdict(parsed(files, workers, repeats))} for workers in ways]
    return {"files": len(files), "notes": parse_all(files, IN_PROCESS), "bytes": len(files[0].data), "rows": rows}


def small_files(count: int) -> Iterator[RawFile]:
    """Files of SMALL_NOTES notes, one after the other."""
    for number in range(count):
        pitches = [36 + (number + 7 * place) % 48 for place in range(SMALL_NOTES)]
        score = from_notes([(100 * place, 90, pitch, 64) for place, pitch in enumerate(pitches)])
        yield RawFile(Piece(f"{number}", "train", "", f"{number}.mid", f"{number}"), to_bytes(score))


def parsed(files: list[RawFile], workers: int, repeats: Iterable[int]) -> Spent:
    """What it takes to parse ``files``, the median of ``repeats``."""
    return middle(timed(lambda: parse_all(files, workers))[1] for _ in repeats)


def limited(source: Source, most: int | None) -> Source:
    """``source`` with its first files alone."""

    def first(origin: Path, split: Split) -> Iterator[RawFile]:
        return islice(source.pieces(origin, split), most)

    return replace(source, pieces=first)


def prepare(source: Source, origin: Path, workers: int) -> Spent:
    """What it takes from the archive to shards on disk."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, PARTIMENTO_DATA=home):
        reader = read_all if workers else read_here
        with patch.dict(SOURCES, {source.name: source}), patch.object(ingest, "read_all", reader):
            return timed(lambda: ingest.prepare(source.name, origin, workers=workers))[1]


def parse_all(files: list[RawFile], workers: int) -> int:
    """How many notes the files hold."""
    readings = read_all(files, workers) if workers else read_here(files, workers)
    return sum(len(reading.score) for reading in readings if reading.score)


def read_here(files: Iterable[RawFile], workers: int) -> Iterator[Reading]:
    """As ``read_all`` for files that are sound, without a child process."""
    for file in files:
        score, _ = parse(file.data, file.piece.path)
        yield Reading(file.piece, score, total=file.total)


def ways(workers: int) -> str:
    """The number of workers, in words."""
    return f"{workers} isolated" if workers else "in process"


def told(result: Result) -> Iterable[str]:
    """One row for each way, with its price beside the first."""
    for work, title in (("prepare", "archive to shards"), ("parse", "parsing alone")):
        base = result["rows"][0][work]["cpu_s"]
        yield from table([described(row[work], row["workers"], base, title, result) for row in result["rows"]])
        yield ""
    tiny, rows = result["small"], result["small"]["rows"]
    base = rows[0]["parse"]["cpu_s"]
    title = f"small files ({tiny['bytes']} bytes)"
    each = ({"CPU ms a file": 1000 * row["parse"]["cpu_s"] / tiny["files"]} for row in rows)
    described_rows = (described(row["parse"], row["workers"], base, title, tiny) for row in rows)
    yield from table([row | cost for row, cost in zip(described_rows, each, strict=True)])
    yield ""
    yield f"{result['files']:,} files, {result['notes']:,} notes; price: CPU time as a multiple of that in process"


def described(spent: Result, workers: int, base_cpu_s: float, title: str, result: Result) -> Result:
    """A row for people; rates by the wall's clock."""
    rates = {f"{unit}/s": round(result[unit] / spent["wall_s"]) for unit in ("files", "notes")}
    price = spent["cpu_s"] / base_cpu_s
    return {title: ways(workers), "wall s": spent["wall_s"], "CPU s": spent["cpu_s"], **rates, "price": price}


if __name__ == "__main__":
    run(options(), measured, told)
