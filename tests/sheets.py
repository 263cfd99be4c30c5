"""Little scores in musical time, four ticks to the quarter, as literals."""

from partimento.score import FERMATA, KEY, METRE, NOTE, Provenance, Score, table
from partimento.voices import NAMES


def sheet(*voices, metre=(0, 4, 4), key=(0, 0, False), fermatas=(), names=NAMES, title="", origin=Provenance()):
    """A Score of a track for each voice, each a list of (pitch or None, ticks) one after the other."""
    rows = [row for track, voice in enumerate(voices) for row in _rows(voice, track)]
    metres = [metre] if isinstance(metre[0], int) else metre
    return Score(
        table(NOTE, rows),
        4,
        metres=table(METRE, metres),
        keys=table(KEY, [key] if key else []),
        fermatas=table(FERMATA, [(tick,) for tick in fermatas]),
        tracks=tuple(names[: len(voices)]),
        title=title,
        provenance=origin,
    )


def melody(*pitches, **settings):
    """One voice in quarters."""
    return sheet([(pitch, 4) for pitch in pitches], **settings)


def _rows(voice, track):
    onset = 0
    for pitch, ticks in voice:
        if pitch is not None:
            yield onset, ticks, pitch, 80, track
        onset += ticks
