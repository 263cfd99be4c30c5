"""What the chords of a four-part piece are, and on which its phrases and its end come to rest.

Counted on beats, where each voice sounds: triads (major, minor, diminished; the fifth may be missing) and seventh
chords (the fifth may be missing, the third not) by pitch classes alone, whatever the bass. A *phrase* ends where the
soprano's note with a fermata does; it rests if a major or minor triad in root position sounds there. A piece *closes*
on its tonic if that is the triad of its last chord, in root position; the third of minor may be raised.
Shapes: T frames of a 16th, 4 voices.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

import numpy as np

from ..score import Score
from .grid import FRAMES_PER_QUARTER, frames_of, tonics_of
from .passage import MINOR, OCTAVE, Passage, Truths, passage

BASS = 3
MAJOR, MINOR_TRIAD = (0, 4, 7), (0, 3, 7)
CONSONANT = (MAJOR, (0, 4), MINOR_TRIAD, (0, 3))
DIMINISHED = ((0, 3, 6),)
SEVENTHS = (
    (0, 4, 7, 10),
    (0, 4, 10),
    (0, 3, 7, 10),
    (0, 3, 10),
    (0, 3, 6, 10),
    (0, 4, 7, 11),
    (0, 4, 11),
    (0, 3, 6, 9),
)


@dataclass(frozen=True)
class Harmony:
    """Counts, which add up over pieces: ``triads`` and ``sevenths`` among ``beats``, those that ``rest`` among
    ``phrases``, those that close on their ``tonics`` among ``closes`` (pieces whose key is known)."""

    beats: int = 0
    triads: int = 0
    sevenths: int = 0
    phrases: int = 0
    rests: int = 0
    closes: int = 0
    tonics: int = 0

    def __add__(self, other: "Harmony") -> "Harmony":
        return Harmony(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def shares(self) -> dict[str, float]:
        """Each part of its whole, 0 to 1; what has nothing to be counted is left out."""
        rows = (("triads", "beats"), ("sevenths", "beats"), ("rests", "phrases"), ("tonics", "closes"))
        counts = asdict(self)
        return {SAID[part]: counts[part] / counts[whole] for part, whole in rows if counts[whole]}


SAID = {
    "triads": "beats with a triad",
    "sevenths": "beats with a seventh chord",
    "rests": "phrases that end on a triad in root position",
    "tonics": "closes on the tonic",
}


def harmony(score: Score) -> Harmony:
    """The counts of a four-voice Score. Raises InputError where there are not four tracks."""
    frames = frames_of(score)
    heard = passage(frames, tonics_of(score, len(frames)))
    whole: Truths = np.asarray(heard.sounding.all(-1))
    beats = whole & _on_beats(score, len(frames))
    ends = [end for end in phrase_ends(score) if end < len(frames) and whole[end]]
    rests = resting(heard)
    last = np.flatnonzero(whole)[-1:]
    known = last[heard.tonics[last] >= 0]
    return Harmony(
        beats=int(beats.sum()),
        triads=int((beats & _among(heard, TRIADS)).sum()),
        sevenths=int((beats & _among(heard, SEVENTH_CHORDS)).sum()),
        phrases=len(ends),
        rests=int(rests[ends].sum()),
        closes=len(known),
        tonics=int((rests & _on_tonic(heard))[known].sum()),
    )


def phrase_ends(score: Score) -> Iterator[int]:
    """The last frame of each note of the soprano that bears a fermata."""
    ticks, soprano = score.fermatas["onset"], score.notes[score.notes["track"] == 0]
    for note in soprano[np.isin(soprano["onset"], ticks)]:
        yield _frame(int(note["onset"]) + int(note["duration"]), score) - 1


def resting(heard: Passage) -> Truths:
    """bool[..., T]: a major or minor triad in root position sounds."""
    return np.asarray(RESTING[heard.chords, heard.frames[..., BASS] % OCTAVE] & heard.sounding[..., BASS])


def _on_tonic(heard: Passage) -> Truths:
    """bool[T]: the bass has the tonic, and what sounds is no minor triad in a major key."""
    minor = _among(heard, _table((MINOR_TRIAD, (0, 3))))
    return np.asarray((heard.frames[..., BASS] % OCTAVE == heard.tonics % OCTAVE) & (~minor | (heard.tonics >= MINOR)))


def _among(heard: Passage, table: Truths) -> Truths:
    return np.asarray(table[heard.chords])


def _on_beats(score: Score, length: int) -> Truths:
    """bool[T]: whole quarters from the first metre on."""
    first = _frame(int(score.metres["onset"][0]), score) if len(score.metres) else 0
    return np.asarray((np.arange(length) - first) % FRAMES_PER_QUARTER == 0)


def _frame(tick: int, score: Score) -> int:
    return -(-tick * FRAMES_PER_QUARTER // score.ticks_per_quarter)


def _table(chords: tuple[tuple[int, ...], ...]) -> Truths:
    """bool[4096]: by the set of pitch classes as bits, whether it is one of ``chords`` on any root."""
    found = np.zeros(1 << OCTAVE, np.bool_)
    found[[_bits(chord, root) for chord in chords for root in range(OCTAVE)]] = True
    return found


def _bits(chord: tuple[int, ...], root: int) -> int:
    return sum(1 << (root + tone) % OCTAVE for tone in chord)


def _resting() -> Truths:
    """bool[4096, 12]: by the pitch classes as bits and that of the bass."""
    found = np.zeros((1 << OCTAVE, OCTAVE), np.bool_)
    for root in range(OCTAVE):
        found[[_bits(chord, root) for chord in CONSONANT], root] = True
    return found


TRIADS, SEVENTH_CHORDS, RESTING = _table((*CONSONANT, *DIMINISHED)), _table(SEVENTHS), _resting()
