"""From the bytes of files to Scores, in order, in this process or in several."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..errors import InputError, WorkFailed
from ..midi import ImportReport, parse
from ..midi.report import DROPPED_EVENTS
from ..score import Score
from .source import Piece

HELD_PER_WORKER = 8  # files and results in flight: enough to keep a worker busy, few enough for any memory


@dataclass(frozen=True)
class Reading:
    """The outcome for one file: a Score, or the ``reason`` why it is refused; ``counts`` as the import report."""

    piece: Piece
    score: Score | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def read_all(files: Iterable[tuple[Piece, bytes]], workers: int = 1) -> Iterator[Reading]:
    """The outcome for each file, in the order of ``files``. Raises WorkFailed where a worker is lost."""
    if workers <= 1:
        yield from map(read, files)
        return
    rest = iter(files)
    try:
        with ProcessPoolExecutor(workers) as pool:
            pending = deque(pool.submit(read, file) for file in islice(rest, HELD_PER_WORKER * workers))
            while pending:
                yield pending.popleft().result()
                pending.extend(pool.submit(read, file) for file in islice(rest, 1))
    except BrokenProcessPool as error:
        raise WorkFailed("a reading process was lost, perhaps for want of memory; try --workers 1") from error


def read(file: tuple[Piece, bytes]) -> Reading:
    """The outcome for one file."""
    piece, data = file
    try:
        score, report = parse(data, piece.path)
    except InputError as error:
        return Reading(piece, reason=str(error))
    if not len(score):
        return Reading(piece, counts=_counts(report), reason=f"{piece.path}: holds no notes")
    return Reading(piece, score, _counts(report))


def _counts(report: ImportReport) -> dict[str, object]:
    """The report without what no Score holds: it would give a corpus of the same music another fingerprint."""
    return {name: count for name, count in report.to_json().items() if name not in DROPPED_EVENTS}
