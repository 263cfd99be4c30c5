"""What a chorale model must beat: a count model without a network, over cells in order of time, then of voices.

Each cell is guessed from ever longer contexts, each interpolated with the one before it by Witten and Bell (1991):
p_k(x | h) = (c(h, x) + t(h) p_{k-1}(x | h)) / (c(h) + t(h)), t(h) the number of different pitches that followed h;
where h was never seen, p_k = p_{k-1}; p_0 is uniform over 127 pitches and the rest. The product over all cells is the
likelihood of the whole piece, with nothing given that is computed from it. Where cells tell a note held from one struck
again, a hold takes the place of a pitch that no voice has; contexts are of sounding pitches all the same.

Shapes: T frames of a 16th, 4 voices, N cells (T by 4, by frame, then voice), F features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..units import PITCHES
from ..voices import VOICES

FRAMES_PER_BEAT = 4
SHIFTS = range(-6, 6)  # semitones
REST = 0
NOTHING = -1  # a voice that is not sung yet, and all of what is before the first frame
PHRASE = 8  # intervals
FEATURES = (
    ("voice",),
    ("own pitch before",),
    ("phase in the beat",),
    ("soprano", "alto", "tenor"),  # of the same frame, where already sung
    ("soprano before", "alto before", "tenor before", "bass before"),
)  # each row of them makes the context of the row before longer
MIXER, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)

Integers = NDArray[np.integer]
Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
Pitches = NDArray[np.int16]


@dataclass(frozen=True)
class Level:
    """What followed the contexts of one length: sorted keys of contexts and of (context, pitch), and how often."""

    contexts: Keys
    totals: NDArray[np.int64]
    kinds: NDArray[np.int64]  # different pitches that followed
    pairs: Keys
    times: NDArray[np.int64]

    def interpolated(self, contexts: Keys, pairs: Keys, shorter: Floats) -> Floats:
        """float[N]: the probability of each cell, ``shorter`` being that from the context before."""
        totals, kinds = (_looked_up(self.contexts, each, contexts) for each in (self.totals, self.kinds))
        joint = _looked_up(self.pairs, self.times, pairs) + kinds * shorter
        return np.where(totals > 0, joint / np.maximum(totals + kinds, 1), shorter)


@dataclass(frozen=True)
class ChoraleAnchor:
    """The count model: a Level for each row of FEATURES."""

    levels: tuple[Level, ...]

    def nats(self, frames: Integers, said: Integers | None = None) -> Floats:
        """float[T, 4]: what each cell of frames int[T, 4] costs, given the frames before and the voices above.

        ``said`` int[T, 4]: what the cells say, where that is not the pitch that sounds, but that it is held.
        """
        plain = _plain(frames)
        values = plain.reshape(-1) if said is None else _plain(said).reshape(-1)
        chances = np.full(plain.size, 1.0 / PITCHES)
        for level, contexts in zip(self.levels, _contexts([plain]), strict=True):
            chances = level.interpolated(contexts, _longer(contexts, values), chances)
        return np.asarray(-np.log(chances).reshape(plain.shape))


def fitted(pieces: Sequence[Integers], said: Sequence[Integers] | None = None) -> ChoraleAnchor:
    """Counted over training pieces int[T, 4], of MIDI pitches with 0 or less for a rest; ``said`` as in ``nats``."""
    plain = [_plain(piece) for piece in pieces]
    values = np.concatenate(plain if said is None else [_plain(each) for each in said]).reshape(-1)
    return ChoraleAnchor(tuple(_level(contexts, values) for contexts in _contexts(plain)))


def transposed(piece: Integers, limits: Sequence[range] | None = None) -> list[Pitches]:
    """``piece`` in the twelve transpositions, -6 to +5 semitones.

    With ``limits``, one range of pitches for each voice, only those that stay within them, and the piece itself.
    """
    plain = _plain(piece)
    moved = {semitones: np.where(plain > REST, plain + semitones, REST) for semitones in SHIFTS}
    return [each for semitones, each in moved.items() if not semitones or limits is None or _within(each, limits)]


def limits_of(pieces: Sequence[Integers]) -> list[range]:
    """The range of pitches of each voice over ``pieces``."""
    voices = np.concatenate([_plain(piece) for piece in pieces]).T
    return [range(int(each[each > REST].min()), int(each.max()) + 1) for each in voices]


def seen_tunes(train: Sequence[Integers], test: Sequence[Integers], share: float = 0.5) -> NDArray[np.bool_]:
    """bool[test]: whether a training soprano has ``share`` or more of a soprano's patterns of eight intervals.

    The patterns are all runs of eight successive intervals between notes of different pitch, each time that one
    occurs, not across rests; so transposition does not hide a tune. One training piece must have them all.
    """
    known = [set(_patterns(piece)) for piece in train]
    return np.array([_most_shared(_patterns(piece), known) >= share for piece in test], np.bool_)


def _most_shared(patterns: list[tuple[int, ...]], known: list[set[tuple[int, ...]]]) -> float:
    """The share of ``patterns`` in that training piece which has most of them."""
    best = max((sum(each in tune for each in patterns) for tune in known), default=0)
    return best / max(len(patterns), 1)


def _patterns(piece: Integers) -> list[tuple[int, ...]]:
    soprano = _plain(piece)[:, 0]
    parts = np.split(soprano, np.flatnonzero(np.diff(soprano > REST)) + 1)
    sung = [np.diff(part) for part in parts if part.max(initial=REST) > REST]
    intervals = [part[part != 0].tolist() for part in sung]
    return [tuple(part[i : i + PHRASE]) for part in intervals for i in range(len(part) - PHRASE + 1)]


def _plain(piece: Integers) -> Pitches:
    """Rests as 0, however they were said."""
    return np.maximum(np.asarray(piece, np.int16), REST)


def _within(piece: Integers, limits: Sequence[range]) -> bool:
    return all(set(np.unique(voice)) <= {REST, *limit} for voice, limit in zip(piece.T, limits, strict=True))


def _features(piece: Pitches) -> dict[str, Integers]:
    """int[T, 4] each, by the names of FEATURES."""
    length, voices = piece.shape
    names = [voice.name.lower() for voice in VOICES]
    before = np.concatenate([np.full((1, voices), NOTHING, np.int16), piece[:-1]])
    sung = {name: np.where(np.arange(voices) > v, piece[:, [v]], np.int16(NOTHING)) for v, name in enumerate(names)}
    earlier = {f"{name} before": np.broadcast_to(before[:, [v]], piece.shape) for v, name in enumerate(names)}
    own = {
        "voice": np.broadcast_to(np.arange(voices, dtype=np.int16), piece.shape),
        "own pitch before": before,
        "phase in the beat": np.broadcast_to(np.arange(length, dtype=np.int16)[:, None] % FRAMES_PER_BEAT, piece.shape),
    }
    return {**own, **sung, **earlier}


def _contexts(pieces: Sequence[Pitches]) -> list[Keys]:
    """uint[N] for each row of FEATURES: the context of each cell of all pieces, as a key of 64 bits."""
    each = [_features(piece) for piece in pieces]
    features = {name: np.concatenate([piece[name].reshape(-1) for piece in each]) for name in each[0]}
    keys, found = np.zeros(len(features["voice"]), np.uint64), []
    for row in FEATURES:
        for name in row:
            keys = _longer(keys, features[name])
        found.append(keys)
    return found


def _longer(keys: Keys, values: Integers) -> Keys:
    """Keys with one more value in each: multiplied and folded, so that practically no two contexts meet."""
    mixed = (keys + values.astype(np.uint64) + np.uint64(1)) * MIXER
    return np.asarray(mixed ^ (mixed >> SHIFT))


def _level(contexts: Keys, values: Integers) -> Level:
    pairs, first, times = np.unique(_longer(contexts, values), return_index=True, return_counts=True)
    seen, totals = np.unique(contexts, return_counts=True)
    kinds = np.bincount(np.searchsorted(seen, contexts[first]), minlength=len(seen))
    return Level(seen, totals, kinds, pairs, times)


def _looked_up(keys: Keys, values: NDArray[np.int64], wanted: Keys) -> NDArray[np.int64]:
    """int[N]: the value of each wanted key, 0 where it is none of ``keys``."""
    place = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
