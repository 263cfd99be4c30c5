"""Zip archives made to measure: sound ones, and ones that no honest program writes."""

import io
import stat
import struct
import zipfile

FILES = {"music/a.mid": b"one" * 50, "music/deep/b.mid": b"two" * 60, "music/index.csv": b"a,b\n"}
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def zipped(files=FILES, method=DEFLATED):
    """An archive of these files, by name or as pairs of a name (or ZipInfo) and bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data)
    return buffer.getvalue()


def linked(name, target, kind=stat.S_IFLNK):
    """A member that is a symbolic link, or something else that is no file."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info, target


def patched(data, *changes):
    """``data`` with a field of the directory's first entry overwritten: (offset, struct format, value)."""
    entry, made = data.index(b"PK\1\2"), bytearray(data)
    for offset, form, value in changes:
        struct.pack_into(form, made, entry + offset, value)
    return bytes(made)


def overlapping():
    """Two members of which the second lies inside the first."""
    inner = zipped({"b": b"x" * 40}, STORED)
    data = zipped([("a", inner[: inner.index(b"PK\1\2")]), ("b", b"x" * 40)], STORED)
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    return data[: second + 42] + struct.pack("<L", 31) + data[second + 46 :]
