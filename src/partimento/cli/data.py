"""``partimento data``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from ..errors import UsageError
from .console import Output
from .options import whole

TEXTS = ("source", "licence", "credit", "homepage", "folder", "fingerprint")
SHOWN = 12  # composers and refused files
WIDTH = 13  # of the first column

app = App(name="data", help="List, prepare and show the corpora that models are trained on.")
From = Annotated[Path | None, Parameter(name="--from", help="the archive, or a folder with the files")]


@app.command(name="list")
def list_(*, output: Output = Output()) -> None:
    """The sources, and what is prepared here."""
    from ..data import SOURCES
    from ..data.corpus import home, prepared

    here = prepared()
    rows = [{"name": name, "licence": source.licence, "prepared": name in here} for name, source in SOURCES.items()]
    rows += [{"name": name, "licence": "", "prepared": True} for name in here if name not in SOURCES]
    lines = [f"{row['name']}: {'prepared' if row['prepared'] else 'not prepared'}  {row['licence']}" for row in rows]
    output.result({"sources": rows, "home": str(home())}, lines)


@app.command
def prepare(
    source: str,
    /,
    *,
    origin: From = None,
    name: Annotated[str, Parameter(help="a name of its own for the corpus")] = "",
    split: Annotated[str, Parameter(help="shares of train, validation and test of a folder")] = "0.8,0.1,0.1",
    seed: Annotated[int, whole("of a folder's split")] = 0,
    workers: Annotated[int, whole("processes that read files")] = 1,
    output: Output = Output(),
) -> None:
    """Read MIDI files into a corpus that training can map.

    Parameters
    ----------
    source
        maestro, or folder (any MIDI files).
    """
    from ..data.ingest import prepare as ingest
    from ..data.source import Split
    from ..data.summary import show as summary

    if not 1 <= workers <= 256:
        raise UsageError(f"--workers {workers} is out of range: 1 to 256")
    with output.progress(f"reading {source}") as update:
        corpus, report = ingest(
            source,
            origin,
            name=name,
            split=Split(_shares(split), seed) if source == "folder" else None,
            workers=workers,
            progress=lambda done, piece: update(0.0, f"{done} files"),
        )
    told = summary(corpus)
    lines = [f"{corpus.folder}: {'unchanged' if report.unchanged else 'prepared'}", *_lines(told)]
    output.result({"folder": str(corpus.folder), "unchanged": report.unchanged, **told}, lines)


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


def _shares(text: str) -> tuple[float, float, float]:
    try:
        train, validation, test = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--split {text}: three shares are needed, for example 0.8,0.1,0.1") from None
    return train, validation, test


def _lines(told: Mapping[str, Any]) -> list[str]:
    """What a corpus holds as aligned lines: texts, splits, composers, and what the import changed."""
    rows = [(name, str(told[name])) for name in TEXTS if told[name]]
    rows += [("options", f"{name} {_text(value)}") for name, value in told["options"].items()]
    rows += [(name, _totals(part)) for name, part in {**told["splits"], "total": told["total"]}.items()]
    composers = list(told["composers"].items())
    rows += [("composer", f"{count:>8,} {name}") for name, count in composers[:SHOWN]]
    rows += [("", f"and {len(composers) - SHOWN} more composers")] * (len(composers) > SHOWN)
    rows += [("import", line) for line in _import(told["report"])]
    return [f"{name:<{WIDTH}}{text}".rstrip() for name, text in rows]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _totals(part: Mapping[str, float]) -> str:
    return f"{part['pieces']:>8,} pieces {part['notes']:>12,} notes {part['hours']:>9,.2f} hours"


def _import(report: Mapping[str, Any]) -> list[str]:
    from ..midi import ImportReport

    refused = list(report["refused"].values())
    first = f"{report['files']:,} files, {report['duplicates']:,} of them twice, {len(refused):,} refused"
    more = [f"and {len(refused) - SHOWN} more refused"] * (len(refused) > SHOWN)
    return [first, *refused[:SHOWN], *more, *ImportReport(**report["counts"]).lines()[1:]]
