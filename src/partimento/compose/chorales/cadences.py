"""Cadences while drawing: phrases come to rest on a triad in root position, the piece on that of its key.

A phrase's end is the kept soprano's note that bears a fermata, or a beat from the fermata on; the close is a kept
melody's last note, or what follows the last fermata. Each 16th of them in which no triad is left that has all known
pitches, its root in the bass and, once the upper voices are known, its third, costs nats, so that a suspension pays
for as long as it sounds. At the close the triad is the tonic's, of minor with either third; where the kept notes are
none of its tones, any triad does. Shapes: R rows, N cells of one voice, V candidate pitches.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...audit.harmony import BASS
from ...audit.passage import MINOR, NO_TONIC, OCTAVE, REST
from ...codecs.chorale_cells import QUARTER
from .layout import Layout

PHRASE, CLOSE = 6.0, 6.0  # nats for each 16th; the close is as sure as can be, but for parallels, which cost more
LONGEST_CLOSE = 16  # 16ths
THIRDS = (4, 3)  # of major and minor triads
FIFTH = 7
SETS = 1 << OCTAVE

Truths = NDArray[np.bool_]
Integers = NDArray[np.int64]
Costs = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cadences:
    """``ends`` and ``close`` bool[R]: rows in which phrases and the piece end; ``tonics`` int[R] as in the audit."""

    ends: Truths
    close: Truths
    tonics: Integers

    def any(self, rows: Integers) -> bool:
        """Whether any of ``rows`` is concerned."""
        return bool((self.ends[rows] | self.close[rows]).any())

    def costs(self, rows: Integers, frames: NDArray[np.integer], voice: int, pitches: Integers) -> tuple[Costs, Costs]:
        """float[N, V] twice, in nats: what each of ``pitches`` (0: a rest) costs at the close, and at phrases' ends.

        ``rows`` int[N] are the cells', ``frames`` int[N, 4] what is known there, 0 where nothing is.
        """
        close, phrase = np.zeros((2, len(rows), len(pitches)))
        for at in np.flatnonzero(self.ends[rows] | self.close[rows]).tolist():
            heard = _Heard.of(frames[at], voice, pitches)
            phrase[at] = PHRASE * ~heard.fit(any_triad())
            if self.close[rows[at]] and self.tonics[rows[at]] != NO_TONIC:
                close[at] = CLOSE * ~heard.fit(tonic_triads(int(self.tonics[rows[at]])))
        return close, phrase


@dataclass(frozen=True, eq=False)
class _Heard:
    """Of V candidates: the pitch classes known beside each as bits, the bass's (12: unknown), whether it rests."""

    sets: Integers
    basses: Integers
    complete: bool
    rests: Truths

    @classmethod
    def of(cls, frame: NDArray[np.integer], voice: int, pitches: Integers) -> "_Heard":
        known = [int(pitch) for v, pitch in enumerate(frame) if v != voice and pitch > REST]
        others = sum(1 << pitch_class for pitch_class in {pitch % OCTAVE for pitch in known})
        classes = np.where(pitches > REST, pitches % OCTAVE, OCTAVE)
        bass = int(frame[BASS]) % OCTAVE if frame[BASS] > REST else OCTAVE
        upper = sum(pitch > REST for v, pitch in enumerate(frame[:BASS]) if v != voice) + (voice != BASS)
        rests = (pitches == REST) & (voice == 0 or frame[0] > REST)
        basses = classes if voice == BASS else np.full(len(pitches), bass)
        return cls(others | (1 << classes) % SETS, basses, upper == BASS, rests)

    def fit(self, triads: Truths) -> Truths:
        """bool[V]: whether ``triads`` bool[2, 4096, 13] leave one, and it is no rest beside what sounds."""
        return np.asarray(triads[int(self.complete), self.sets, self.basses] & ~self.rests)


def cadences_of(layout: Layout) -> Cadences:
    """The rows of ``layout`` in which phrases end, and those of its close."""
    ends, close = (np.zeros(len(layout.ids), np.bool_) for _ in range(2))
    for start, stop in _fermatas(layout):
        ends[start + 1 : stop + 1] = True
    close[_close(layout) + 1 : -1] = True
    ends[-1] = False
    return Cadences(ends, close, layout.tonics)


@cache
def any_triad() -> Truths:
    """bool[2, 4096, 13]: what ``tonic_triads`` says of any major or minor triad."""
    return np.asarray(np.any([_triad(root, third) for root in range(OCTAVE) for third in THIRDS], axis=0))


@cache
def tonic_triads(tonic: int) -> Truths:
    """bool[2, 4096, 13]: whether pitch classes over a bass (12: unknown) can be part of a triad on ``tonic``.

    The first says it of what is not complete yet, the second demands the third.
    """
    every = [_triad(tonic % OCTAVE, third) for third in THIRDS[: 1 + (tonic >= MINOR)]]
    return np.asarray(np.any(every, axis=0))


def _triad(root: int, third: int) -> Truths:
    sets, tones = np.arange(SETS), [(root + interval) % OCTAVE for interval in (0, third, FIFTH)]
    inside = sets & ~sum(1 << tone for tone in tones) == 0
    over = np.isin(np.arange(OCTAVE + 1), (root, OCTAVE))
    found = np.stack([inside, inside & (sets >> tones[1] & 1 == 1)])
    return np.asarray(found[..., None] & over)


def _fermatas(layout: Layout) -> list[tuple[int, int]]:
    """The 16ths of each phrase's end."""
    kept, ticks = layout.prompt.kept.notes, layout.ticks
    soprano = kept[kept["track"] == 0]
    releases = dict(zip(soprano["onset"].tolist(), (soprano["onset"] + soprano["duration"]).tolist(), strict=True))
    starts = layout.prompt.score.fermatas["onset"].tolist()
    return [(tick // ticks, releases.get(tick, tick + QUARTER * ticks) // ticks) for tick in starts]


def _close(layout: Layout) -> int:
    """The 16th with which the close begins."""
    kept, length, ticks = layout.prompt.kept.notes, layout.length, layout.ticks
    melody = kept[kept["track"] == min(kept["track"], default=0)][-1:]
    if (melody["onset"] + melody["duration"] >= (length - QUARTER) * ticks).any():
        return int(melody["onset"][0]) // ticks
    fermatas = layout.prompt.score.fermatas["onset"] // ticks
    late = fermatas[fermatas >= length - LONGEST_CLOSE]
    return int(late[-1]) if len(late) else length - QUARTER
