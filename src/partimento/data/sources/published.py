"""Sources whose every file is known by its SHA-256, in a table that comes with the package."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath

from ...errors import InputError
from ..origin import Origin


def published_sums(table: str) -> dict[str, str]:
    """SHA-256 of each file by its name within the archive, from the lines of ``table`` beside this file."""
    text = files(__package__).joinpath(table).read_text("utf-8")
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}


def folder_of(archive: Origin, *indexes: str) -> tuple[str, str]:
    """The folder within an archive, with its slash, where one of the ``indexes`` lies, and which; texts are empty
    where none does."""
    for name in archive.names:
        index = PurePosixPath(name).name
        if index in indexes:
            return name.removesuffix(index), index
    return "", ""


@dataclass(frozen=True)
class Published:
    """The files below ``prefix`` of an archive, each compared with its sum; ``advice`` is for who has others."""

    archive: Origin
    prefix: str
    sums: Mapping[str, str]
    title: str
    advice: str

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises InputError where it is missing, unknown or not as published."""
        if name not in self.sums:
            raise InputError(f"{name}: is no file of {self.title}; {self.advice}")
        data = self.archive.read(self.prefix + name)
        if hashlib.sha256(data).hexdigest() != self.sums[name]:
            raise InputError(f"{name}: differs from the published file; {self.advice}")
        return data
