"""The members of a zip archive, all held against limits and against each other before any is unpacked.

The names and sizes are those of the archive's directory (APPNOTE.TXT 6.3.10, sections 4.3.12 and 4.3.16).
"""

import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from ...errors import InputError
from ...printable import printable

END = struct.Struct("<4s4H2LH")  # the end of central directory record
END_MARK, ZIP64_MARK, ZIP64_LOCATOR_BYTES = b"PK\5\6", b"PK\6\7", 20
LOCAL_HEADER_BYTES = 30
LONGEST_COMMENT = 0xFFFF
ENCRYPTED, UTF8 = 0x2041, 0x800  # bits of a member's flags
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself


@dataclass(frozen=True)
class Limits:
    """What an archive may unpack to; sizes in bytes, names in bytes of UTF-8."""

    members: int = 50_000
    directory_bytes: int = 16 * 2**20
    total_bytes: int = 2 * 2**30
    member_bytes: int = 64 * 2**20
    ratio: int = 200  # unpacked to packed; DEFLATE reaches 1,032, MIDI files 30
    ratio_from_bytes: int = 2**20  # smaller members do no harm
    name_bytes: int = 400
    part_bytes: int = 200
    depth: int = 12


Rule = Callable[[zipfile.ZipInfo, Limits], bool]


def _parts(info: zipfile.ZipInfo) -> list[str]:
    return info.orig_filename.removesuffix("/").split("/")


def _special(info: zipfile.ZipInfo) -> bool:
    """Whether a member is neither a file nor a folder, or not the one of them that its name says."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG) or (info.is_dir() and info.file_size > 0)


def _too_long(info: zipfile.ZipInfo, limits: Limits) -> bool:
    lengths = [len(part.encode()) for part in _parts(info)]
    return max(lengths) > limits.part_bytes or sum(lengths) + len(lengths) - 1 > limits.name_bytes


def _unsafe(part: str) -> bool:
    """Whether a part of a name leads elsewhere, or is another name on another system."""
    return part in ("", ".", "..") or part[-1] in ". " or bool(set(part) & set('\\:*?"<>|')) or _reserved(part)


def _reserved(part: str) -> bool:
    return RESERVED.fullmatch(part) is not None


RULES: tuple[tuple[Rule, str, str], ...] = (  # what is refused, in which words, under which of errors.REASONS
    (lambda info, limits: not info.orig_filename.isprintable(), "has control characters in its name", "refused"),
    (lambda info, limits: any(map(_unsafe, _parts(info))), "has a name that is no plain relative path", "refused"),
    (_too_long, "has too long a name", "refused"),
    (lambda info, limits: len(_parts(info)) > limits.depth, "lies too many folders deep", "refused"),
    (lambda info, limits: _special(info), "is neither a plain file nor a folder", "refused"),
    (lambda info, limits: bool(info.flag_bits & ENCRYPTED), "is encrypted", "refused"),
    (lambda info, limits: info.compress_type not in METHODS, "is packed by a method that is not read", "refused"),
    (lambda info, limits: info.file_size > limits.member_bytes, "is larger than is unpacked", "too-large"),
    (
        lambda info, limits: info.file_size > max(limits.ratio * info.compress_size, limits.ratio_from_bytes),
        "unpacks to far more than any music does",
        "too-much",
    ),
)


def check_directory(file: BinaryIO, limits: Limits) -> int:
    """The number of members that the end of the archive states, before a directory of any size is read.

    Raises InputError where it is no whole zip archive, has anything before or behind it, or is beyond ``limits``.
    """
    size = file.seek(0, 2)
    file.seek(max(size - END.size - LONGEST_COMMENT, 0))
    tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or at + END.size > len(tail):
        raise InputError("is no whole zip archive", "cut-off")
    _, disk, start_disk, here, members, length, offset, comment = END.unpack_from(tail, at)
    end = size - len(tail) + at
    if disk or start_disk or here != members or tail[max(at - ZIP64_LOCATOR_BYTES, 0) : at].startswith(ZIP64_MARK):
        raise InputError("is in several parts or in the 64-bit form, which is not read", "refused")
    if end + END.size + comment != size or offset + length != end:
        raise InputError("has bytes before or behind it, or lacks some", "damaged")
    if members > limits.members or length > limits.directory_bytes:
        raise InputError(f"has {members:,} members; at most {limits.members:,} are unpacked", "too-much")
    return int(members)


def check_members(infos: list[zipfile.ZipInfo], directory_at: int, limits: Limits) -> None:
    """Raise InputError, with the name, for the first member that is refused alone or beside the others."""
    for info in infos:
        for refuses, words, code in RULES:
            if refuses(info, limits):
                raise InputError(f"{shown(info.orig_filename)} {words}", code)
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        raise InputError(f"unpacks to {total:,} bytes; at most {limits.total_bytes:,} are unpacked", "too-much")
    _check_names(infos)
    _check_places(infos, directory_at)


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    """No two members may be one file on a system that ignores case or the form of accents, nor a file a folder."""
    names: set[str] = set()
    for info in infos:
        key = _key(info)
        if key in names:
            raise InputError(f"{shown(info.orig_filename)} is there twice, as some systems read names", "refused")
        names.add(key)
    files = {_key(info) for info in infos if not info.is_dir()}
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    for name in sorted(files & folders):
        raise InputError(f"{shown(name)} is a file and a folder", "refused")


def _key(info: zipfile.ZipInfo) -> str:
    """The name as the least discerning file system compares it."""
    folded = unicodedata.normalize("NFKC", info.orig_filename.removesuffix("/")).casefold()
    return unicodedata.normalize("NFKC", folded)


def _check_places(infos: list[zipfile.ZipInfo], directory_at: int) -> None:
    """No two members may share bytes: a bomb of overlapping members unpacks the same bytes many times."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [_end(info) for info in ordered]
    starts = [info.header_offset for info in ordered[1:]] + [directory_at]
    for info, end, start in zip(ordered, ends, starts, strict=True):
        if info.header_offset < 0 or end > start:
            raise InputError(f"{shown(info.orig_filename)} overlaps what comes behind it", "damaged")


def _end(info: zipfile.ZipInfo) -> int:
    """The first byte behind a member, at the least: its local header may hold more."""
    name = info.orig_filename.encode("utf-8" if info.flag_bits & UTF8 else "cp437")
    return info.header_offset + LOCAL_HEADER_BYTES + len(name) + info.compress_size


def shown(name: str) -> str:
    """A name from outside for one line."""
    return f"'{printable(name if len(name) <= 100 else name[:97] + '...')}'"
