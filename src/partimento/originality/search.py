"""Where a line stands in a corpus: exact matches note by note, and passages that were copied and then changed.

Seed and extend, as in Altschul et al. 1990 (BLAST): windows of the line that stand in the corpus are seeds; seeds on
one diagonal (place there minus place here) are one match. Shapes: H hits, R runs, N notes of the line, P pieces.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .lines import Integers, Line
from .postings import Postings
from .windows import short, windows

COMMON = 200  # places: of a figure that stands in more, this many are tried, and it tells no passage
BAND = 16  # notes by which the two places of a passage may drift apart: each note added or left out is one
BREAK = 24  # notes without a figure in common end a passage
CLOSE, MARGIN = 4, 12  # notes of the figures by which a passage is read closely, and how far around it
CHAINS, RUNS = 16, 8  # that are read closely
SHARE_WINDOW = 16  # notes of the windows whose share is told


class Hits(NamedTuple):
    """Windows in common: where in the line, where in the corpus, and whether the figure is not a common one; [H]."""

    here: Integers
    there: Integers
    rare: NDArray[np.bool_]


class Runs(NamedTuple):
    """Exact matches: notes ``first`` to ``stop`` of the line stand at ``there`` onwards; int[R]."""

    first: Integers
    stop: Integers
    there: Integers


@dataclass(frozen=True)
class Passage:
    """Notes ``first`` to ``stop`` of a line that stand, with changes, at notes ``there`` to ``there_stop``.

    ``figures``: different figures of four notes in common, ``notes``: of the line, in such; ``higher``: semitones.
    """

    first: int
    stop: int
    there: int
    there_stop: int
    figures: int
    notes: int
    higher: int


def hits(line: Line, postings: Postings, excluded: NDArray[np.bool_] | None = None) -> Hits:
    """The windows of ``line`` that stand in the corpus, but in the pieces ``excluded`` (bool[P])."""
    wanted = short(windows(line.pitches, postings.window))
    low = np.searchsorted(postings.hashes, wanted, side="left")
    count = np.searchsorted(postings.hashes, wanted, side="right") - low
    tried = np.minimum(count, COMMON)
    here = np.repeat(np.arange(len(wanted)), tried)
    nth = np.arange(len(here)) - np.repeat(np.cumsum(tried) - tried, tried)
    row = low[here] + nth * count[here] // np.maximum(tried[here], 1)  # evenly over all places of a common figure
    there = postings.places[row].astype(np.int64)
    kept = _same(line, postings, here, there)
    if excluded is not None:
        kept &= ~excluded[postings.piece(there)]
    return Hits(here[kept], there[kept], (count <= COMMON)[here[kept]])


def _same(line: Line, postings: Postings, here: Integers, there: Integers) -> NDArray[np.bool_]:
    """bool[H]: whether the windows are the same: two may have one hash."""
    higher, same = _higher(line, postings, here, there), np.ones(len(here), bool)
    for i in range(1, postings.window):
        same &= _higher(line, postings, here + i, there + i) == higher
    return same


def _higher(line: Line, postings: Postings, here: Integers, there: Integers) -> Integers:
    """By how many semitones each note of the line is higher than its fellow."""
    return line.pitches[here] - postings.pitches[there].astype(np.int64)


def exact(line: Line, postings: Postings, found: Hits) -> Runs:
    """The longest exact matches around hits, each once: the same notes in the same order, in any key."""
    diagonal = found.there - found.here
    order = np.lexsort([found.here, diagonal])
    here, diagonal = found.here[order], diagonal[order]
    begins = np.flatnonzero(np.concatenate([[True] * bool(len(here)), (np.diff(diagonal) != 0) | (np.diff(here) != 1)]))
    ends = np.append(begins[1:], len(here)) - 1
    first, stop, diagonal = here[begins], here[ends[: len(begins)]] + postings.window, diagonal[begins]
    piece = postings.piece(first + diagonal)
    low = np.maximum(postings.starts[piece] - diagonal, 0)
    high = np.minimum(postings.starts[piece + 1] - diagonal, len(line))
    stop = _extended(line, postings, diagonal, stop, high, 1)
    first = -_extended(line, postings, diagonal, -first, -low, -1)
    whole = np.unique(np.stack([first, stop, first + diagonal]), axis=1)
    return Runs(whole[0], whole[1], whole[2])


def _extended(
    line: Line, postings: Postings, diagonal: Integers, edge: Integers, limit: Integers, way: int
) -> Integers:
    """``edge`` moved on below ``limit``, for as long as the notes agree; mirrored where ``way`` is -1."""
    edge, going = edge.copy(), np.arange(len(edge))
    while len(going := going[edge[going] < limit[going]]):
        next_note = edge[going] if way > 0 else -edge[going] - 1
        known = next_note - way
        there = diagonal[going]
        agrees = _higher(line, postings, next_note, next_note + there) == _higher(line, postings, known, known + there)
        going = going[agrees]
        edge[going] += 1
    return edge


def covered(runs: Runs, notes: int, window: int = SHARE_WINDOW) -> NDArray[np.bool_]:
    """bool[N - window + 1]: which windows of a line of ``notes`` notes lie within one exact match."""
    change = np.zeros(notes + 1, np.int64)
    long = runs.stop - runs.first >= window
    np.add.at(change, runs.first[long], 1)
    np.add.at(change, runs.stop[long] - window + 1, -1)
    return np.cumsum(change)[: max(notes - window + 1, 0)] > 0


def passages(line: Line, postings: Postings, found: Hits, runs: Runs) -> list[Passage]:
    """Passages in common with one place of one piece each, changed or not: those of most figures first.

    They are read around the best chains of hits, and around the longest of the exact matches ``runs``.
    """
    chains = [_chains(line, postings, found, shift) for shift in (0, BAND // 2)]  # no passage lies on both borders
    both = np.concatenate(chains, axis=1)
    best = both[:4, np.argsort(-both[4], kind="stable")[:CHAINS]]
    longest = np.argsort(runs.first - runs.stop, kind="stable")[:RUNS]
    first, stop, there = (each[longest] for each in runs)
    whole = np.stack([first, stop, there - first, _higher(line, postings, first, there)])
    read = (_read_closely(line, postings, *column) for column in np.concatenate([best, whole], axis=1).T.tolist())
    return sorted(set(read), key=lambda passage: (-passage.figures, -passage.notes, passage.first, passage.there))


def _read_closely(line: Line, postings: Postings, first: int, stop: int, diagonal: int, higher: int) -> Passage:
    """The passage around a match, its figures counted anew with windows so short that most survive an edit nearby."""
    piece = int(postings.piece(np.array([first + diagonal]))[0])
    first, stop = max(first - MARGIN, 0), min(stop + MARGIN, len(line))
    here = np.arange(first, stop)
    places = here[:, None] + (diagonal - BAND) + np.arange(2 * BAND + 1)
    inside = (places >= postings.starts[piece]) & (places < postings.starts[piece + 1])
    fellows = postings.pitches[np.clip(places, 0, len(postings.pitches) - 1)].astype(np.int64)
    same = inside & (line.pitches[here, None] - fellows == higher)
    whole = np.logical_and.reduce([same[i : len(same) - CLOSE + 1 + i] for i in range(CLOSE)])
    rows, columns = np.nonzero(whole)
    if not len(rows):
        return Passage(first, first, 0, 0, 0, 0, higher)
    keys = windows(line.pitches[first:stop], CLOSE)
    notes = np.zeros(stop - first, bool)
    notes[rows[:, None] + np.arange(CLOSE)] = True
    found = places[rows, columns]
    return Passage(
        first + int(rows[0]),
        first + int(rows[-1]) + CLOSE,
        int(found.min()),
        int(found.max()) + CLOSE,
        len(np.unique(keys[rows])),
        int(notes.sum()),
        higher,
    )


def _chains(line: Line, postings: Postings, found: Hits, shift: int) -> Integers:
    """int[5, chains]: first, stop, diagonal, semitones, figures of hits in one key and band, without a long break."""
    here, there = found.here[found.rare], found.there[found.rare]
    if not len(here):
        return np.zeros((5, 0), np.int64)
    diagonal, higher = there - here, _higher(line, postings, here, there)
    band = (diagonal + shift) // BAND
    order = np.lexsort([here, band, higher])
    here, diagonal, higher, band = here[order], diagonal[order], higher[order], band[order]
    apart = (np.diff(band) != 0) | (np.diff(higher) != 0) | (np.diff(here) > BREAK)
    begins = np.flatnonzero(np.concatenate([[True], apart]))
    sizes = np.diff(np.append(begins, len(here)))
    chain = np.repeat(np.arange(len(begins)), sizes)
    keys = short(windows(line.pitches, postings.window))[here].astype(np.int64)
    pairs = np.unique(chain << 32 | keys)
    figures = np.bincount(pairs >> 32, minlength=len(begins))
    stop = here[begins + sizes - 1] + postings.window
    return np.stack([here[begins], stop, diagonal[begins + sizes // 2], higher[begins], figures])
