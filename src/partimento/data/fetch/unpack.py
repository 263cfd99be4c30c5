"""From a zip archive that may be hostile to a folder in which every file was verified, or to nothing."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...errors import InputError
from ...store import staged_folder
from .downloads import require_space
from .members import Limits, check_directory, check_members, shown

CHUNK = 1 << 18  # bytes
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Unpacked:
    """How many files were unpacked, how many bytes they have, and how many files were left out."""

    files: int
    size: int
    left_out: int


def unpack(
    archive: Path, target: Path, sums: Mapping[str, str], *, all_files: bool = True, limits: Limits = Limits()
) -> Unpacked:
    """Unpack ``archive`` into the folder ``target``, which is there afterwards only if everything was right.

    ``sums`` holds the SHA-256 of the files that must be there, by name below the one folder that holds all; without
    ``all_files`` others are left out. Raises InputError, in one line and with a code, WorkFailed for the disk.
    """
    with staged_folder(target) as staged, _opened(archive, limits) as contents:
        files = _files(contents.infolist())
        kept = {name: info for name, info in files.items() if all_files or name in sums}
        for name in sums.keys() - kept.keys():
            raise InputError(f"{shown(name)} is missing, one of {len(sums.keys() - kept.keys()):,}", "cut-off")
        require_space(target.parent, sum(info.file_size for info in kept.values()))
        for name, info in kept.items():
            _check_sum(name, _written(contents, info, staged.folder / name), sums)
    return Unpacked(len(kept), sum(info.file_size for info in kept.values()), len(files) - len(kept))


@contextmanager
def _opened(archive: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, its members checked; whatever is wrong with it becomes an InputError that names it."""
    try:
        with archive.open("rb") as file:
            members = check_directory(file, limits)
            with zipfile.ZipFile(file) as contents:
                if len(contents.infolist()) != members:
                    raise InputError(f"states {members:,} members and has {len(contents.infolist()):,}", "damaged")
                check_members(contents.infolist(), contents.start_dir, limits)
                yield contents
    except InputError as error:
        raise InputError(f"{archive.name}: {error}; nothing was unpacked", error.code) from error
    except BROKEN as error:
        raise InputError(f"{archive.name}: is damaged ({error}); nothing was unpacked", "damaged") from error


def _files(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members that are files, by name below the one folder in which all of them lie, if there is one."""
    files = [info for info in infos if not info.is_dir()]
    tops = {PurePosixPath(info.filename).parts[0] for info in files}
    nested = all("/" in info.filename for info in files)
    top = f"{tops.pop()}/" if nested and len(tops) == 1 else ""
    return {info.filename.removeprefix(top): info for info in files}


def _written(contents: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> str:
    """Unpack one file to ``path``; its SHA-256. Raises InputError where it has not the size that was stated."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with contents.open(info) as packed, path.open("xb") as file:
        while chunk := packed.read(CHUNK):  # never more than the stated size, and its CRC is compared at the end
            digest.update(chunk)
            size += file.write(chunk)
    if size != info.file_size:
        raise InputError(f"{shown(info.filename)} has {size:,} bytes, {info.file_size:,} are stated", "damaged")
    return digest.hexdigest()


def _check_sum(name: str, digest: str, sums: Mapping[str, str]) -> None:
    if sums.get(name, digest) != digest:
        raise InputError(f"{shown(name)} is not as published", "damaged")
