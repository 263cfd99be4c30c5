"""New files and folders, made under a hidden name and renamed when they are whole."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ..errors import WorkFailed
from .leftovers import NEW, OLD, beside, clear, remove
from .lock import held

FULL = {errno.ENOSPC, errno.EDQUOT}
MEGABYTE = 10**6


@dataclass
class Staged:
    """A new ``folder``; with ``keep_old`` it is dropped and the old one stays."""

    folder: Path
    keep_old: bool = False


@dataclass(frozen=True)
class _Company:
    """Files that wait for each other: what cleans up after them, and from where to where each is moved."""

    stack: ExitStack
    moves: list[tuple[Path, Path]] = field(default_factory=list)


_company: ContextVar[_Company | None] = ContextVar("_company", default=None)


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``. Raises WorkFailed, and then leaves what was there."""
    with staged_file(path) as file:
        file.write(data)


@contextmanager
def staged_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, open for writing, that takes the place of ``path`` when the block ends without an error.

    Raises WorkFailed for an OSError, also one of the block's.
    """
    company = _company.get()
    with ExitStack() if company is None else nullcontext(company.stack) as stack:
        new = stack.enter_context(_staging(path, lambda new: new.touch(exist_ok=False), path.is_file))
        with new.open("r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if company is None:
            _move(new, path)
        else:
            company.moves.append((new, path))


@contextmanager
def together() -> Iterator[None]:
    """The files that the block writes take their places when it ends, in their order; after an error none does."""
    with ExitStack() as stack:
        company = _Company(stack)
        before = _company.set(company)
        try:
            yield
        finally:
            _company.reset(before)
        for new, path in company.moves:
            _move(new, path)


@contextmanager
def staged_folder(path: Path) -> Iterator[Staged]:
    """A new folder that takes the place of ``path`` when the block ends without an error.

    What the block wrote into it is synced. Raises WorkFailed for an OSError, also one of the block's.
    """
    with _staging(path, lambda new: new.mkdir(parents=True), path.is_dir) as new:
        staged = Staged(new)
        yield staged
        if not staged.keep_old:
            _sync_tree(new)
            _swap(new, path)


@contextmanager
def _staging(path: Path, make: Callable[[Path], None], replaceable: Callable[[], bool]) -> Iterator[Path]:
    """A hidden place beside ``path``, made and locked, gone when the block ends; OSError becomes WorkFailed."""
    new = beside(path, NEW)
    try:
        if path.exists() and not replaceable():  # a device, or a folder where a file is to be
            raise OSError(errno.EEXIST, "something of another kind is there")
        clear(path.parent, path.name)
        with _owned(new, make):
            yield new
    except OSError as error:
        raise WorkFailed(f"{path} can't be written: {error.strerror or error}; {_advice(path, error)}") from error
    finally:
        remove(new)


@contextmanager
def _owned(new: Path, make: Callable[[Path], None]) -> Iterator[None]:
    """Make ``new`` and hold its lock; a run that clears may come between the two: then it is made once more."""
    make(new)
    with ExitStack() as stack:
        stack.enter_context(held(new))
        if not new.exists():
            make(new)
            stack.enter_context(held(new))
        yield


def _advice(path: Path, error: OSError) -> str:
    if error.errno not in FULL:
        return "choose another place"
    with suppress(OSError):
        return (
            f"{shutil.disk_usage(path.parent).free // MEGABYTE:,} MB are free there: make room or choose another place"
        )
    return "make room or choose another place"


def _move(new: Path, path: Path) -> None:
    new.replace(path)
    _sync_folder(path.parent)


def _swap(new: Path, path: Path) -> None:
    """Rename the folder ``new`` to ``path``; what was there gets its hidden name, or comes back where that fails."""
    old = beside(path, OLD)
    with held(path) if path.exists() else nullcontext():  # who finds ``old`` waits until we are done
        if path.exists():
            path.rename(old)
        try:
            new.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
        _sync_folder(path.parent)
        if old.exists():
            old.rename(new)  # nobody puts it back any more, so that it may go piece by piece


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
