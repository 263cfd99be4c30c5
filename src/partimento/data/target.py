"""The folder that a corpus is written to, where nothing of anybody else's may be: a new corpus replaces it whole."""

from pathlib import Path

from ..errors import InputError, UsageError
from ..printable import printable
from ..score import TABLES
from ..store import clear, is_leftover
from . import SOURCES
from .corpus import place
from .manifest import MANIFEST, read_manifest
from .shards import OFFSETS
from .source import Source

OURS = {MANIFEST, OFFSETS, *(f"{table}.npy" for table in TABLES)}
DESKTOPS = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what file browsers leave in a folder that they show


def own_place(name: str, source: Source) -> Path:
    """The folder of the corpus called ``name``, cleared of what killed runs left beside it.

    Raises UsageError where it is another source's, or holds files that no corpus has.
    """
    if SOURCES.get(name, source) is not source:
        raise UsageError(f"--name {name}: is the name of another source; choose another one")
    folder = place(name)
    clear(folder.parent)
    there = _source_of(folder)
    if there not in ("", source.name):
        raise UsageError(f"--name {name}: a corpus from {there} has this name; choose another one, or remove {folder}")
    for path in _foreign(folder):
        held = f"{folder} holds {printable(path.name)}, which is no part of a corpus"
        raise UsageError(f"--name {name}: {held}; choose another name, or move it out of that folder")
    return folder


def require_apart(folder: Path, origin: Path) -> None:
    """Raise UsageError where the corpus's ``folder`` is the ``origin``, contains it or lies within it."""
    if _is_within(folder, origin) or _is_within(origin, folder):
        apart = f"the corpus would lie at {folder}, not apart from it"
        raise UsageError(f"--from {origin}: {apart}; name another folder in PARTIMENTO_DATA, or choose another --name")


def _source_of(folder: Path) -> str:
    """The source of the corpus in ``folder``; empty where there is none that could be read."""
    try:
        return read_manifest(folder).source
    except InputError:
        return ""


def _foreign(folder: Path) -> list[Path]:
    """What lies in ``folder`` and is not ours, in sorted order."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if not _is_ours(path)]


def _is_ours(path: Path) -> bool:
    return not path.is_dir() and (path.name in OURS | DESKTOPS or is_leftover(path))


def _is_within(inner: Path, outer: Path) -> bool:
    """Whether ``inner`` is ``outer`` or lies in it, by whatever names the two are called."""
    above = (inner.resolve(), *inner.resolve().parents)
    return outer.exists() and any(path.exists() and path.samefile(outer) for path in above)
