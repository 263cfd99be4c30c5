"""Cross relations: a degree and its chromatic alteration one after the other, in two different voices.

Aldwell and Schachter, *Harmony and Voice Leading*, on cross relations: there is none where one voice itself makes the
chromatic step. Letters are those of the key's own spelling, so none is found where the key is unknown. Shapes: ``...``
any batch, T frames, 4 voices, P = 6 pairs.
"""

import numpy as np

from .passage import OCTAVE, PAIRS, Passage, Truths

SCALE = 7


def cross_relation(heard: Passage) -> Truths:
    """bool[..., T-1, P]: one of the pair moves to the alteration of what the other had; no voice makes that step."""
    altered = _chromatic_steps(heard)
    before, after = heard.letters[..., :-1, :], heard.letters[..., 1:, :]
    classes = heard.frames % OCTAVE
    sounds = heard.sounding[..., :-1, :] & (heard.tonics[..., :-1, None] >= 0)
    high, low = (list(each) for each in zip(*PAIRS, strict=True))
    found = np.zeros((*before.shape[:-1], len(PAIRS)), np.bool_)
    for had, moves in ((high, low), (low, high)):
        same = before[..., had] == after[..., moves]
        other = classes[..., :-1, had] != classes[..., 1:, moves]
        excused = np.take_along_axis(altered, before[..., had].astype(np.intp), axis=-1)
        found |= same & other & sounds[..., had] & (heard.steps != 0)[..., moves] & ~excused
    return found


def _chromatic_steps(heard: Passage) -> Truths:
    """bool[..., T-1, 7]: the degrees that a voice itself alters."""
    before, after = heard.letters[..., :-1, :], heard.letters[..., 1:, :]
    alters = (before == after) & (np.abs(heard.steps) == 1)
    return np.asarray((alters[..., None] & (before[..., None] == np.arange(SCALE))).any(-2))
