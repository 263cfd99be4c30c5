"""The rules of four-part writing as rows: each finds its faults in arrays of any shape, so it serves audit and mask.

Every rule looks at one frame, or at two consecutive ones in which the voices concerned both sound: a rest breaks a
progression, and so does an oblique motion. The rules are those of the textbooks (Aldwell and Schachter, *Harmony and
Voice Leading*, on procedures of four-part writing; Piston, *Harmony*, on part-writing); what each counts
here is in its row's sentence. A new rule is one function and one row of FAULTS.

Shapes: ``...`` any batch, T frames, G groups of voices of a rule.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..voices import VOICES
from .cross_relations import cross_relation
from .dominants import doubled_leading_tone, unresolved_leading_tone, unresolved_seventh
from .passage import ADJACENT, OCTAVE, PAIRS, Passage, Truths, ends

UNISON, FIFTH, TRITONE, AUGMENTED_SECOND, WHOLE_TONE = 0, 7, 6, 3, 2
SIXTH_AND_SEVENTH = (8, 11)  # degrees of minor, in semitones over the tonic
EACH = tuple((voice,) for voice in range(len(VOICES)))
OUTER = ((0, len(VOICES) - 1),)
UPPER = ADJACENT[:2]
LOWEST, HIGHEST = (np.array([getattr(voice, end) for voice in VOICES]) for end in ("low", "high"))

Find = Callable[[Passage], Truths]


@dataclass(frozen=True)
class Rule:
    """A kind of fault. ``find`` gives bool[..., T - span + 1, G]; ``weight``, in nats, is what a sampler pays for it.

    ``groups``: the voices that each column of ``find`` is about; ``span``: frames that a fault takes, 1 or 2.
    ``sentence`` says to people what is counted.
    """

    name: str
    find: Find
    groups: tuple[tuple[int, ...], ...]
    span: int
    weight: float
    sentence: str


def parallel(interval: int, way: int) -> Find:
    """Both voices move, the same way (1) or contrary ways (-1), from this interval to this interval (modulo 12)."""

    def find(heard: Passage) -> Truths:
        there = heard.intervals == interval
        return np.asarray((heard.motion == way) & there[..., :-1, :] & there[..., 1:, :])

    return find


def hidden(interval: int) -> Find:
    """The outer voices move the same way into this interval from another one, and the soprano leaps."""
    outer = PAIRS.index(OUTER[0])

    def find(heard: Passage) -> Truths:
        there = heard.intervals[..., [outer]] == interval
        leaps = np.abs(heard.steps[..., [0]]) > WHOLE_TONE
        return np.asarray((heard.motion[..., [outer]] == 1) & leaps & there[..., 1:, :] & ~there[..., :-1, :])

    return find


def crossing(heard: Passage) -> Truths:
    """The lower of two adjacent voices is above the higher one."""
    higher, lower = ends(heard.frames, ADJACENT)
    return np.asarray((lower > higher) & _sound(heard, ADJACENT))


def overlap(heard: Passage) -> Truths:
    """A voice moves past where its neighbour just was, though the two do not cross."""
    higher, lower = ends(heard.frames, ADJACENT)
    past = (lower[..., 1:, :] > higher[..., :-1, :]) | (higher[..., 1:, :] < lower[..., :-1, :])
    plain = _sound(heard, ADJACENT) & (lower <= higher)
    return np.asarray(past & plain[..., 1:, :] & plain[..., :-1, :])


def outside(heard: Passage) -> Truths:
    """A pitch beyond the range of its voice in the corpus."""
    return np.asarray(heard.sounding & ((heard.frames < LOWEST) | (heard.frames > HIGHEST)))


def spacing(heard: Passage) -> Truths:
    """More than an octave between soprano and alto, or alto and tenor."""
    higher, lower = ends(heard.frames, UPPER)
    return np.asarray((higher - lower > OCTAVE) & _sound(heard, UPPER))


def augmented_leap(heard: Passage) -> Truths:
    """A tritone; where the key is known, also the augmented second between the sixth and seventh degrees of minor."""
    degrees = (heard.frames - heard.tonics[..., None]) % OCTAVE
    sixth, seventh = SIXTH_AND_SEVENTH
    between = ((degrees == sixth) | (degrees == seventh)) & (heard.tonics >= 0)[..., None]
    second = (np.abs(heard.steps) == AUGMENTED_SECOND) & between[..., 1:, :] & between[..., :-1, :]
    return np.asarray(second | (np.abs(heard.steps) == TRITONE))


def wide_leap(heard: Passage) -> Truths:
    """More than an octave."""
    return np.asarray(np.abs(heard.steps) > OCTAVE)


def _sound(heard: Passage, pairs: tuple[tuple[int, int], ...]) -> Truths:
    return heard.together[..., [PAIRS.index(pair) for pair in pairs]]


_RULES = (
    Rule("parallel fifths", parallel(FIFTH, 1), PAIRS, 2, 8.0, "move in parallel from fifth to fifth"),
    Rule("parallel octaves", parallel(UNISON, 1), PAIRS, 2, 8.0, "move in parallel octaves or unisons"),
    Rule("contrary fifths", parallel(FIFTH, -1), PAIRS, 2, 2.0, "move from fifth to fifth by contrary motion"),
    Rule("contrary octaves", parallel(UNISON, -1), PAIRS, 2, 2.0, "move from octave to octave by contrary motion"),
    Rule("hidden fifths", hidden(FIFTH), OUTER, 2, 2.0, "move the same way into a fifth, the soprano by leap"),
    Rule("hidden octaves", hidden(UNISON), OUTER, 2, 2.0, "move the same way into an octave, the soprano by leap"),
    Rule("crossing", crossing, ADJACENT, 1, 2.0, "cross"),
    Rule("overlap", overlap, ADJACENT, 2, 0.5, "overlap: one moves past where the other just was"),
    Rule("range", outside, EACH, 1, 8.0, "leaves its range"),
    Rule("spacing", spacing, UPPER, 1, 1.0, "are more than an octave apart"),
    Rule(
        "leading tone",
        unresolved_leading_tone,
        (EACH[0], EACH[3]),
        2,
        3.0,
        "leaves the leading tone other than by the semitone up as the dominant resolves",
    ),
    Rule(
        "seventh",
        unresolved_seventh,
        EACH,
        2,
        2.0,
        "leaves the seventh other than by a step down as the dominant seventh resolves",
    ),
    Rule("doubled leading tone", doubled_leading_tone, PAIRS, 1, 3.0, "both have the leading tone"),
    Rule("augmented leap", augmented_leap, EACH, 2, 2.0, "leaps by a tritone or an augmented second"),
    Rule(
        "cross relation",
        cross_relation,
        PAIRS,
        2,
        1.0,
        "have a degree and its chromatic alteration one after the other",
    ),
    Rule("wide leap", wide_leap, EACH, 2, 3.0, "leaps by more than an octave"),
)
FAULTS: dict[str, Rule] = {rule.name: rule for rule in _RULES}
HARD = ("parallel fifths", "parallel octaves", "range")  # what a sampler never writes, if asked to be strict
