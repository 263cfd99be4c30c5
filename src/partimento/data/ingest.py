"""From files to a prepared corpus: every piece of a source is read once and written to shards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from ..errors import InputError, UnknownName, UsageError
from ..score import Score
from ..store import restore, staged_folder
from . import SOURCES
from .corpus import Corpus, home, missing, place
from .fetch.downloads import fetched
from .manifest import MANIFEST, Entry, Manifest, read_manifest
from .reading import Reading, read_all
from .report import Report
from .shards import ShardWriter
from .source import Piece, RawFile, Source, Split

Progress = Callable[[int, int, Piece], None]  # files done, of how many (0: not known), the piece just done


def prepare(
    source_name: str,
    origin: Path | None,
    *,
    name: str = "",
    split: Split | None = None,
    workers: int = 1,
    strict: bool = False,
    report: Report | None = None,
    progress: Progress = lambda done, total, piece: None,
) -> tuple[Corpus, Report]:
    """Read the files of a source at ``origin`` into the corpus called ``name`` (by default the source's).

    The shards are the same, byte for byte, for any number of ``workers`` (processes that parse); where they
    are already there, ``report.unchanged`` says so. A ``report`` that is given is filled, also where the corpus
    is refused. Without an origin the published archive is looked for where one would have put it. Raises
    MissingData where it is not there, UnknownName, UsageError for a name that is another source's, InputError
    where an official file, with ``strict`` any file, is refused or no file is left, WorkFailed where the corpus
    cannot be written; in all these cases what was there stays.
    """
    source, report = _source(source_name, split), Report() if report is None else report
    origin = origin or fetched(source.name) or nearby(source.archive_name)
    if origin is None and (place(name or source_name) / MANIFEST).exists():
        report.unchanged = True
        return Corpus.open(place(name or source_name)), report
    if origin is None:
        raise missing(source_name)
    folder = _own_place(name or source_name, source)
    files = _unique(source.pieces(origin, split or Split()), report)
    with staged_folder(folder) as staged, closing(read_all(files, workers)) as readings:
        scores = _accepted(source, readings, report, progress)
        manifest = _write(staged.folder, source, split, scores, report)
        if strict:
            report.require_whole()
        report.unchanged = staged.keep_old = _is_sound(folder, manifest.fingerprint)
    if report.unchanged:
        manifest.write(folder)  # the same music, but the report may tell of other files
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
    restore(folder.parent)
    try:
        there = read_manifest(folder).source
    except InputError:
        return folder  # nothing, or nothing that could be used
    if there != source.name:
        raise UsageError(f"--name {name}: a corpus from {there} has this name; choose another one, or remove {folder}")
    return folder


def _unique(files: Iterable[RawFile], report: Report) -> Iterator[RawFile]:
    """The first of each set of identical files, and those that could not be read; all are counted."""
    seen: set[str] = set()
    for file in files:
        report.files += 1
        if file.refusal is None and file.piece.sha256 in seen:
            report.duplicates += 1
            continue
        seen.add(file.piece.sha256)
        yield file


def _accepted(
    source: Source, readings: Iterable[Reading], report: Report, progress: Progress
) -> Iterator[tuple[Piece, Score]]:
    """The pieces that could be read; a refused file is named in the report, or raises where it is official."""
    for done, reading in enumerate(readings, start=1):
        report.counts.update({key: count for key, count in reading.counts.items() if isinstance(count, int)})
        if reading.score is not None:
            yield reading.piece, reading.score
        elif reading.refusal is not None:
            report.refuse(reading.piece.path, reading.refusal)
            if source.official_splits:
                raise InputError(
                    f"{reading.refusal}; fetch {source.archive_url or source.archive_name} again", reading.refusal.code
                )
        progress(done + report.duplicates, reading.total, reading.piece)


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
        first = next((row.reason for row in report.refused), "there is none")
        raise InputError(f"no file of {report.files:,} could be read; the first: {first}")
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
