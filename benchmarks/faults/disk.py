"""Full disks: nothing that was there is lost or changed, nothing half is written, and after making room all goes on.

As root on Linux the disk is a small tmpfs, filled up but for a random number of bytes; elsewhere the product's
own calls are told that it is full, from a random one on.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.faults.disturb import full_at, ticking
from benchmarks.faults.downloads import offered, published
from benchmarks.faults.server import Answer, serving
from benchmarks.faults.stage import RESUME, TRAIN, Ended, Stage, Work, differences, digest, leftovers, seeds, stage
from benchmarks.faults.tally import Tally, tallied
from partimento import picture, sound  # noqa: F401 (every child would import them anew)
from partimento.checkpoint import Checkpoint, load_checkpoint
from partimento.cli.app import run as partimento
from partimento.errors import PartimentoError
from partimento.zoo.bundle import bundle

SIZE_MB = 64
FILLER = "filler"
MOST = 16  # synced files and folders before which a disk is told to be full
MOST_BITS = 20  # room of up to a megabyte
HALVINGS = 24
TRAINING, FETCH = "training", "a fetched source"
MEMBERS, MEMBER_BYTES = 150, 200  # of its archive: on a disk each takes a page, so that unpacking runs out of room, too
PARTS = ("data/downloads/trial.part", "data/downloads/trial.lock")  # what a download keeps, to go on from
FULL = ("No space left", "are free there")  # how a full disk is told of: by the system, or before anything is written
PIECE = ["compose", "toy", "--seconds", "2", "--name", "piece", "--out", "out", "--format", "mid,wav,png", "--seed"]
PREPARE = ["data", "prepare", "folder", "--from", "midi", "--name"]
EVALUATE = ["evaluate", "toy", "--split", "validation", "--out", "report", "--context"]


def _bundled(figure: int) -> Callable[[], int]:
    """The best model bundled, with a figure on its card that tells two bundles apart."""

    def work() -> int:
        try:
            bundle(Path("runs/toy/checkpoints/best"), Path("bundled"), {"figures": {"which": figure}})
            return 0
        except PartimentoError as error:
            print(f"partimento: {error}", file=sys.stderr)
            return error.exit_status

    return work


def _fetched() -> int:
    """``data fetch`` from a server in the same process, which does not say how much will come."""
    files, archive = published(Random(0), MEMBERS, MEMBER_BYTES)
    with (
        serving(archive, Answer(length=False)) as served,
        offered(served, files, Path("data").resolve()) as name,
    ):
        return partimento(["data", "fetch", name])


TARGETS: dict[str, tuple[Work | None, Work]] = {  # what is there before, and what meets the full disk
    "a new corpus": (None, [*PREPARE, "other"]),
    "a corpus prepared anew": (None, [*PREPARE, "toy", "--split", "0.5,0.5,0"]),
    TRAINING: (None, TRAIN),
    "a piece over another": ([*PIECE, "1"], [*PIECE, "2"]),
    FETCH: (None, _fetched),
    "a bundle over another": (_bundled(1), _bundled(2)),
    "an evaluation over another": ([*EVALUATE, "32"], [*EVALUATE, "64"]),
}


@dataclass(frozen=True)
class Disk:
    """The place, and how to fill it."""

    place: Stage
    is_real: bool

    def run(self, work: Work, room: int, count: int) -> Ended:
        """Run ``work`` with ``room`` bytes left, or with the disk full from the ``count``-th sync on."""
        if not self.is_real:
            return self.place.command(work, ticking, full_at("synced", count))
        filler = self.place.folder / FILLER
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(self.place.folder).free - room, 1))
        try:
            return self.place.command(work, ticking)
        finally:
            filler.unlink()


def campaign(trials: int, seed: int, real: bool = True) -> Tally:
    """Fill the disk in each trial, compare what is there with what was, make room and run the same again."""
    outcomes: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    with _disk(real) as disk, TemporaryDirectory() as kept:
        final = _prepared(disk.place, Path(kept))
        for number, (name, random) in enumerate(seeds(seed, trials)):
            kind = list(TARGETS)[number % len(TARGETS)]
            wrong = _trial(disk, Path(kept), kind, random, final)
            outcomes[name], kinds[kind] = wrong and f"{kind}: {wrong}", kinds[kind] + 1
    return tallied("disk", outcomes, {**kinds, "disk": "a small tmpfs" if disk.is_real else "told to be full"})


@contextmanager
def _disk(real: bool) -> Iterator[Disk]:
    """A stage on a small disk of its own, where one can be mounted."""
    with TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder]
        mounted = real and sys.platform == "linux" and not subprocess.run(mount, capture_output=True).returncode
        try:
            with stage(Path(folder)) as place:
                yield Disk(place, mounted)
        finally:
            if mounted:
                subprocess.run(["umount", folder], check=True)


def _prepared(place: Stage, kept: Path) -> Checkpoint:
    """A run that came to its end, and what the trials replace, copied to ``kept``."""
    place.done(TRAIN, ticking)
    for first, _ in TARGETS.values():
        if first is not None:
            place.done(first, ticking)
    shutil.copytree(place.folder, kept, dirs_exist_ok=True)
    return place.run.latest()[0]


def _put_back(place: Stage, kept: Path, kind: str) -> None:
    for path in place.folder.iterdir():
        shutil.rmtree(path)
    shutil.copytree(kept, place.folder, dirs_exist_ok=True)
    if kind == TRAINING:
        shutil.rmtree(place.run.folder)


def _trial(disk: Disk, kept: Path, kind: str, random: Random, final: Checkpoint) -> str:
    place, work = disk.place, TARGETS[kind][1]
    room, count = int(2 ** random.uniform(0, MOST_BITS)), random.randint(1, MOST)
    for _ in range(HALVINGS):
        _put_back(place, kept, kind)
        before = digest(place.folder)
        ended = disk.run(work, room, count)
        if ended.status:
            break
        room, count = room // 2, max(count // 2, 1)  # there was room enough: no trial yet
    wrong = _refused(ended) or (_whole(place) if kind == TRAINING else _unchanged(place, before))
    return f"{wrong} (room {room}, sync {count})" if wrong else _goes_on(place, kind, final)


def _refused(ended: Ended) -> str:
    """Exit status 1, and one line that names the reason."""
    if ended.status != 1 or not ended.is_one_line or not any(words in ended.said for words in FULL):
        return f"ended with {ended.status}: {ended.said[-400:]!r}"
    return ""


def _unchanged(place: Stage, before: dict[str, str]) -> str:
    now = {name: content for name, content in digest(place.folder).items() if not name.startswith(PARTS)}
    changed = sorted(name for name in {**before, **now} if before.get(name) != now.get(name))
    return f"changed: {changed}" if changed else ""


def _whole(place: Stage) -> str:
    """What a run has saved can be loaded, and nothing half is left."""
    try:
        for folder in (*place.run.saved(), *filter(Path.exists, [place.run.best])):
            load_checkpoint(folder)
    except PartimentoError as error:
        return str(error)
    left = leftovers(place.run.folder)
    return f"left behind: {left}" if left else ""


def _goes_on(place: Stage, kind: str, final: Checkpoint) -> str:
    """After making room the same command succeeds; a run goes on to the same bits."""
    ended = place.command(RESUME if kind == TRAINING and place.run.exists() else TARGETS[kind][1], ticking)
    if ended.status:
        return f"after making room it ended with {ended.status}: {ended.said[-300:]!r}"
    differing = differences(place.run.latest()[0], final) if kind == TRAINING else []
    return f"{len(differing)} tensors differ" if differing else ""
