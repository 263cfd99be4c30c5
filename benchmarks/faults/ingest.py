"""Campaign ``ingest``: a folder of spoilt files, and of things that are no files, through ``partimento data prepare``.

A file survives where it is accounted for exactly once (accepted, refused with a code, or a duplicate), where its
process took no more than 5 s and 512 MiB, and where the music that it gave lies within bounds. The run as a whole
has to end with status 0 and no traceback, and to give the same bytes with another number of processes.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.faults.child import Ended, run
from benchmarks.faults.gauge import COMMAND, Work, parent_peak_mb, read_log
from benchmarks.faults.kept import wrong_pieces
from benchmarks.faults.mutants import FLOOD_EVERY, mutants, originals
from benchmarks.faults.tally import Tally, tallied
from benchmarks.measure import say, table
from partimento.data.corpus import Corpus
from partimento.errors import REASONS
from partimento.isolate.limits import PATIENCE
from partimento.isolate.task import LOST
from partimento.printable import printable

MOST_S, MOST_MB = 5.0, 512.0
WORKERS = 2
OTHER_WORKERS = (1, 3)  # that have to give the same, for some of the files
SOME = 10  # one file of so many
ACCEPTED = "accepted"
NAME, REPORT = "spoilt", "report.json"


@dataclass(frozen=True)
class Prepared:
    """How one run of ``data prepare`` ended, with its corpus, if any, its report, and what its processes did."""

    ended: Ended
    corpus: Corpus | None
    report: Mapping[str, Any]
    work: list[Work]

    @property
    def outcomes(self) -> Counter[tuple[str, str]]:
        """How often each file is told of, with its outcome: once, if all is well; duplicates are counted only."""
        if self.corpus is None:
            return Counter()
        refused = [(row["path"], row["code"]) for row in self.report["refused"]]
        return Counter([*refused, *((piece.path, ACCEPTED) for piece in self.corpus.pieces)])

    def faults(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the run as a whole."""
        yield from (("the run", line) for line in run_faults(self.ended))
        if self.corpus is not None:
            self.corpus.verify()
            yield from wrong_pieces(self.corpus)
        slow = slowness(self.work)
        for work in self.work:
            if max(work.cpu_s, lost_s(work) / slow) > MOST_S or work.code == "time":
                yield work.subject, f"{work.cpu_s:.1f} CPU s, {work.wall_s:.1f} s"
            if work.peak_mb > MOST_MB:
                yield work.subject, f"{work.peak_mb:.0f} MiB"


def lost_s(work: Work) -> float:
    """Seconds by the wall's clock of work whose child died, of which nobody knows the CPU time; else 0."""
    return work.wall_s if work.code in LOST else 0.0


def slowness(works: Sequence[Work]) -> float:
    """Wall time as a multiple of CPU time in the children that lived: how busy the machine was. From 1 to PATIENCE."""
    alive = [work for work in works if work.code not in LOST]
    cpu_s = sum(work.cpu_s for work in alive)
    return min(max(sum(work.wall_s for work in alive) / cpu_s, 1.0), PATIENCE) if cpu_s else 1.0


def run_faults(ended: Ended) -> Iterator[str]:
    """What is wrong with how a process ended that had work to do and could do it."""
    if ended.status:
        yield f"exit status {ended.status}: {ended.err[-300:]!r}"
    if ended.has_traceback:
        yield f"a traceback: {ended.err[-300:]!r}"
    if ended.peak_mb > MOST_MB:
        yield f"{ended.peak_mb:.0f} MiB in one process"


