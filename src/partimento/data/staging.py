"""Replacing a folder as a whole: the new one is written beside, then renamed."""

import glob
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STALE_S = 24 * 60 * 60  # what a killed run left is swept after a day; a younger one may still be at work


@dataclass
class Staged:
    """A new ``folder``; with ``keep_old`` it is dropped and the old one stays."""

    folder: Path
    keep_old: bool = False


@contextmanager
def replacing(target: Path) -> Iterator[Staged]:
    """A new folder that takes the place of ``target`` when the block ends without an error. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    staged = Staged(_beside(target))
    staged.folder.mkdir()
    try:
        yield staged
        if not staged.keep_old:
            _swap(staged.folder, target)
    finally:
        shutil.rmtree(staged.folder, ignore_errors=True)


def _beside(target: Path) -> Path:
    """A fresh hidden name: not of ``tempfile``, whose folders only their owner may read."""
    return target.with_name(f".{target.name}-{secrets.token_hex(6)}")


def _swap(new: Path, target: Path) -> None:
    """Move ``new`` to ``target``; what was there goes."""
    _sync(new)
    old = _beside(target)
    if target.exists():
        target.rename(old)
    new.rename(target)
    _sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Make renames in ``folder`` outlive a power cut, where the platform can sync a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f".{glob.escape(target.name)}-*"):
        if time.time() - left.stat().st_mtime > STALE_S:
            shutil.rmtree(left, ignore_errors=True)
