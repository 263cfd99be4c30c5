"""What of a file is not as it was made again, in words: the installation, what is said of it, the first note."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ... import midi
from ...notation.bars import place
from ...score import NOTE, Score
from ...units import pitch_name
from ..piece import Piece
from ..provenance import installation
from .claim import CARRIED, PRIMER, PROVENANCE, SIDECAR, Claim

MIDI = (".mid", ".midi")
ALIKE = "the music is the same, note for note"
OTHERWISE = "only the bytes of the file: it was changed, or written by another version of what writes such files"


def differences(claim: Claim, piece: Piece, made: bytes) -> Iterator[str]:
    """What differs between the file of ``claim`` and ``piece``, whose file has the bytes ``made``; nothing if none."""
    if made == claim.data:
        return
    said, music = [*_installations(claim.provenance), *_said(claim, piece)], list(_music(claim, made))
    yield from (*said, *music)
    if not said and music in ([], [ALIKE]):
        yield OTHERWISE


def _installations(told: Mapping[str, Any]) -> Iterator[str]:
    """Versions and platforms that are not those here."""
    for part, here in installation().items():
        if told[part] != here:
            yield f"{part}: {told[part]} when it was made, {here} here"


def _said(claim: Claim, piece: Piece) -> Iterator[str]:
    """Fields of the provenance and parts of the JSON that are others now."""
    before, now = claim.provenance, _plain(piece.provenance)
    for name in sorted({*before, *now} - installation().keys() - {PRIMER}):
        if before.get(name) != now.get(name):
            yield f"{name} of its provenance"
    sidecar = _plain(piece.sidecar) if claim.path.suffix.lower() == SIDECAR else {}
    for name in sorted({*claim.sidecar, *sidecar} - {PROVENANCE}) if sidecar else ():
        one_sided = name in CARRIED and (name not in claim.sidecar or name not in sidecar)
        if not one_sided and claim.sidecar.get(name) != sidecar.get(name):
            yield f"{name[:60]} of its JSON"


def _music(claim: Claim, made: bytes) -> Iterator[str]:
    """Whether the music is the same, where the file holds it as notes."""
    if claim.path.suffix.lower() not in MIDI:
        return
    before = midi.parse_isolated(claim.data, claim.path.name)[0]
    now = midi.parse(made, "made")[0]
    yield from [ALIKE] if before == now else _first(before, now)


def _first(before: Score, now: Score) -> Iterator[str]:
    """The first note that differs, with its place; or which of the other tables does."""
    both = min(len(before), len(now))
    differ = np.flatnonzero(before.notes[:both] != now.notes[:both])
    index = int(differ[0]) if len(differ) else both
    if index < max(len(before), len(now)):
        there, here = (_note(score, index) for score in (before, now))
        yield f"the music, from note {index + 1} of {len(before)} on: {there} in the file, {here} made again"
        return
    tables = ("pedals", "tempi", "metres", "keys")
    names = [name for name in tables if not np.array_equal(getattr(before, name), getattr(now, name))]
    yield f"the music: the same notes, but other {' and '.join(names) or 'ticks'}"


def _note(score: Score, index: int) -> str:
    if index >= len(score):
        return "none"
    note: dict[str, int] = dict(zip(NOTE.names or (), score.notes[index].tolist(), strict=True))
    onset, end = (float(score.seconds(tick)) for tick in (note["onset"], note["onset"] + note["duration"]))
    where = place(score, note["onset"]) if len(score.metres) else f"{onset:.3f} s"
    return f"{pitch_name(note['pitch'])} at {where} for {1000 * (end - onset):.0f} ms, velocity {note['velocity']}"


def _plain(value: Any) -> dict[str, Any]:
    """As it is after a way through JSON."""
    told: dict[str, Any] = json.loads(json.dumps(value))
    return told
