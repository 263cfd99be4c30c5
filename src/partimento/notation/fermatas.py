"""On which notes the signs of fermatas stand: in each part on the last that sounds before the phrase is over.

The upper voice's note says how long that is. So a suspension leaves the sign to its resolution, and a note that was
struck before bears it, too: in the chorales of music21 the last of several notes under a fermata has it 99 times of
104 where one has. A Score only says at which ticks notes with fermatas begin; ticks within one note are one fermata.
Shapes: N notes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..score import FERMATA, Score, table

Span = tuple[int, int]  # ticks


def fermata_spans(score: Score) -> list[Span]:
    """Where each fermata begins and ends, with the note of the highest part that begins or sounds there."""
    return [_span(score, group) for group in _groups(score)]


def once(score: Score) -> Score:
    """``score`` with each fermata at one tick: a file has it on every part, on held notes and resolutions, too."""
    return replace(score, fermatas=table(FERMATA, sorted({(start,) for start, _ in fermata_spans(score)})))


def fermata_notes(score: Score) -> set[int]:
    """The rows of the notes of ``score`` that bear the sign."""
    found: set[int] = set()
    onsets, tracks = score.notes["onset"].astype(np.int64), score.notes["track"]
    for start, stop in fermata_spans(score):
        inside = np.flatnonzero((onsets < stop) & (score.releases > start))
        found |= {int(inside[tracks[inside] == track][-1]) for track in {*tracks[inside].tolist()}}
    return found


def _groups(score: Score) -> Iterator[list[int]]:
    """Ticks of fermatas, those together of which a note that begins at one still sounds at the next."""
    group: list[int] = []
    for tick in score.fermatas["onset"].tolist():
        if group and tick >= _end(score, group[-1]):
            yield group
            group = []
        group.append(tick)
    if group:
        yield group


def _end(score: Score, tick: int) -> int:
    """The last release of what begins at ``tick``."""
    return int(score.releases[score.notes["onset"] == tick].max(initial=tick))


def _span(score: Score, group: Sequence[int]) -> Span:
    """From the last of the ticks at which the highest part strikes a note, until it ends."""
    onsets = score.notes["onset"].astype(np.int64)
    sounding = np.flatnonzero((onsets <= group[-1]) & (score.releases > group[-1]))
    if not len(sounding):
        return group[-1], group[-1] + 1
    highest = sounding[score.notes["track"][sounding].argmin()]
    start = int(onsets[highest]) if int(onsets[highest]) in group else group[-1]
    return start, int(score.releases[highest])
