"""Campaign ``primers``: spoilt files as primers of ``partimento compose``, which goes on from them or refuses them.

Most trials call the command line's ``run`` in this process with a model that is loaded once, which spares the
start; the child that reads the primer is the product's own. Some trials are whole processes. A trial survives where
the exit status is 0 or 2, a refusal is one line, nothing half-written lies there, the child took no more than 5 s
and 512 MiB, the parent no more than 5 s for a refused one and 10 s for one that it went on from, and the music that
was written is within bounds. Whole processes may take the time that one takes with a sound primer on top, and 512 MiB
with Python, torch and the model.
"""

import io
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.faults.child import Ended
from benchmarks.faults.child import run as run_process
from benchmarks.faults.gauge import COMMAND, Work, gauged, parent_peak_mb, read_log
from benchmarks.faults.kept import out_of_bounds
from benchmarks.faults.mutants import Mutant, generated, mutants, originals
from benchmarks.faults.tally import Tally, tallied
from benchmarks.measure import say
from partimento import midi
from partimento.compose import model as composing
from partimento.errors import InputError

PROCESSES = 20  # trials that are processes of their own, spread over all
FLOOD_EVERY = 20
MOST_S, MOST_KEPT_S, MOST_MB = 5.0, 10.0, 512.0
ASKED = ("--seconds", "1", "--seed", "1", "--format", "mid", "--name", "piece")
MADE = {"piece.mid", "piece.json"}
REPORTED_EVERY = 50


@dataclass(frozen=True)
class Trial:
    """One primer: how the product ended, what it left in ``out``, and what its child did.

    ``parent_mb``: MiB of the product's own process, where it had one; ``base`` is that of a sound primer.
    """

    ended: Ended
    out: Path
    work: list[Work]
    parent_mb: float = 0.0
    base: "Trial | None" = None

    def fault(self) -> str:
        """What is wrong with it; nothing where it survived."""
        return next(self.faults(), "")

    def faults(self) -> Iterator[str]:
        """All that is wrong with it."""
        if self.ended.status not in (0, 2) or self.ended.has_traceback:
            yield f"exit status {self.ended.status}: {self.ended.err[-300:]!r}"
        if not all(line.isprintable() for line in self.ended.lines):
            yield f"steers the terminal: {self.ended.err[-300:]!r}"
        yield from self._kept() if self.ended.status == 0 else self._refused()
        yield from self._over()
        for work in self.work:
            if max(work.cpu_s / MOST_S, work.peak_mb / MOST_MB) > 1 or work.code == "time":
                yield f"the child took {work.cpu_s:.1f} CPU s, {work.wall_s:.1f} s, {work.peak_mb:.0f} MiB"

    def _refused(self) -> Iterator[str]:
        if len(self.ended.lines) != 1:
            yield f"{len(self.ended.lines)} lines for a refusal: {self.ended.err[-300:]!r}"
        if self.out.exists() and list(self.out.iterdir()):
            yield f"left {[path.name for path in self.out.iterdir()]} behind"

    def _over(self) -> Iterator[str]:
        """What the product's own process took beyond its bounds."""
        most_s, most_mb = MOST_KEPT_S if self.ended.status == 0 else MOST_S, MOST_MB
        if self.base is not None:
            most_s += self.base.ended.cpu_s
        if self.ended.cpu_s > most_s or self.parent_mb > most_mb:
            took = f"{self.ended.cpu_s:.1f} CPU s, {self.parent_mb:.0f} MiB"
            yield f"{took} in the parent, at most {most_s:.1f} and {most_mb:.0f} allowed"

    def _kept(self) -> Iterator[str]:
        if {path.name for path in self.out.iterdir()} != MADE:
            yield f"wrote {[path.name for path in self.out.iterdir()]}"
            return
        try:
            json.loads((self.out / "piece.json").read_text("utf-8"))
            yield from out_of_bounds(midi.read(self.out / "piece.mid", UNBOUNDED)[0])
        except (ValueError, InputError) as error:
            yield f"wrote what can't be read: {error}"


UNBOUNDED = midi.Limits(
    max_bytes=2**28, max_events=10**7, max_metas=10**7
)  # what is read back may be more than may be read in


def campaign(trials: int, seed: int) -> Tally:
    """Each mutant as a primer."""
    outcomes: dict[str, str] = {}
    done: list[Trial] = []
    with TemporaryDirectory() as place, one_load():
        base = tried(Mutant("sound.mid", "sound", generated()[0]), Path(place) / "base", whole=True)
        outcomes["a sound primer"] = f"exit status {base.ended.status}" if base.ended.status else ""
        for number, mutant in enumerate(mutants(seed, trials, originals(), FLOOD_EVERY), start=1):
            trial = tried(mutant, Path(place) / str(number), number % max(trials // PROCESSES, 1) == 0, base)
            outcomes[f"{mutant.name!r} ({mutant.kind})"] = trial.fault()
            done.append(trial)
            if not number % REPORTED_EVERY:
                say(f"{number} primers, {sum(map(bool, outcomes.values()))} did not survive")
    return tallied("primers", outcomes, figures(base, done))


def figures(base: Trial, trials: list[Trial]) -> dict[str, object]:
    """What the tally says beside its counts; the parent's are those in this process and of whole processes."""
    statuses = Counter(trial.ended.status for trial in trials)
    works = [work for trial in trials for work in trial.work]
    here = [trial for trial in trials if trial.base is None]
    return {
        "kept": statuses[0],
        "refused": statuses[2],
        "child's most CPU s": round(max((work.cpu_s for work in works), default=0), 2),
        "child's most MiB": round(max((work.peak_mb for work in works), default=0)),
        "parent's most CPU s": round(max((trial.ended.cpu_s for trial in here), default=0), 1),
        "parent's most MiB": round(max(trial.parent_mb for trial in (base, *trials))),
        "parent's MiB with a sound primer": round(base.parent_mb),
    }


def tried(mutant: Mutant, folder: Path, whole: bool, base: Trial | None = None) -> Trial:
    """A mutant as a primer, in a ``whole`` process of its own or in this one."""
    folder.mkdir()
    primer, out, log = folder / mutant.name, folder / "out", folder / "log"
    primer.write_bytes(mutant.data)
    arguments = ["compose", "--primer", str(primer), "--out", str(out), *ASKED]
    ended = run_process([*COMMAND, str(log), *arguments]) if whole else _called(arguments, log)
    return Trial(ended, out, read_log(log), parent_peak_mb(log) if whole else 0.0, base if whole else None)


def _called(arguments: list[str], log: Path) -> Ended:
    """The command line in this process."""
    from partimento.cli.app import run

    out, err, begun = io.StringIO(), io.StringIO(), time.process_time()
    with gauged(log), redirect_stdout(out), redirect_stderr(err):
        status = run(arguments)
    return Ended(status, out.getvalue(), err.getvalue(), time.process_time() - begun, 0.0)


@contextmanager
def one_load() -> Iterator[None]:
    """Within the block every model is loaded once only."""
    plain = composing.load
    composing.load = cache(plain)
    try:
        yield
    finally:
        composing.load = plain
