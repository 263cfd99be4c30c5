"""MAESTRO v3.0.0: 1,276 piano performances recorded on Disklaviers, with official splits.

Hawthorne et al., "Enabling Factorized Piano Music Modeling and Generation with the MAESTRO
Dataset", ICLR 2019. Its tempo and metre are fiction (4/4 at 120 throughout).
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from ...errors import InputError
from ..origin import opened
from ..source import Piece, RawFile, Source, Split
from .published import Published, folder_of, published_sums

INDEXES = ("maestro-v3.0.0.csv", "maestro-v3.0.0.json")
ARCHIVE_SHA256 = "70470ee253295c8d2c71e6d9d4a815189e35c89624b76d22fce5a019d5dde12c"  # of the publisher's page
ARCHIVE_URL = "https://storage.googleapis.com/magentadata/datasets/maestro/v3.0.0/maestro-v3.0.0-midi.zip"


def sums_of_files() -> dict[str, str]:
    """SHA-256 of the two indexes and of each MIDI file, by name within the archive."""
    return published_sums("maestro-v3.0.0.sha256")


def pieces(origin: Path, split: Split, sums: Mapping[str, str] | None = None) -> Iterator[RawFile]:
    """Every performance with its bytes, sorted by file name; ``split`` is ignored for the official one.

    Raises InputError, with the name of the file, where one is missing or is not as published.
    """
    known = sums_of_files() if sums is None else sums
    with opened(origin) as archive:
        prefix, index = folder_of(archive, *INDEXES)
        if not index:
            raise InputError(f"{origin}: holds neither {' nor '.join(INDEXES)}; expected MAESTRO from {ARCHIVE_URL}")
        published = Published(archive, prefix, known, "MAESTRO v3.0.0", f"fetch {ARCHIVE_URL} again")
        rows = _rows(index, published.read(index))
        for row in sorted(rows, key=lambda row: row["midi_filename"]):
            name = row["midi_filename"]
            yield RawFile(_piece(row, known.get(name, "")), published.read(name), total=len(rows))


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
    sums=sums_of_files,
)
