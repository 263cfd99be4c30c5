"""What a file says of its making: found in it or in the JSON beside it, and checked field by field.

Nothing of it is believed: sizes are bounded, MIDI is read in a limited child process, a name is no path, what is no
field of a provenance is refused, and the primer has to have the hash that is said of it.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

from ... import midi
from ...errors import InputError
from ...score import Score
from . import fields

LARGEST = 2**30  # bytes of a file; a sound of ten hours has more, a piece that one listens to has not
LARGEST_SIDECAR = 32 * 2**20  # bytes; a primer of the most that MIDI may have, in base64, and the rest
SIDECAR, PROVENANCE, PRIMER = ".json", "provenance", "primer"
CARRIED = ("originality",)  # of a JSON: found with an index of a corpus, which is not everywhere
IN_MUSICXML = re.compile(rb'<miscellaneous-field name="provenance">(\{[^<]*)</miscellaneous-field>')
NOT_OURS = "give a file that Partimento composed, with the JSON that was written beside it"

Told = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Claim:
    """The bytes of the file at ``path``, the provenance that it claims, and what else its JSON holds.

    ``beside``: the JSON that was needed, too; ``primer`` is the music that was given, where any was and it is there.
    """

    path: Path
    data: bytes
    provenance: Told
    sidecar: Told
    beside: Path | None = None
    primer: Score | None = None

    @property
    def is_of_chorale(self) -> bool:
        """Whether a chorale model made it."""
        return fields.is_of_chorale(self.provenance)


def claim(path: str | Path) -> Claim:
    """What the file at ``path`` says of its making. Raises InputError for one that says nothing, or nothing sound."""
    path = Path(path)
    data = _bytes(path, LARGEST_SIDECAR if path.suffix.lower() == SIDECAR else LARGEST)
    beside = path.with_suffix(SIDECAR)
    own = _own(path, data)
    found = Claim(path, data, own.get(PROVENANCE, {}), own)
    if _lacks(found.provenance) and beside != path and beside.is_file():
        found = _joined(found, beside)
    if not found.provenance:
        nothing = f"says nothing of how it was made, nor does a {beside.name} beside it"
        raise InputError(f"{path.name}: {nothing}; {NOT_OURS}")
    fields.check(found.provenance, path.name)
    return replace(found, primer=_primer(found))


def _lacks(provenance: Told) -> bool:
    """Whether it is the JSON beside a file that says how it was made, or what it was made from."""
    return not provenance or (bool(provenance.get("primer_sha256")) and PRIMER not in provenance)


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path.name}: can't be read: {reason}; {NOT_OURS}") from None
    if len(data) > most:
        raise InputError(f"{path.name}: has more than {most:,} bytes, the most that is read; {NOT_OURS}")
    return data


def _own(path: Path, data: bytes) -> Told:
    """What the file itself says, as its JSON would; nothing of a kind that says nothing."""
    told = TELLS.get(path.suffix.lower())
    return {} if told is None else told(data, path.name)


def _in_sidecar(data: bytes, name: str) -> Told:
    told = _object(data, name)
    if not isinstance(told.get(PROVENANCE), dict):
        raise InputError(f"{name}: holds no provenance; {NOT_OURS}")
    return told


def _in_midi(data: bytes, name: str) -> Told:
    return _in_texts(midi.parse_isolated(data, name)[1].texts)


def _in_musicxml(data: bytes, name: str) -> Told:
    return _in_texts(unescape(text.decode(errors="replace")) for text in IN_MUSICXML.findall(data))


def _in_texts(texts: Iterable[str]) -> Told:
    told = midi.told(texts)
    return {PROVENANCE: told} if told else {}


def _object(data: bytes, name: str) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise InputError(f"{name}: what it says of its making is no JSON object; {NOT_OURS}")
    return told


def _joined(found: Claim, beside: Path) -> Claim:
    """``found`` with what the JSON beside it adds. Raises InputError where that is of another piece."""
    sidecar = _in_sidecar(_bytes(beside, LARGEST_SIDECAR), beside.name)
    more = sidecar[PROVENANCE]
    plain = {name: value for name, value in more.items() if name != PRIMER}
    if found.provenance and json.dumps(plain, sort_keys=True) != json.dumps(found.provenance, sort_keys=True):
        raise InputError(f"{found.path.name}: {beside.name} beside it is of another piece; put its own there")
    return replace(found, provenance=more, sidecar=sidecar, beside=beside)


def _primer(found: Claim) -> Score | None:
    """The music that was given; None where there was none, or where only its hash is here. Raises InputError."""
    encoded, said = found.provenance.get(PRIMER, ""), found.provenance["primer_sha256"]
    if not encoded:
        return None
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{found.path.name}: the primer that it holds is no base64; it was changed") from None
    if hashlib.sha256(data).hexdigest() != said:
        raise InputError(f"{found.path.name}: the primer that it holds has not the hash {said[:12]}; it was changed")
    return midi.parse_isolated(data, f"the primer of {found.path.name}", midi.PRIMER_LIMITS)[0]


TELLS: dict[str, Callable[[bytes, str], Told]] = {
    SIDECAR: _in_sidecar,
    ".mid": _in_midi,
    ".midi": _in_midi,
    ".musicxml": _in_musicxml,
}
