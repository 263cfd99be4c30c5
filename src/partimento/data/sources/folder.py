"""Any folder (or zip archive) of MIDI files, split by the content of each file."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ...errors import InputError
from ...printable import printable
from ..origin import Origin, opened
from ..source import PassedOver, Piece, RawFile, Source, Split

SUFFIXES = (".mid", ".midi")


def pieces(origin: Path, split: Split) -> Iterator[RawFile]:
    """Every MIDI file below ``origin``, sorted by name, with its bytes or the reason why there are none.

    Raises InputError where there is no such file.
    """
    with opened(origin) as archive:
        names = [name for name in archive.names if name.lower().endswith(SUFFIXES)]
        total, others = len(names) + len(archive.unlisted), _others(archive.names)
        if not total:
            raise InputError(
                f"{origin}: holds no file that ends in {' or '.join(SUFFIXES)}; name another one with --from"
            )
        for name, refusal in archive.unlisted.items():
            yield RawFile(_piece(name, name, "", split), refusal=refusal, total=total, others=others)
        for name, id in zip(names, ids(names), strict=True):
            yield replace(_file(archive, name, id, split, total), others=others)


def _others(names: Sequence[str]) -> PassedOver:
    """The files whose names say that they are no MIDI."""
    found = [name for name in names if not name.lower().endswith(SUFFIXES)]
    return PassedOver(len(found), printable(found[0])) if found else PassedOver()


def ids(names: Sequence[str]) -> list[str]:
    """The id of each file, unlike any other: its name without the suffix, or with it where two would be the same.

    There a name that has a suffix left is kept whole too: without its last one it might be another's whole name.
    """
    shorts = [_short(name) for name in names]
    count = Counter(shorts)
    clash = len(count) < len(shorts)
    return [
        printable(name) if count[short] > 1 or (clash and short.lower().endswith(SUFFIXES)) else short
        for name, short in zip(names, shorts, strict=True)
    ]


def _short(name: str) -> str:
    path = PurePosixPath(printable(name))
    return str(path).removesuffix(path.suffix)


def _file(archive: Origin, name: str, id: str, split: Split, total: int) -> RawFile:
    try:
        data = archive.read(name)
    except InputError as refusal:
        return RawFile(_piece(name, id, "", split), refusal=refusal, total=total)
    return RawFile(_piece(name, id, hashlib.sha256(data).hexdigest(), split), data, total=total)


def _piece(name: str, id: str, sha256: str, split: Split) -> Piece:
    path = PurePosixPath(printable(name))
    return Piece(id=id, split=split.of(sha256), title=path.stem, path=str(path), sha256=sha256)


FOLDER = Source(
    name="folder",
    licence="unknown, yours to know",
    credit="",
    homepage="",
    archive_url="",
    official_splits=False,
    pieces=pieces,
)
