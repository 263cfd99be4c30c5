"""Campaign ``workers``: the processes that parse good files are killed, or stopped, while a corpus is prepared.

The rule that is held against what happens (isolate/pool.py): a file whose process is killed is parsed once more in
a fresh process, and is refused as ``crashed`` if that one is killed as well; one whose process takes too long is
refused as ``time`` at once; nothing else changes. A trial is one kill or stop of a process at work; those of idle
ones are told apart. Some kills aim at the second process.
"""

import signal
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.faults.events import END_OF_TRACK
from benchmarks.faults.gauge import TIMEOUT, Work, hits_log
from benchmarks.faults.ingest import ACCEPTED, Prepared, prepare
from benchmarks.faults.mutations import smf
from benchmarks.faults.strikes import Plan, read_strikes
from benchmarks.faults.tally import Tally, tallied
from partimento.data.corpus import Corpus
from partimento.data.manifest import Manifest

WORKERS = 2
FILES_PER_KILL = 50
AIMED_EVERY = 10  # kills: for one of so many a file is chosen whose second try is hit as well
STOPS, FILES_PER_STOP, STOPPED_TIMEOUT_S = 4, 50, 1.0


def good_files(folder: Path, count: int) -> None:
    """Small files of a few notes, no two the same."""
    folder.mkdir(parents=True)
    for number in range(count):
        pitches = [36 + number // 48**place % 48 for place in range(3)] * 4
        notes = b"".join(bytes([10, 0x90, pitch, 64, 60, 0x80, pitch, 0]) for pitch in pitches)
        (folder / f"{number:05}.mid").write_bytes(smf(notes + END_OF_TRACK, kind=0))


def campaign(trials: int, seed: int) -> Tally:
    """``trials`` kills, and a few stops, each among files of its own."""
    with TemporaryDirectory() as place:
        killed, notes = hit(Path(place) / "killed", trials, FILES_PER_KILL, signal.SIGKILL, Random(seed))
        stopped, more = hit(Path(place) / "stopped", STOPS, FILES_PER_STOP, signal.SIGSTOP, Random(seed))
    return tallied("workers", killed | stopped, {"kills": notes, "stops": more})


def hit(place: Path, count: int, files_each: int, how: signal.Signals, chance: Random) -> tuple[dict[str, str], str]:
    """Outcomes of ``count`` signals sent while a corpus is prepared, and what became of the files in words."""
    files = place / "files"
    good_files(files, count * files_each)
    plan = planned(count, count * files_each, how, chance)
    timeout = {TIMEOUT: str(STOPPED_TIMEOUT_S)} if how == signal.SIGSTOP else {}
    clean = prepare(files, place / "clean", WORKERS)
    disturbed = prepare(files, place / "disturbed", WORKERS, env={**plan.to_env(), **timeout})
    hits = read_strikes(hits_log(place / "disturbed" / "log"))
    at_work, idle = parted(hits, disturbed.work)
    outcomes = {f"{how.name} {number}": _noticed(process, how, disturbed) for number, process in enumerate(at_work)}
    outcomes[f"{how.name}: the run"] = "; ".join(differences(clean, disturbed, len(hits), count))
    return outcomes, _summary(disturbed, len(at_work), len(idle))


def planned(count: int, files: int, how: signal.Signals, chance: Random) -> Plan:
    """``count`` signals spread by chance over most of ``files``; of kills, some to both tries of a file."""
    twice = count // AIMED_EVERY if how == signal.SIGKILL else 0
    numbers = chance.sample(range(files * 9 // 10), count - twice)
    return Plan(how, numbers[twice:], numbers[:twice], chance.randrange(2**31))


def parted(hits: Sequence[int], works: Sequence[Work]) -> tuple[list[int], list[int]]:
    """The processes that were hit while they had work, or were given some before anyone knew, and the idle ones."""
    losers = {work.process for work in works if work.code}
    return [process for process in hits if process in losers], [process for process in hits if process not in losers]


def _summary(disturbed: Prepared, at_work: int, idle: int) -> str:
    """What became of the files whose processes were hit."""
    losses = [work for work in disturbed.work if work.code]
    refused = len(disturbed.report["refused"])
    requeued = len({work.subject for work in losses}) - refused
    return f"{at_work} at work ({requeued} files requeued, {refused} refused), and {idle} of idle processes"


def _noticed(process: int, how: signal.Signals, disturbed: Prepared) -> str:
    """What is wrong with how the product took a hit: the work that the process had, or was given next, is lost."""
    codes = [work.code for work in disturbed.work if work.process == process]
    wanted = "crashed" if how == signal.SIGKILL else "time"
    lost = [code for code in codes if code]
    return "" if lost == [wanted] == codes[-1:] or not lost else f"its work ended with {lost}"


def differences(clean: Prepared, disturbed: Prepared, hits: int, wanted: int) -> Iterator[str]:
    """What differs from the clean run beyond what the rule allows."""
    if disturbed.ended.status or disturbed.ended.has_traceback or disturbed.corpus is None or clean.corpus is None:
        yield f"exit status {disturbed.ended.status}: {disturbed.ended.err[-300:]!r}"
        return
    if hits != wanted:
        yield f"{hits} of {wanted} signals could be sent"
    refused = {row["path"]: row["code"] for row in disturbed.report["refused"]}
    if refused != (due := dict(final_refusals(disturbed.work))):
        yield f"refused {refused}, due {due}"
    yield from _other_manifest(clean.corpus.manifest, disturbed.corpus.manifest, refused)
    outcomes = dict(disturbed.outcomes.keys())
    if outcomes != {path: refused.get(path, ACCEPTED) for path, _ in clean.outcomes}:
        yield "files are missing or told of twice"
    yield from _changed(clean.corpus, disturbed.corpus)


def _other_manifest(clean: Manifest, disturbed: Manifest, refused: Collection[str]) -> Iterator[str]:
    """What two manifests say otherwise, but for the files that were ``refused``."""
    if not refused and asdict(clean) != asdict(disturbed):
        yield "shards or manifest are not the same bytes"
    if disturbed.entries != tuple(entry for entry in clean.entries if entry.piece.path not in refused):
        yield "other entries in the manifest than those of the clean run"


def final_refusals(works: Sequence[Work]) -> Iterator[tuple[str, str]]:
    """Each file that the rule refuses, with its code: lost twice, or once by time."""
    codes: dict[str, list[str]] = {}
    for work in works:
        codes.setdefault(work.subject, []).extend([work.code] * bool(work.code))
    yield from ((path, lost[-1]) for path, lost in codes.items() if len(lost) > 1 or lost == ["time"])


def _changed(clean: Corpus, disturbed: Corpus) -> Iterator[str]:
    """Pieces whose music is not that of the clean run."""
    places = {piece.path: index for index, piece in enumerate(clean.pieces)}
    for index, piece in enumerate(disturbed.pieces):
        if disturbed.score(index) != clean.score(places[piece.path]):
            yield f"{piece.path} has other music"
