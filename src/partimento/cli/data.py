"""``partimento data``."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ..data import SOURCES
from ..errors import UsageError
from .console import Output
from .export import export
from .fetch import fetch
from .listing import list_
from .options import checked_folder, whole
from .window_sets import windows

if TYPE_CHECKING:
    from ..data.report import Report
    from ..data.source import Split

TEXTS = ("source", "licence", "credit", "homepage", "folder", "fingerprint")
SHOWN = 12  # composers
MOST_WORKERS = 256
WIDTH = 13  # of the first column

app = App(name="data", help="List, fetch, prepare and show the corpora that models are trained on.")
app.command(fetch)
app.command(export)
app.command(list_, name="list")
app.command(windows)
Prepared = Annotated[str, Parameter(help=f"one of: {', '.join(SOURCES)}; folder is any MIDI files")]
From = Annotated[Path | None, Parameter(name="--from", help="the archive, or a folder with the files")]
Name = Annotated[str, Parameter(help="a name of its own for the corpus")]
Shares = Annotated[str, Parameter(help="shares of train, validation and test of a folder; 0.8,0.1,0.1 if not given")]
Seed = Annotated[int | None, whole("of a folder's split; 0 if not given")]
Workers = Annotated[int | None, whole("processes that read files; as many as cores, at most 8, if not given")]
Strict = Annotated[bool, Parameter(help="make no corpus if any file is refused", negative="")]
ReportFile = Annotated[Path | None, Parameter(name="--report", help="a file for the whole report, as JSON")]


@app.command
def prepare(
    source: Prepared,
    /,
    *,
    origin: From = None,
    name: Name = "",
    split: Shares = "",
    seed: Seed = None,
    workers: Workers = None,
    strict: Strict = False,
    report: ReportFile = None,
    output: Output = Output(),
) -> None:
    """Read MIDI files into a corpus that training can map."""
    from ..data.ingest import prepare as ingest
    from ..data.report import Report
    from ..data.summary import show as summary

    found, divided, processes = Report(), _split(split, seed), _workers(workers)
    with _kept(found, report), _stoppable(), output.progress(f"reading {source}") as update:
        corpus, _ = ingest(
            source,
            origin,
            name=name,
            split=divided,
            workers=processes,
            strict=strict,
            report=found,
            progress=_pace(update),
        )
    told = summary(corpus)
    lines = [f"{corpus.folder}: {'unchanged' if found.unchanged else 'prepared'}", *_lines(told)]
    output.result({"folder": str(corpus.folder), "unchanged": found.unchanged, **told}, lines)


@app.command
def show(
    name: str,
    /,
    *,
    filter: Annotated[str, Parameter(help="composer=Chopin,title=Sonata,year=2004-2008")] = "",
    output: Output = Output(),
) -> None:
    """What a prepared corpus holds: pieces, hours, composers, splits, licence.

    Parameters
    ----------
    name
        A prepared corpus.
    """
    from ..data.corpus import corpus
    from ..data.filters import filtered
    from ..data.summary import show as summary

    found = corpus(name)
    found.verify()
    told = summary(filtered(found, filter) if filter else found)
    output.result(told, _lines(told))


def _workers(given: int | None) -> int:
    from ..isolate import default_workers

    if given is not None and not 1 <= given <= MOST_WORKERS:
        raise UsageError(f"--workers {given} is out of range: 1 to {MOST_WORKERS}")
    return given or default_workers()


def _pace(update: Callable[[float, str], None]) -> Callable[[int, int, object], None]:
    """Tells of files done, of how many (0: not known), their rate since now and the time left."""
    from ..units import clock_text

    started = time.monotonic()

    def tell(done: int, total: int, piece: object) -> None:
        rate = done / max(time.monotonic() - started, 1e-3)
        files = f"{done:,} of {total:,} files" if total else f"{done:,} files"
        left = f", {clock_text((total - done) / rate)} left" if total and rate else ""
        update(done / total if total else 0.0, f"{files}, {rate:,.0f} a second{left}")

    return tell


@contextmanager
def _stoppable() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt("stopped; the old corpus stays as it was; run the same command again") from None


@contextmanager
def _kept(found: "Report", path: Path | None) -> Iterator[None]:
    """Write the report to ``path`` at the end, also where the corpus was refused; an older one is removed at once.

    Raises UsageError for a place that is no report's.
    """
    from ..store import write_atomically

    if path is not None:
        _require_report(path)
        path.unlink(missing_ok=True)
    try:
        yield
    finally:
        if path is not None and found.files:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, json.dumps(found.to_json(), indent=1).encode())


def _require_report(path: Path) -> None:
    """Raise UsageError unless ``path`` is free, or a report that a new one may replace."""
    from ..data.report import is_report

    if path.is_dir():
        raise UsageError(f"--report {path}: is a folder; name a file")
    checked_folder("--report", path.parent)
    if path.exists() and not (path.is_file() and is_report(path.read_bytes())):
        raise UsageError(f"--report {path}: holds something else than a report; name another file")


def _split(shares: str, seed: int | None) -> "Split | None":
    """The split that was asked for; None where none was."""
    from ..data.source import Split

    if not shares and seed is None:
        return None
    return Split(_shares(shares) if shares else Split.shares, seed or 0)


def _shares(text: str) -> tuple[float, float, float]:
    try:
        train, validation, test = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--split {text}: three shares are needed, for example 0.8,0.1,0.1") from None
    return train, validation, test


def _lines(told: Mapping[str, Any]) -> list[str]:
    """What a corpus holds as aligned lines: texts, splits, composers, licences, and what the import changed."""
    rows = [(name, str(told[name])) for name in TEXTS if told[name]]
    rows += [("options", f"{name} {_text(value)}") for name, value in told["options"].items()]
    rows += [(name, _totals(part)) for name, part in {**told["splits"], "total": told["total"]}.items()]
    composers = list(told["composers"].items())
    rows += [("composer", f"{count:>8,} {name}") for name, count in composers[:SHOWN]]
    rows += [("", f"and {len(composers) - SHOWN} more composers")] * (len(composers) > SHOWN)
    if list(told["licences"]) != [told["licence"]]:
        rows += [("pieces under", f"{count:>8,} {name}") for name, count in told["licences"].items()]
    rows += [("kind", f"{count:>8,} {name}") for name, count in told["kinds"].items()]
    rows += [("import", line) for line in _import(told["report"])]
    return [f"{name:<{WIDTH}}{text}".rstrip() for name, text in rows]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _totals(part: Mapping[str, float]) -> str:
    return f"{part['pieces']:>8,} pieces {part['notes']:>12,} notes {part['hours']:>9,.2f} hours"


def _passed_over(report: Mapping[str, Any]) -> list[str]:
    """A line on the files that do not end as MIDI files do; the report of an older corpus tells of none."""
    told = report.get("passed_over") or {"count": 0}
    many = "1 other file was" if told["count"] == 1 else f"{told['count']:,} other files were"
    return [f"{many} passed over, the first: {told['first']}"] if told["count"] else []


def _import(report: Mapping[str, Any]) -> list[str]:
    """What the report says: totals, a row for each reason of refusals, what was dropped and repaired."""
    from ..midi import ImportReport

    refused = len(report["refused"])
    first = f"{report['files']:,} files, {report['duplicates']:,} of them twice, {refused:,} refused"
    rows = [f"{row['count']:>8,} {row['code']:<11}{row['meaning']}; first: {row['first']}" for row in report["reasons"]]
    more = ["each refused file with its reason: --report FILE of data prepare, or --json"] * bool(refused)
    return [first, *_passed_over(report), *rows, *more, *ImportReport(**report["counts"]).lines()[1:]]
