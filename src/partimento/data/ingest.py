"""From files to a prepared corpus: every piece of a source is read once and written to shards."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import InputError, UnknownName, UsageError
from ..score import Score
from ..store import staged_folder
from . import SOURCES
from .corpus import Corpus, home, missing, place
from .manifest import MANIFEST, Entry, Manifest, read_manifest
from .reading import Reading, read_all
from .shards import ShardWriter
from .source import Piece, Source, Split

Progress = Callable[[int, Piece], None]  # pieces done so far, and the one just done


@dataclass
class Report:
    """What an import did: ``counts`` sums the reports of its files, ``refused`` gives a reason by file."""

    files: int = 0
    duplicates: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    unchanged: bool = False

    def to_json(self) -> dict[str, Any]:
        """The report without ``unchanged``, which tells of the run and not of the corpus."""
        counts = dict(sorted(self.counts.items()))
        return {"files": self.files, "duplicates": self.duplicates, "refused": dict(self.refused), "counts": counts}


def prepare(
    source_name: str,
    origin: Path | None,
    *,
    name: str = "",
    split: Split | None = None,
    workers: int = 1,
    progress: Progress = lambda done, piece: None,
) -> tuple[Corpus, Report]:
    """Read the files of a source at ``origin`` into the corpus called ``name`` (by default the source's).

    The shards are the same, byte for byte, for any number of ``workers``; where they are already
    there, ``report.unchanged`` says so. Without an origin the published archive is looked for where one
    would have put it. Raises MissingData where it is not there, UnknownName, UsageError for a name that is
    another source's, InputError where an official file is refused or no file is left, WorkFailed where the
    corpus cannot be written.
    """
    source = _source(source_name, split)
    origin = origin or nearby(source.archive_url)
    if origin is None and (place(name or source_name) / MANIFEST).exists():
        return Corpus.open(place(name or source_name)), Report(unchanged=True)
    if origin is None:
        raise missing(source_name)
    folder, report = _own_place(name or source_name, source), Report()
    files = _unique(source.pieces(origin, split or Split()), report)
    with staged_folder(folder) as staged:
        scores = _accepted(source, read_all(files, workers), report, progress)
        manifest = _write(staged.folder, source, split, scores, report)
        report.unchanged = staged.keep_old = _is_sound(folder, manifest.fingerprint)
    return Corpus.open(folder), report


def _source(name: str, split: Split | None) -> Source:
    if name not in SOURCES:
        raise UnknownName("source", name, SOURCES)
    if split and SOURCES[name].official_splits:
        raise UsageError(f"source {name}: is divided officially; leave out the split")
    return SOURCES[name]


def _own_place(name: str, source: Source) -> Path:
    """The folder of the corpus called ``name``, unless it is another source's. Raises UsageError."""
    if SOURCES.get(name, source) is not source:
        raise UsageError(f"--name {name}: is the name of another source; choose another one")
    folder = place(name)
    try:
        there = read_manifest(folder).source
    except InputError:
        return folder  # nothing, or nothing that could be used
    if there != source.name:
        raise UsageError(f"--name {name}: a corpus from {there} has this name; choose another one, or remove {folder}")
    return folder


def _unique(files: Iterable[tuple[Piece, bytes]], report: Report) -> Iterator[tuple[Piece, bytes]]:
    """The first of each set of identical files; all are counted."""
    seen: set[str] = set()
    for piece, data in files:
        report.files += 1
        if piece.sha256 in seen:
            report.duplicates += 1
        else:
            seen.add(piece.sha256)
            yield piece, data


def _accepted(
    source: Source, readings: Iterable[Reading], report: Report, progress: Progress
) -> Iterator[tuple[Piece, Score]]:
    """The pieces that could be read; a refused file is named in the report, or raises where it is official."""
    for done, reading in enumerate(readings, start=1):
        report.counts.update({key: count for key, count in reading.counts.items() if isinstance(count, int)})
        if reading.score is not None:
            yield reading.piece, reading.score
        elif source.official_splits:
            raise InputError(f"{reading.reason}; fetch {source.archive_url} again")
        else:
            report.refused[reading.piece.path] = reading.reason
        progress(done, reading.piece)


def _write(
    folder: Path, source: Source, split: Split | None, scores: Iterable[tuple[Piece, Score]], report: Report
) -> Manifest:
    """Shards and manifest in ``folder``."""
    entries: list[Entry] = []
    with ShardWriter(folder) as shards:
        for piece, score in scores:
            shards.append(score)
            entries.append(Entry(piece, len(score), score.duration_s, score.ticks_per_quarter, score.tracks))
        files = shards.finish()
    if not entries:
        raise InputError(f"no file could be read; the first: {next(iter(report.refused.values()), 'there is none')}")
    manifest = Manifest(
        source=source.name,
        licence=source.licence,
        credit=source.credit,
        homepage=source.homepage,
        options={} if source.official_splits else asdict(split or Split()),
        entries=tuple(entries),
        files=files,
        report=report.to_json(),
    )
    manifest.write(folder)
    return manifest


def _is_sound(folder: Path, fingerprint: str) -> bool:
    """Whether the corpus with this fingerprint is already in ``folder``, undamaged."""
    try:
        corpus = Corpus.open(folder)
        corpus.verify()
    except InputError:
        return False
    return corpus.fingerprint == fingerprint


def nearby(archive_url: str) -> Path | None:
    """A published archive in this folder, the one above, the downloads or the corpora's home; None: in none."""
    name = archive_url.rpartition("/")[2]
    folders = (Path(), Path(".."), Path.home() / "Downloads", home())
    return next((folder / name for folder in folders if name and (folder / name).is_file()), None)
