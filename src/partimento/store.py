"""Writing whole or not at all: staged beside its place, synced, then renamed.

Whoever reads sees the old file or folder or the new one, never half of one, also after a power cut.
"""

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .errors import WorkFailed

STALE_S = 24 * 60 * 60  # what a killed run left is cleared after a day; a younger one may still be at work
NEW, OLD = "part", "old"  # suffixes of what is staged, and of a folder that makes room for it
FULL = {errno.ENOSPC, errno.EDQUOT}
MEGABYTE = 10**6


@dataclass
class Staged:
    """A new ``folder``; with ``keep_old`` it is dropped and the old one stays."""

    folder: Path
    keep_old: bool = False


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``. Raises WorkFailed, and then leaves what was there."""
    with staged_file(path) as file:
        file.write(data)


@contextmanager
def staged_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, open for writing, that takes the place of ``path`` when the block ends without an error.

    Raises WorkFailed for an OSError, also one of the block's.
    """
    with _staging(path, replaceable=path.is_file) as beside:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)


@contextmanager
def staged_folder(path: Path) -> Iterator[Staged]:
    """A new folder that takes the place of ``path`` when the block ends without an error.

    What the block wrote into it is synced. Raises WorkFailed for an OSError, also one of the block's.
    """
    with _staging(path, replaceable=path.is_dir) as beside:
        beside.mkdir(parents=True)
        staged = Staged(beside)
        yield staged
        if not staged.keep_old:
            _sync_tree(beside)
            _swap(beside, path)


@contextmanager
def _staging(path: Path, *, replaceable: Callable[[], bool]) -> Iterator[Path]:
    """A hidden name beside ``path``, gone when the block ends; OSError becomes WorkFailed."""
    beside = _beside(path, NEW)
    try:
        if path.exists() and not replaceable():  # a device, or a folder where a file is to be
            raise OSError(errno.EEXIST, "something of another kind is there")
        _clear_stale(path)
        yield beside
    except OSError as error:
        raise WorkFailed(f"{path} can't be written: {error.strerror or error}; {_advice(path, error)}") from error
    finally:
        _remove(beside)


def _advice(path: Path, error: OSError) -> str:
    if error.errno not in FULL:
        return "choose another place"
    with suppress(OSError):
        return (
            f"{shutil.disk_usage(path.parent).free // MEGABYTE:,} MB are free there: make room or choose another place"
        )
    return "make room or choose another place"


def _beside(path: Path, suffix: str) -> Path:
    """A fresh hidden name: not of ``tempfile``, whose files and folders only their owner may read."""
    return path.parent / f".{path.name}.{secrets.token_hex(6)}.{suffix}"


def _remove(path: Path) -> None:
    """Remove a file or a folder, where it is there and as far as it lets itself be."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _swap(new: Path, path: Path) -> None:
    """Rename the folder ``new`` to ``path``; what was there goes, or comes back where that fails."""
    old = _beside(path, OLD)
    if path.exists():
        path.rename(old)
    try:
        new.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    _sync_folder(path.parent)
    _remove(old)


def _clear_stale(path: Path) -> None:
    """Remove what killed runs left beside ``path``, and put back a folder that one had moved away."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{12}}\.({NEW}|{OLD})")
    for left in [entry for entry in path.parent.glob(".*") if ours.fullmatch(entry.name)]:
        with suppress(OSError):  # another run may be clearing it too
            if time.time() - left.stat().st_mtime <= STALE_S:
                continue
            if left.suffix == f".{OLD}" and not path.exists():
                left.rename(path)
            else:
                _remove(left)


def _sync_tree(folder: Path) -> None:
    """Sync every file below ``folder``, and the folders that name them."""
    for place, _, names in os.walk(folder):
        for name in names:
            with Path(place, name).open("r+b") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(place))


def _sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` outlive a power cut, where platform and file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
