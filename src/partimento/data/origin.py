"""Where raw files lie: a folder or a zip archive, read alike by relative name."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import InputError

MAX_FILE_BYTES = 64 * 1024 * 1024  # no piano piece comes near; bounds what an archive may unpack to


class Origin(Protocol):
    """Named files. ``names`` are relative, with forward slashes, in sorted order."""

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises InputError."""
        ...


@dataclass(frozen=True)
class Folder:
    """The files below ``root``; links to folders are not followed."""

    root: Path

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        found = (Path(place, name) for place, _, names in os.walk(self.root) for name in names)
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises InputError."""
        path = self.root / name
        try:
            _bounded(path.stat().st_size, name)
            return path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); is the folder complete?") from error


@dataclass(frozen=True)
class Archive:
    """The members of a zip file."""

    zip: zipfile.ZipFile

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        return sorted(info.filename for info in self.zip.infolist() if not info.is_dir())

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises InputError."""
        try:
            _bounded(self.zip.getinfo(name).file_size, name)
            return self.zip.read(name)
        except (
            KeyError,
            zipfile.BadZipFile,
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
            zlib.error,
        ) as error:
            raise InputError(f"{self.zip.filename}: {name}: cannot be unpacked ({error}); fetch it again") from error


def _bounded(size: int, name: str) -> None:
    if size > MAX_FILE_BYTES:
        raise InputError(f"{name}: {size} bytes; at most {MAX_FILE_BYTES} are read from one file")


@contextmanager
def opened(path: Path) -> Iterator[Origin]:
    """The folder or zip archive at ``path``. Raises InputError where it is neither."""
    if path.is_dir():
        yield Folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: neither a folder nor a readable zip archive ({error})") from error
    with archive:
        yield Archive(archive)
