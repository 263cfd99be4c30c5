"""From files to a prepared corpus: every piece of a source is read once and written to shards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

from ..errors import InputError, UnknownName, UsageError
from ..score import Score
from ..store import staged_folder
from . import SOURCES
from .corpus import Corpus, home, missing
from .fetch.downloads import fetched
from .manifest import MANIFEST, Entry, Manifest
from .reading import MIDI, Reading, read_all
from .report import Report
from .shards import ShardWriter
from .source import Piece, RawFile, Source, Split
from .target import own_place, require_apart

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

    The shards are the same, byte for byte, for any number of ``workers`` (processes that parse). Without an origin
    the fetched or downloaded archive is looked for. A ``report`` that is given is filled, also where the corpus is
    refused. Raises MissingData, UnknownName, UsageError for a name or place that is not free, InputError where an
    official file, with ``strict`` any file, is refused or none is left, WorkFailed; what was there then stays.
    """
    source, report = _source(source_name, split), Report() if report is None else report
    folder = own_place(name or source_name, source)
    origin = origin or _found(source)
    if origin is None:
        return _prepared(folder, source, report), report
    require_apart(folder, origin)
    files = _unique(source.pieces(origin, split or Split()), report)
    with closing(read_all(files, workers, source.parser or MIDI)) as readings:
        scores = _accepted(source, readings, report, progress)
        _replace(folder, source, split, scores, report, strict)
    return Corpus.open(folder), report


def _found(source: Source) -> Path | None:
    """Where the files of a source lie, for who names no origin; None: nowhere. Raises MissingData."""
    return source.installed() if source.installed else fetched(source.name) or nearby(source.archive_name)


def _source(name: str, split: Split | None) -> Source:
    if name not in SOURCES:
        raise UnknownName("source", name, SOURCES)
    if split and SOURCES[name].official_splits:
        raise UsageError(f"source {name}: is divided officially; leave out --split and --seed")
    return SOURCES[name]


def _prepared(folder: Path, source: Source, report: Report) -> Corpus:
    """The corpus that is there, for who names no origin: of a source that can be one only, so that nothing is asked
    for that it might not be. Raises UsageError, MissingData, InputError where it is damaged.
    """
    if not source.archive_name:
        raise UsageError(f"source {source.name}: --from PATH is needed: the folder or zip archive to read")
    if not source.official_splits or not (folder / MANIFEST).exists():
        raise missing(source.name)
    try:
        corpus = Corpus.open(folder)
        corpus.verify()
    except InputError as error:
        raise InputError(f"{error}, with --from PATH", error.code) from error
    report.recall(corpus.manifest.report)
    report.unchanged = True
    return corpus


def _replace(
    folder: Path,
    source: Source,
    split: Split | None,
    scores: Iterable[tuple[Piece, Score]],
    report: Report,
    strict: bool,
) -> None:
    """Write the corpus to ``folder``, unless the same music is there already: then only what is told of it."""
    with staged_folder(folder) as staged:
        manifest = _write(staged.folder, source, split, scores, report)
        if strict:
            report.require_whole()
        report.unchanged = staged.keep_old = _is_sound(folder, manifest.fingerprint)
    if report.unchanged:
        manifest.write(folder)  # the report may tell of other files


def _unique(files: Iterable[RawFile], report: Report) -> Iterator[RawFile]:
    """The first of each set of identical files, and those that could not be read; all are counted."""
    seen: set[str] = set()
    for file in files:
        report.files += 1
        report.passed_over = file.others
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
    kept: list[Score] = []  # of a source whose splits depend on the music: that is small
    with ShardWriter(folder) as shards:
        for piece, score in scores:
            shards.append(score)
            entries.append(Entry(piece, len(score), score.duration_s, score.ticks_per_quarter, score.tracks))
            kept += [score] * (source.divide is not None)
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
        entries=_divided(source, split or Split(), entries, kept),
        files=files,
        report=report.to_json(),
    )
    manifest.write(folder)
    return manifest


def _divided(source: Source, split: Split, entries: Sequence[Entry], scores: Sequence[Score]) -> tuple[Entry, ...]:
    """The entries, each in the split that its music belongs to."""
    if source.divide is None:
        return tuple(entries)
    splits = source.divide([entry.piece for entry in entries], scores, split)
    return tuple(
        replace(entry, piece=replace(entry.piece, split=name)) for entry, name in zip(entries, splits, strict=True)
    )


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
