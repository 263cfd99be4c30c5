"""Any folder (or zip archive) of MIDI files, split by the content of each file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ...errors import InputError
from ...printable import printable
from ..origin import Origin, opened
from ..source import Piece, RawFile, Source, Split

SUFFIXES = (".mid", ".midi")


def pieces(origin: Path, split: Split) -> Iterator[RawFile]:
    """Every MIDI file below ``origin``, sorted by name, with its bytes or the reason why there are none.

    Raises InputError where there is no such file.
    """
    with opened(origin) as archive:
        names = [name for name in archive.names if name.lower().endswith(SUFFIXES)]
        total = len(names) + len(archive.unlisted)
        if not total:
            raise InputError(f"{origin}: holds no file that ends in {' or '.join(SUFFIXES)}")
        for name, refusal in archive.unlisted.items():
            yield RawFile(_piece(name, "", split), refusal=refusal, total=total)
        for name in names:
            yield _file(archive, name, split, total)


def _file(archive: Origin, name: str, split: Split, total: int) -> RawFile:
    try:
        data = archive.read(name)
    except InputError as refusal:
        return RawFile(_piece(name, "", split), refusal=refusal, total=total)
    return RawFile(_piece(name, hashlib.sha256(data).hexdigest(), split), data, total=total)


def _piece(name: str, sha256: str, split: Split) -> Piece:
    path = PurePosixPath(printable(name))
    name = str(path).removesuffix(path.suffix)
    return Piece(id=name, split=split.of(sha256), title=path.stem, path=str(path), sha256=sha256)


FOLDER = Source(
    name="folder",
    licence="unknown, yours to know",
    credit="",
    homepage="",
    archive_url="",
    official_splits=False,
    pieces=pieces,
)
