"""Whether the music of a corpus or a file lies within what MIDI can say, told by rules of its own."""

from collections.abc import Iterator, Mapping

import numpy as np

from partimento.data.corpus import Corpus
from partimento.score import TABLES, Score

MOST_TICKS = 2**30
BOUNDS: Mapping[str, Mapping[str, tuple[float, float]]] = {  # least and most, of each field of each table
    "notes": {"onset": (0, MOST_TICKS), "duration": (1, MOST_TICKS), "pitch": (0, 127), "velocity": (1, 127)},
    "pedals": {"onset": (0, MOST_TICKS), "release": (1, MOST_TICKS)},
    "tempi": {"onset": (0, MOST_TICKS), "quarters_per_minute": (3.5, 60e6)},
    "metres": {"onset": (0, MOST_TICKS), "beats": (1, 255), "unit": (1, 128)},
    "keys": {"onset": (0, MOST_TICKS), "sharps": (-7, 7)},
    "fermatas": {"onset": (0, MOST_TICKS)},
}


def out_of_bounds(score: Score) -> Iterator[str]:
    """What of a Score is not as it must be, field by field; nothing where all is well."""
    for name in TABLES:
        table = getattr(score, name)
        for field, (least, most) in BOUNDS[name].items():
            if len(table) and not ((table[field] >= least) & (table[field] <= most)).all():
                yield f"{name} with {field} from {table[field].min()} to {table[field].max()}"
    if len(score) and int((score.notes["onset"].astype(np.int64) + score.notes["duration"]).max()) > MOST_TICKS:
        yield "notes that end too late"
    if len(score) and int(score.notes["track"].max()) >= len(score.tracks):
        yield "notes on a track that is not there"
    if not (0 <= score.duration_s <= 6 * 3600 and 1 <= score.ticks_per_quarter <= 32767):
        yield f"{score.duration_s} s at {score.ticks_per_quarter} ticks per quarter"


def overlapping(score: Score) -> bool:
    """Whether a note sounds past the next onset of its pitch on its track, or the notes are out of order."""
    notes = score.notes[np.lexsort([score.notes[name] for name in ("onset", "pitch", "track")])]
    same = (notes["track"][1:] == notes["track"][:-1]) & (notes["pitch"][1:] == notes["pitch"][:-1])
    ends = notes["onset"][:-1].astype(np.int64) + notes["duration"][:-1]
    return bool(
        (same & (ends > notes["onset"][1:])).any() or (np.diff(score.notes["onset"].astype(np.int64)) < 0).any()
    )


def wrong_pieces(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Path and fault of each piece of a corpus whose music is not as it must be."""
    for index, piece in enumerate(corpus.pieces):
        score = corpus.score(index)
        faults = [*out_of_bounds(score), *["notes that overlap"] * overlapping(score)]
        faults += ["no notes"] * (not len(score))
        yield from ((piece.path, fault) for fault in faults)
