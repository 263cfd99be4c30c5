"""Chorales from the tables that ``data export`` writes: a folder with a CSV to each split."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...printable import printable
from ..origin import opened
from ..source import SPLITS, Parser, Piece, RawFile, Source, Split


def pieces(origin: Path, split: Split) -> Iterator[RawFile]:
    """Every piece of the three tables, in their order; the file says its split. Raises InputError."""
    from ..tabular import csv_bytes, read_rows

    with opened(origin) as folder:
        names = {split: f"{split}.csv" for split in SPLITS}
        absent = [name for name in names.values() if name not in folder.names]
        if absent:
            raise InputError(f"{origin}: has no {absent[0]}; name a folder of `partimento data export` with --from")
        for part, name in names.items():
            for title, rows in read_rows(folder.read(name), name):
                data, shown = csv_bytes(rows), printable(title)
                sha256 = hashlib.sha256(data).hexdigest()
                yield RawFile(Piece(shown, part, shown, f"{name}: {shown}", sha256, kind="chorale"), data)


def parse_packed(data: bytes, name: str, limits: Mapping[str, Any]) -> bytes:
    """The chorale in the table of one piece as a parcel: for a child process. Raises InputError."""
    from ...midi import ImportReport
    from ...midi.parcel import pack
    from ..tabular import read_rows, score_of

    ((_, rows),) = read_rows(data, name)
    score = score_of(rows, name)
    return pack(score, ImportReport(name=name, notes=len(score)))


CHORALE_TABLE = Source(
    name="chorale-table",
    licence="unknown, yours to know",
    credit="",
    homepage="",
    archive_url="",
    official_splits=True,
    pieces=pieces,
    parser=Parser(parse_packed),
)
