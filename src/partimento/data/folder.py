"""Any folder (or zip archive) of MIDI files, split by the content of each file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..errors import InputError
from .origin import opened
from .source import Piece, Source, Split

SUFFIXES = (".mid", ".midi")


def pieces(origin: Path, split: Split) -> Iterator[tuple[Piece, bytes]]:
    """Every MIDI file below ``origin`` with its bytes, sorted by name. Raises InputError where there is none."""
    with opened(origin) as archive:
        names = [name for name in archive.names if name.lower().endswith(SUFFIXES)]
        if not names:
            raise InputError(f"{origin}: holds no file that ends in {' or '.join(SUFFIXES)}")
        for name in names:
            data = archive.read(name)
            yield _piece(name, hashlib.sha256(data).hexdigest(), split), data


def _piece(name: str, sha256: str, split: Split) -> Piece:
    shown = name.encode("utf-8", "backslashreplace").decode()  # a file name need not be Unicode
    path = PurePosixPath(shown)
    return Piece(id=str(path.with_suffix("")), split=split.of(sha256), title=path.stem, path=shown, sha256=sha256)


FOLDER = Source(
    name="folder",
    licence="unknown, yours to know",
    credit="",
    homepage="",
    archive_url="",
    official_splits=False,
    pieces=pieces,
)
