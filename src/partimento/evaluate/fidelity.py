"""What a codec cannot say, measured: a Score beside the same Score as the codec would have it.

A note and its image are on one pitch, at the nearest onsets; of several notes with one image, the nearest has it.
Where a codec says nothing of time, the first note of a pitch is paired with the first, the second with the second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..codecs import Codec
from ..score import Score
from ..units import MILLISECONDS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """By how much something moves: the mean and the largest, in either direction."""

    mean: float
    largest: float


@dataclass(frozen=True)
class Fidelity:
    """Shares of all notes, and the shifts of those that are left; cut and lengthened: by more than a grid step."""

    notes: int
    dropped: float
    cut: float
    lengthened: float
    onset_ms: Shift
    duration_ms: Shift
    velocity: Shift
    kept: float = 0.0  # neither cut nor lengthened, at onsets within a grid step
    added: float = 0.0  # notes of the image that come from none, as those at a wrong pitch do
    groups: int = 0  # of notes, where the codec has a vocabulary of them
    known: float = 1.0  # the share of these that it has

    def to_json(self) -> dict[str, Any]:
        """Nested plain values."""
        return asdict(self)

    @property
    def text(self) -> str:
        """One line for people."""
        shares = f"{self.dropped:.2%} dropped, {self.cut:.2%} cut, {self.lengthened:.2%} lengthened"
        velocity = f"velocities by {self.velocity.mean:.2f} of 127 (largest {self.velocity.largest:.0f})"
        groups = f"; {self.known:.2%} of {self.groups:,} groups are in the vocabulary" if self.groups else ""
        return (
            f"of {self.notes:,} notes {shares}; "
            f"onsets move by {_ms(self.onset_ms)}, durations by {_ms(self.duration_ms)}, {velocity}{groups}"
        )


def fidelity(codec: Codec, scores: Iterable[Score]) -> Fidelity:
    """What ``codec`` does to ``scores``, all their notes together."""
    return total([of_image(codec, score, codec.canonical(score)) for score in scores])


def of_image(codec: Codec, score: Score, image: Score) -> Fidelity:
    """What ``codec`` did to ``score``, of which it made ``image``."""
    shifts = moved(score, image, codec.keeps_time)
    onset, duration, velocity = shifts
    step = MILLISECONDS / codec.steps_per_second + 1e-6
    still = (np.abs(shifts[:2]) <= step).all(axis=0)
    counts = len(score) - len(onset), (duration < -step).sum(), (duration > step).sum()
    dropped, cut, lengthened = (float(count) / max(len(score), 1) for count in counts)
    kept, added = (float(count) / max(len(score), 1) for count in (still.sum(), len(image) - len(onset)))
    known, groups = codec.coverage(score)
    moves = (_shift(onset), _shift(duration), _shift(velocity))
    return Fidelity(len(score), dropped, cut, lengthened, *moves, kept, added, groups, known / groups if groups else 1)


def total(found: Sequence[Fidelity]) -> Fidelity:
    """The same of all their notes together."""
    notes, groups = sum(each.notes for each in found), sum(each.groups for each in found)
    shares = ("dropped", "cut", "lengthened", "kept", "added")
    shared = {name: sum(getattr(each, name) * each.notes for each in found) / max(notes, 1) for name in shares}
    known = sum(each.known * each.groups for each in found) / groups if groups else 1.0
    moves: Any = {name: _together(found, name) for name in ("onset_ms", "duration_ms", "velocity")}
    return Fidelity(notes=notes, groups=groups, known=known, **shared, **moves)


def _together(found: Sequence[Fidelity], name: str) -> Shift:
    """The Shift called ``name`` of all notes that are left."""
    left = [each.notes * (1 - each.dropped) for each in found]
    moves: list[Shift] = [getattr(each, name) for each in found]
    mean = sum(move.mean * count for move, count in zip(moves, left, strict=True)) / max(sum(left), 1)
    return Shift(mean, max((move.largest for move in moves), default=0.0))


def moved(score: Score, image: Score, by_time: bool = True) -> Floats:
    """float[3, K]: by how many ms, ms and steps the onset, duration and velocity of each note that is left moves.

    Each is paired with the nearest of its pitch ``by_time``, or with the one that comes as late in their order.
    """
    if not len(score) or not len(image):
        return np.zeros((3, 0))
    ours, theirs = _timed(score), _timed(image)
    nearest = _nearest(ours[:2], theirs[:2]) if by_time else _nearest(_ranked(ours[0]), _ranked(theirs[0]))
    moves = theirs[1:, nearest] - ours[1:]
    same_pitch = theirs[0, nearest] == ours[0]
    order = np.lexsort([np.abs(moves[2]), np.abs(moves[0]), nearest])
    order = order[same_pitch[order]]
    first = np.diff(nearest[order], prepend=-1) != 0
    return np.asarray(moves[:, order[first]])


def _timed(score: Score) -> Floats:
    """float[4, N]: pitch, onset and duration in ms, velocity; sorted by pitch and onset."""
    onset, release = (score.seconds(ticks) * MILLISECONDS for ticks in (score.notes["onset"], score.releases))
    rows = np.array([score.notes["pitch"], onset, release - onset, score.notes["velocity"]], float)
    return np.asarray(rows[:, np.lexsort([onset, score.notes["pitch"]])])


def _ranked(pitches: Floats) -> Floats:
    """float[2, N]: sorted pitches, and how many of its own stand before each."""
    return np.array([pitches, np.arange(len(pitches)) - np.searchsorted(pitches, pitches)])


def _nearest(ours: Floats, theirs: Floats) -> NDArray[np.int64]:
    """int[N]: the note of ``theirs`` on the same pitch, if there is one, with the nearest onset; both float[2, N]."""
    apart = 2 * (max(ours[1].max(), theirs[1].max()) + 1)  # so that another pitch is always farther
    wanted, keys = ours[0] * apart + ours[1], theirs[0] * apart + theirs[1]
    after = np.searchsorted(keys, wanted).clip(0, len(keys) - 1)
    before = (after - 1).clip(0)
    return np.where(np.abs(keys[before] - wanted) <= np.abs(keys[after] - wanted), before, after)


def _shift(moves: Floats) -> Shift:
    return Shift(float(np.abs(moves).mean()), float(np.abs(moves).max())) if len(moves) else Shift(0.0, 0.0)


def _ms(shift: Shift) -> str:
    return f"{shift.mean:.1f} ms (largest {shift.largest:,.1f})"
