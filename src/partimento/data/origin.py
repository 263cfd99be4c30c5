"""Where raw files lie: a folder or a zip archive, read alike by relative name."""

import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from ..errors import InputError
from ..printable import printable

MAX_FILE_BYTES = 64 * 1024 * 1024  # no piano piece comes near; bounds what an archive may unpack to
MAX_RATIO, RATIO_FROM_BYTES = 200, 2**20  # of unpacked to packed, from a size on that costs something
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)  # others may ask for any memory
ENCRYPTED = 1  # a flag of a member
# Without O_NONBLOCK opening a pipe would wait for a writer; O_BINARY is Windows's.
OPENED = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class Origin(Protocol):
    """Named files. ``names`` are relative, with forward slashes, in sorted order, each once."""

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        ...

    @property
    def unlisted(self) -> Mapping[str, InputError]:
        """Folders that could not be looked into, by name."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises InputError, and never waits."""
        ...


@dataclass(frozen=True)
class Folder:
    """The files below ``root``; links to folders are not followed."""

    root: Path
    unlisted: dict[str, InputError] = field(default_factory=dict)

    @cached_property
    def names(self) -> list[str]:
        """The names of all files."""
        found = [Path(place, name) for place, _, names in os.walk(self.root, onerror=self._note) for name in names]
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def _note(self, error: OSError) -> None:
        name = Path(os.fsdecode(error.filename)).relative_to(self.root).as_posix()
        self.unlisted[name] = _unreadable(self.root / name, error)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises InputError, and never waits."""
        path = self.root / name
        try:
            _require_file(path, path.stat().st_mode)  # opening a device might already do something
            with os.fdopen(os.open(path, OPENED), "rb") as file:
                _require_file(path, os.fstat(file.fileno()).st_mode)
                data = file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        _require_size(len(data), name)
        return data


@dataclass(frozen=True)
class Archive:
    """The members of a zip file."""

    zip: zipfile.ZipFile
    unlisted: dict[str, InputError] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each name stands there."""
        return Counter(info.filename for info in self.zip.infolist() if not info.filename.endswith("/"))

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        return sorted(self.counts)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises InputError, and never waits."""
        try:
            self._require_sound(self.zip.getinfo(name))
            return self.zip.read(name)
        except InputError:
            raise
        except Exception as error:  # zipfile and the unpackers have no common error, nor a list of theirs
            raise self._refused(name, f"cannot be unpacked ({printable(str(error))}); fetch it again") from error

    def _require_sound(self, info: zipfile.ZipInfo) -> None:
        """Raises InputError for a member that is better not unpacked."""
        _require_size(info.file_size, info.filename)
        if info.file_size > max(RATIO_FROM_BYTES, info.compress_size * MAX_RATIO):
            many = f"unpacks to more than {MAX_RATIO} times its size, as no music does; leave it out"
            raise self._refused(info.filename, many, "too-large")
        faults = {
            "stands in the archive more than once; keep one of them": self.counts[info.filename] > 1,
            "is encrypted; unpack the archive with its password first": bool(info.flag_bits & ENCRYPTED),
            "is packed in a way that is not read; pack it as deflated": info.compress_type not in PACKED,
        }
        for fault in (fault for fault, found in faults.items() if found):
            raise self._refused(info.filename, fault)

    def _refused(self, name: str, fault: str, code: str = "unreadable") -> InputError:
        return InputError(f"{printable(str(self.zip.filename))}: {printable(name)}: {fault}", code)


def _require_file(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        fault = "is no regular file, but a pipe, a device or the like; leave it out"
        raise InputError(f"{printable(str(path))}: {fault}", "unreadable")


def _require_size(size: int, name: str) -> None:
    if size > MAX_FILE_BYTES:
        least = f"more than {MAX_FILE_BYTES:,} bytes, the most that is read from one file; leave it out"
        raise InputError(f"{printable(name)}: {least}", "too-large")


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or error
    return InputError(f"{printable(str(path))}: cannot be read ({reason}); is the folder complete?", "unreadable")


@contextmanager
def opened(path: Path) -> Iterator[Origin]:
    """The folder or zip archive at ``path``. Raises InputError where it is neither."""
    if path.is_dir():
        yield Folder(path)
        return
    try:
        if path.exists() and not path.is_file():
            raise OSError("a pipe, a device or the like")
        archive = zipfile.ZipFile(path)
    except Exception as error:  # as in Archive.read
        neither = f"neither a folder nor a readable zip archive ({error}); name one of the two with --from"
        raise InputError(f"{path}: {neither}", "unreadable") from error
    with archive:
        yield Archive(archive)
