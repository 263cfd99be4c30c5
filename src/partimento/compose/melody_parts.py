"""The parts of a file as voices of a chorale: by their names, by their number, or by what one says. Shapes: N notes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UnknownName, UsageError
from ..score import NOTE, PEDAL, Score, table
from ..voices import NAMES

EXPECTED = f"give a melody, a four-part score, or parts that are called {', '.join(NAMES)}"
SHORT = {spelt: number for number, name in enumerate(NAMES) for spelt in (name.lower(), name[0].lower())}


@dataclass(frozen=True)
class Parts:
    """``score`` on the four tracks, the numbers of the ``voices`` that it has notes for, and ``remarks`` for people."""

    score: Score
    voices: tuple[int, ...]
    remarks: tuple[str, ...] = ()


def voices_said(flag: str, text: str | Sequence[str]) -> tuple[int, ...]:
    """The numbers of voices named with commas; none for nothing. Raises UnknownName."""
    names = [part.strip() for part in (text.split(",") if isinstance(text, str) else text) if part.strip()]
    for name in names:
        if name.lower() not in SHORT:
            raise UnknownName("voice", name.lower(), [each.lower() for each in NAMES], f"({flag})")
    return tuple(sorted({SHORT[name.lower()] for name in names}))


def parts(score: Score, name: str, said: Sequence[int] = ()) -> Parts:
    """The parts of ``score``, read from a file called ``name``; of a single one, ``said`` is its voice.

    Parts without notes count for nothing. Raises InputError where there are neither one nor four, nor names for them.
    """
    used = np.unique(score.notes["track"]).tolist()
    if not used:
        raise InputError(f"{name}: has no notes; {EXPECTED}", "no-notes")
    by_name = _named(score, used)
    if len(used) == 1:
        return _single(score, used[0], name, said, by_name)
    if len(by_name) == len(used) or len(by_name) == len(NAMES):
        others = [score.tracks[track] for track in used if track not in by_name]
        remarks = (f"parts left out, as the four voices are named: {', '.join(others)}",) * bool(others)
        return _moved(score, by_name, remarks)
    if len(used) == len(NAMES):
        return _in_order(score, used)
    raise InputError(f"{name}: has {len(used)} parts ({_listed(score, used)}); {EXPECTED}", "voices")


def _single(score: Score, track: int, name: str, said: Sequence[int], by_name: dict[int, int]) -> Parts:
    if len(said) > 1:
        names = ",".join(NAMES[voice].lower() for voice in said)
        raise UsageError(f"--keep {names}: {name} has one part; say which voice it is, or give a four-part score")
    voice = said[0] if said else by_name.get(track, 0)
    return _moved(score, {track: voice}, ())


def _in_order(score: Score, used: Sequence[int]) -> Parts:
    """From the highest down, as they stand, unless each is higher than the one before."""
    means = [score.notes["pitch"][score.notes["track"] == track].mean() for track in used]
    rises = all(low < high for low, high in pairwise(means))
    order = used[::-1] if rises else used
    remark = f"parts taken as {', '.join(NAMES)}{', from the last up' if rises else ' in their order'}"
    return _moved(score, {track: voice for voice, track in enumerate(order)}, (remark,))


def _named(score: Score, used: Sequence[int]) -> dict[int, int]:
    """Voices by track, of the tracks that bear the name or the letter of one; none where two bear the same."""
    found = {track: SHORT.get(score.tracks[track].strip(" .").lower(), -1) for track in used}
    found = {track: voice for track, voice in found.items() if voice >= 0}
    return found if len({*found.values()}) == len(found) else {}


def _moved(score: Score, voices: dict[int, int], remarks: tuple[str, ...]) -> Parts:
    """``score`` with each track that is a voice in its place, the others and all pedals left out."""
    notes = score.notes[np.isin(score.notes["track"], list(voices))].copy()
    notes["track"] = _looked_up(notes["track"], voices)
    dropped = (f"{len(score.pedals)} pedals left out: voices have none",) * bool(len(score.pedals))
    moved = replace(score, notes=notes.astype(NOTE), pedals=table(PEDAL), tracks=NAMES)
    return Parts(moved, tuple(sorted(voices.values())), (*remarks, *dropped))


def _looked_up(tracks: NDArray[np.uint16], voices: dict[int, int]) -> NDArray[np.int64]:
    return np.array([voices[track] for track in tracks.tolist()], np.int64)


def _listed(score: Score, used: Sequence[int]) -> str:
    names = [score.tracks[track] for track in used]
    return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
