"""From the bytes of files to Scores, in order, each parsed in one of a few limited child processes."""

from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import InputError
from ..isolate import Defect, Pool
from ..midi import LIMITS, ImportReport
from ..midi.parcel import unpack
from ..midi.read import parse_packed
from ..midi.report import DROPPED_EVENTS
from ..score import Score
from .source import Parser, Piece, RawFile

AHEAD_FILES = 64  # for each worker, so that the others go on while one file takes long
AHEAD_BYTES = 512 * 2**20  # that the answers in flight may have in all: those of small files, or of two large ones
ANSWER_BYTES, ANSWER_PER_BYTE = (
    2 * 2**20,
    24,
)  # of an answer: a thousand names of tracks, and so much by the file's size
SETTINGS = asdict(LIMITS)
MIDI = Parser(parse_packed)


@dataclass(frozen=True)
class Reading:
    """The outcome for one file: a Score, or its ``refusal``; ``counts`` as the import report; ``total`` of RawFile."""

    piece: Piece
    score: Score | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    refusal: InputError | None = None
    total: int = 0


@dataclass(frozen=True)
class _Pending:
    """A file that is being parsed, without its bytes; its answer has ``most_bytes`` at the most."""

    file: RawFile
    most_bytes: int
    parcel: Future[bytes] | None

    @property
    def ready(self) -> bool:
        """Whether its outcome is there."""
        return self.parcel is None or self.parcel.done()


def read_all(files: Iterable[RawFile], workers: int = 1, parser: Parser = MIDI) -> Generator[Reading]:
    """The outcome for each file, in the order of ``files``; close it to end the processes.

    Whatever a file does to the process that parses it, it is refused alone. Raises WorkFailed where no
    process can be started.
    """
    pending: deque[_Pending] = deque()
    with Pool(workers, memory_mb=parser.memory_mb, timeout_s=parser.timeout_s) as pool:
        for file in files:
            pending.append(_begun(pool, file, parser))
            while pending and (pending[0].ready or _full(pending, workers)):
                yield _outcome(pending.popleft())
        while pending:
            yield _outcome(pending.popleft())


def _full(pending: deque[_Pending], workers: int) -> bool:
    return len(pending) > AHEAD_FILES * workers or sum(one.most_bytes for one in pending) > AHEAD_BYTES


def _begun(pool: Pool, file: RawFile, parser: Parser) -> _Pending:
    known = RawFile(file.piece, refusal=file.refusal, total=file.total)
    if file.refusal:
        return _Pending(known, 0, None)
    name = file.piece.path
    most_bytes = ANSWER_BYTES + ANSWER_PER_BYTE * len(file.data)
    parcel = pool.submit(parser.parse, file.data, name, SETTINGS, subject=name, answer_bytes=most_bytes)
    return _Pending(known, most_bytes, parcel)


def _outcome(pending: _Pending) -> Reading:
    file, name = pending.file, pending.file.piece.path
    try:
        if pending.parcel is None:
            return Reading(file.piece, refusal=file.refusal, total=file.total)
        score, report = unpack(pending.parcel.result(), name, LIMITS)
    except (InputError, Defect) as error:
        code = getattr(error, "code", InputError.code)
        return Reading(file.piece, refusal=InputError(str(error), code), total=file.total)
    refusal = None if len(score) else InputError(f"{name}: holds no notes; leave it out", "no-notes")
    return Reading(file.piece, None if refusal else score, _counts(report), refusal, file.total)


def _counts(report: ImportReport) -> dict[str, object]:
    """The report without what no Score holds: other controls, bends and texts are no fault of a file."""
    return {name: count for name, count in report.to_json().items() if name not in DROPPED_EVENTS}
