"""What a prepared corpus says of itself: ``manifest.json`` beside its shards."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..store import write_atomically
from .source import Piece

FORMAT = 2
MANIFEST = "manifest.json"
TOLD = ("homepage", "report", "format")  # no part of the fingerprint: a better report leaves a corpus as it is
SEAL = "sha256"
AGAIN = "prepare it again with `partimento data prepare`"


@dataclass(frozen=True)
class Entry:
    """A piece in a corpus with what only its Score can tell."""

    piece: Piece
    notes: int
    seconds: float
    ticks_per_quarter: int
    tracks: tuple[str, ...]

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Entry":
        """The entry that ``asdict`` wrote."""
        return cls(**{**row, "piece": Piece(**row["piece"]), "tracks": tuple(row["tracks"])})


@dataclass(frozen=True)
class Manifest:
    """``files``: SHA-256 of each shard file; ``report``: what the import dropped, repaired and refused."""

    source: str
    licence: str
    credit: str
    homepage: str
    options: Mapping[str, Any]
    entries: tuple[Entry, ...]
    files: Mapping[str, str]
    report: Mapping[str, Any]
    format: int = FORMAT

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that training may depend on: equal where two corpora are the same, however told of."""
        held = {name: value for name, value in asdict(self).items() if name not in TOLD}
        return hashlib.sha256(json.dumps(held, sort_keys=True, allow_nan=False).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Write it into ``folder``. Raises WorkFailed."""
        write_atomically(folder / MANIFEST, self.text)

    @property
    def text(self) -> bytes:
        """The file, down to the byte: it ends with the hash of all that it says, also of what no fingerprint covers."""
        said = asdict(self) | {"fingerprint": self.fingerprint}
        seal = hashlib.sha256(json.dumps(said, allow_nan=False).encode()).hexdigest()
        return json.dumps(said | {SEAL: seal}, indent=1, allow_nan=False).encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest in ``folder``. Raises InputError where it is damaged or of another version."""
    try:
        found = (folder / MANIFEST).read_bytes()
        fields = json.loads(found, parse_constant=_no_number)
        _require_version(folder, fields.get("format"))
        stated, sealed = fields.pop("fingerprint"), fields.pop(SEAL, "")
        manifest = Manifest(**{**fields, "entries": tuple(map(Entry.from_json, fields["entries"]))})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder}: {MANIFEST} is missing or damaged ({error}); {AGAIN}") from error
    if manifest.fingerprint != stated or (sealed and manifest.text != found):
        raise InputError(f"{folder}: {MANIFEST} was changed after it was written; {AGAIN}")
    return manifest


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _require_version(folder: Path, version: object) -> None:
    if version != FORMAT:
        raise InputError(f"{folder}: shards of format {version}, this version reads {FORMAT}; {AGAIN}")
