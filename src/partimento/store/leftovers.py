"""The hidden names beside a place: what is staged there, and what killed runs left, to be put back or cleared."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .lock import held, locked

NEW, OLD = "part", "old"  # suffixes of what is staged, and of a folder that makes room for it
LEFT = re.compile(rf"\.(?P<name>.+)\.[0-9a-f]{{12}}\.(?P<kind>{NEW}|{OLD})", re.DOTALL)


def beside(path: Path, kind: str) -> Path:
    """A fresh hidden name: not of ``tempfile``, whose files and folders only their owner may read."""
    return path.parent / f".{path.name}.{secrets.token_hex(6)}.{kind}"


def restore(parent: Path) -> None:
    """Put back the folders in ``parent`` that a run had moved away when it was killed; wait for one at work."""
    for left, place in _staged(parent, OLD):
        with suppress(OSError), held(left):
            if not place.exists():
                left.rename(place)


def clear(parent: Path, name: str = "") -> None:
    """Remove what killed runs left in ``parent``, or only what was to be called ``name``: what nobody holds."""
    restore(parent)
    for left, place in (*_staged(parent, NEW), *_staged(parent, OLD)):
        if name in ("", place.name):
            with suppress(OSError), locked(left):
                remove(left)


def discard(path: Path) -> None:
    """Remove a file or folder, for whoever reads at once; what a kill leaves of it, ``clear`` takes."""
    with suppress(OSError):
        gone = beside(path, NEW)
        path.rename(gone)
        remove(gone)


def is_leftover(path: Path) -> bool:
    """Whether ``path`` has a hidden name of ours, of something staged or moved away."""
    return LEFT.fullmatch(path.name) is not None


def remove(path: Path) -> None:
    """Remove a file or a folder, where it is there and as far as it lets itself be."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _staged(parent: Path, kind: str) -> Iterator[tuple[Path, Path]]:
    """The hidden names of a kind in ``parent``, and the place that each belongs to."""
    for left in list(parent.glob(f".*.{kind}")):
        if match := LEFT.fullmatch(left.name):
            yield left, parent / match["name"]