def campaign(trials: int, seed: int) -> Tally:
    """``trials`` mutants, and the strange files, prepared twice."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "files"
        kinds = write(folder, trials, seed)
        first = prepare(folder, Path(place) / "all", WORKERS)
        some = linked(folder, Path(place) / "some")
        two = [prepare(some, Path(place) / f"some-{workers}", workers) for workers in OTHER_WORKERS]
        found = (*first.faults(), *accounts(folder, kinds, first), *differences(*two))
        wrong = {"the run": ""} | dict.fromkeys(kinds, "") | dict(reversed(found))  # of several faults the first
        notes = figures(first, kinds)
    return tallied("ingest", {_told(name, kinds): what for name, what in wrong.items()}, notes)


def _told(name: str, kinds: Mapping[str, str]) -> str:
    return f"{name!r} ({kinds[name]})" if name in kinds else printable(name)


def write(folder: Path, trials: int, seed: int, flood_every: int = FLOOD_EVERY) -> dict[str, str]:
    """The files on disk: the kind of each by the path by which the product calls it."""
    folder.mkdir(parents=True)
    kinds = {}
    for mutant in mutants(seed, trials, originals(), flood_every):
        (folder / mutant.name).write_bytes(mutant.data)
        kinds[mutant.name] = mutant.kind
    os.mkfifo(folder / "strange-1.mid")
    (folder / "strange-2.mid").symlink_to("nowhere")
    (folder / "strange-3.mid").symlink_to("strange-3.mid")
    (folder / "strange-4.mid").symlink_to("/dev/zero")
    (folder / "strange-5.mid").mkdir()  # is no file, so nobody has to speak of it
    return kinds | {f"strange-{number}.mid": "strange" for number in (1, 2, 3, 4)}


def linked(folder: Path, other: Path) -> Path:
    """One of SOME files of ``folder``, in another one."""
    other.mkdir()
    for path in sorted(path for path in folder.iterdir() if path.is_file())[::SOME]:
        (other / path.name).hardlink_to(path)
    return other


def prepare(folder: Path, home: Path, workers: int, env: Mapping[str, str] | None = None) -> Prepared:
    """``partimento data prepare folder`` in a process of its own, with all that it makes in ``home``."""
    home.mkdir()
    log = home / "log"
    command = [*COMMAND, str(log), *prepare_command(folder, home, workers)]
    ended = run(command, {"PARTIMENTO_DATA": str(home), **(env or {})})
    works = read_log(log)
    largest = max((work.peak_mb for work in works), default=0.0)  # the system's own figure begins with whoever forked
    ended = replace(ended, peak_mb=max(parent_peak_mb(log), largest))
    peaks = f"{parent_peak_mb(log):.0f} MiB in the parent, {ended.peak_mb:.0f} MiB in the largest process"
    say(f"{folder.name} with {workers} workers: {ended.cpu_s:.0f} CPU s, {peaks}")
    corpus = None if ended.status else Corpus.open(home / NAME)
    return Prepared(ended, corpus, read_report(home), works)


def prepare_command(folder: Path, home: Path, workers: int) -> list[str]:
    """The arguments of ``partimento``."""
    options = {"--from": folder, "--name": NAME, "--workers": workers, "--report": home / REPORT}
    return ["data", "prepare", "folder", *(str(word) for option in options.items() for word in option)]


def read_report(home: Path) -> dict[str, Any]:
    """What ``--report`` wrote; of no file where it wrote nothing."""
    path = home / REPORT
    return json.loads(path.read_text("utf-8")) if path.exists() else {"refused": [], "duplicates": 0}


def accounts(folder: Path, kinds: Mapping[str, str], prepared: Prepared) -> Iterator[tuple[str, str]]:
    """The files that are not told of exactly once, or with a code that is none."""
    if prepared.corpus is None:
        yield from ((name, "lost with the run") for name in kinds)
        return
    told, twice = Counter[str](), duplicates(folder, kinds)
    for (path, outcome), count in prepared.outcomes.items():
        told[path] += count
        if outcome not in REASONS and outcome != ACCEPTED:
            yield path, f"refused with the unknown code {outcome!r}"
    for name in kinds:
        if told.pop(printable(name), 0) != (name not in twice):
            yield name, "not accounted for exactly once"
    yield from ((path, "told of, but not there") for path in told)
    if (told_twice := prepared.report["duplicates"]) != len(twice):
        yield "the run", f"{told_twice} duplicates told, {len(twice)} there"


def duplicates(folder: Path, kinds: Mapping[str, str]) -> set[str]:
    """The files whose content another one has that comes before them in the order of names."""
    seen: set[bytes] = set()
    twice = set()
    for name in sorted(name for name, kind in kinds.items() if kind != "strange"):
        digest = hashlib.sha256((folder / name).read_bytes()).digest()
        twice |= {name} if digest in seen else set()
        seen.add(digest)
    return twice


def differences(first: Prepared, second: Prepared) -> Iterator[tuple[str, str]]:
    """What another number of processes changed."""
    if first.corpus is None or second.corpus is None:
        yield "the run", "gave no corpus"
    elif asdict(first.corpus.manifest) != asdict(second.corpus.manifest):
        yield (
            "the run",
            f"other shards or another manifest with {OTHER_WORKERS[1]} workers than with {OTHER_WORKERS[0]}",
        )
        changed = (first.outcomes - second.outcomes) + (second.outcomes - first.outcomes)
        yield from ((path, f"{outcome} in one of two runs only") for path, outcome in changed)


def figures(prepared: Prepared, kinds: Mapping[str, str]) -> dict[str, object]:
    """What the tally says beside its counts; prints the table of outcomes by kind."""
    kind_of = {
        printable(name): kind.split(" of ")[0] if kind.startswith("flood") else kind for name, kind in kinds.items()
    }
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in dict.fromkeys(kind_of.values())}
    for (path, outcome), count in prepared.outcomes.items():
        by_kind[kind_of.get(path, "strange")][outcome] += count
    columns = [ACCEPTED, *REASONS]
    rows = [{"kind": kind, **{name: counted[name] for name in columns}} for kind, counted in by_kind.items()]
    say("\n".join(table(rows)))
    totals = sum(by_kind.values(), Counter[str]())
    return {
        **totals,
        "slowest CPU s": round(max((work.cpu_s for work in prepared.work), default=0), 2),
        "largest MiB": round(prepared.ended.peak_mb),
        "CPU s": round(prepared.ended.cpu_s),
    }
