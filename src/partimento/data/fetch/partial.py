"""A download that is not complete yet: ``NAME.part``, and beside it ``NAME.part.json``, which says of what."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from ...store import write_atomically

UNKNOWN = -1


@dataclass(frozen=True)
class Version:
    """Which version of the file at ``url`` the bytes are of; ``length`` in bytes, UNKNOWN where it was not said."""

    url: str
    etag: str = ""
    modified: str = ""
    length: int = UNKNOWN

    @property
    def validator(self) -> str:
        """What If-Range may name: a strong entity tag, or a date (RFC 9110, section 13.1.5), or nothing."""
        return self.modified if self.etag.startswith("W/") or not self.etag else self.etag

    def differs(self, other: "Version") -> bool:
        """Whether the two can't be the same version, as far as both are known."""
        return (
            bool(self.etag and other.etag and self.etag != other.etag)
            or bool(self.modified and other.modified and self.modified != other.modified)
            or (UNKNOWN not in (self.length, other.length) and self.length != other.length)
        )


@dataclass(frozen=True)
class Partial:
    """The bytes at ``path``, always the first ones of some version of a file."""

    path: Path

    @property
    def note(self) -> Path:
        """The file that says of what the bytes are."""
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def version(self, url: str) -> Version | None:
        """Which version of the file at ``url`` this is; None where there is nothing that one could go on from."""
        with suppress(OSError, ValueError, TypeError):
            version = Version(**json.loads(self.note.read_bytes()))
            sound = all(type(getattr(version, field.name)) is type(field.default) for field in fields(Version)[1:])
            if (
                sound
                and version.url == url
                and self.size
                and (version.length == UNKNOWN or self.size <= version.length)
            ):
                return version
        return None

    def begin(self, version: Version) -> None:
        """Drop the bytes and note that those to come are of ``version``."""
        self.path.unlink(missing_ok=True)
        self.mark(version)

    def mark(self, version: Version) -> None:
        """Note of what the bytes are."""
        write_atomically(self.note, json.dumps(asdict(version)).encode())

    def complete(self, version: Version) -> None:
        """Note that nothing is missing."""
        self.mark(replace(version, length=self.size))

    def discard(self) -> None:
        """Remove the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def sha256(self) -> str:
        """The hash of the bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
