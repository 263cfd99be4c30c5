"""MAESTRO v3.0.0: 1,276 piano performances recorded on Disklaviers, with official splits.

Hawthorne et al., "Enabling Factorized Piano Music Modeling and Generation with the MAESTRO
Dataset", ICLR 2019. Its tempo and metre are fiction (4/4 at 120 throughout).
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath

from ..errors import InputError
from .origin import Origin, opened
from .source import Piece, RawFile, Source, Split

INDEXES = ("maestro-v3.0.0.csv", "maestro-v3.0.0.json")
ARCHIVE_SHA256 = "70470ee253295c8d2c71e6d9d4a815189e35c89624b76d22fce5a019d5dde12c"  # of the publisher's page
ARCHIVE_URL = "https://storage.googleapis.com/magentadata/datasets/maestro/v3.0.0/maestro-v3.0.0-midi.zip"


def published_sums() -> dict[str, str]:
    """SHA-256 of the two indexes and of each MIDI file, by name within the archive."""
    text = files(__package__).joinpath("maestro-v3.0.0.sha256").read_text("utf-8")
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}


def pieces(origin: Path, split: Split, sums: Mapping[str, str] | None = None) -> Iterator[RawFile]:
    """Every performance with its bytes, sorted by file name; ``split`` is ignored for the official one.

    Raises InputError, with the name of the file, where one is missing or is not as published.
    """
    published = published_sums() if sums is None else sums
    with opened(origin) as archive:
        prefix, index = _index(archive, origin)
        rows = _rows(index, _verified(archive, prefix, index, published))
        for row in sorted(rows, key=lambda row: row["midi_filename"]):
            name = row["midi_filename"]
            data = _verified(archive, prefix, name, published)
            yield RawFile(_piece(row, published[name]), data, total=len(rows))


def _index(archive: Origin, origin: Path) -> tuple[str, str]:
    """The folder within the archive, with its slash, and the name of the index that lies there."""
    for name in archive.names:
        if PurePosixPath(name).name in INDEXES:
            index = PurePosixPath(name).name
            return name.removesuffix(index), index
    raise InputError(f"{origin}: holds neither {' nor '.join(INDEXES)}; expected MAESTRO from {ARCHIVE_URL}")


def _verified(archive: Origin, prefix: str, name: str, sums: Mapping[str, str]) -> bytes:
    if name not in sums:
        raise InputError(f"{name}: is no file of MAESTRO v3.0.0; fetch {ARCHIVE_URL} again")
    data = archive.read(prefix + name)
    if hashlib.sha256(data).hexdigest() != sums[name]:
        raise InputError(f"{name}: differs from the published file; fetch {ARCHIVE_URL} again")
    return data


def _rows(index: str, data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8")
    if index.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(text)))
    columns = json.loads(text)  # {column: {row number: value}}
    return [{name: str(column[row]) for name, column in columns.items()} for row in columns["split"]]


def _piece(row: Mapping[str, str], sha256: str) -> Piece:
    name = row["midi_filename"]
    return Piece(
        id=str(PurePosixPath(name).with_suffix("")),
        split=row["split"],
        title=row["canonical_title"],
        path=name,
        sha256=sha256,
        composer=row["canonical_composer"],
        year=int(row["year"]),
    )


MAESTRO = Source(
    name="maestro",
    licence="CC BY-NC-SA 4.0",
    credit="MAESTRO v3.0.0, Hawthorne et al. 2019, Google and the International Piano-e-Competition",
    homepage="https://magenta.tensorflow.org/datasets/maestro",
    archive_url=ARCHIVE_URL,
    official_splits=True,
    pieces=pieces,
    archive_sha256=ARCHIVE_SHA256,
    unpacked_bytes=84_643_328,
    sums=published_sums,
)
