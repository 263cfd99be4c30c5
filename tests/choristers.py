"""Grid families that cost nothing: one without a preference, one in which all voices climb and fall together."""

import numpy as np

from partimento.codecs.chorale import ChoraleCodec
from partimento.models.grid import Cells
from partimento.nn.gibbs import Gibbs
from partimento.voices import NAMES

CODEC = ChoraleCodec()


class UniformChoir:
    """Every id of every cell is as likely as the others; writes in order of time and voices."""

    name = "uniform choir"
    gibbs = Gibbs()
    from_noise = False
    voices = CODEC.columns[: len(NAMES)]

    def scores(self, ids, where, voice):
        return np.zeros((len(where), self.voices[voice].size), np.float32)

    def rewrite(self, ids, free, pick):
        ids, known = ids.copy(), ~free
        for row in np.flatnonzero(free.any((0, 2))):
            for voice in range(len(NAMES)):
                where = np.array([(piece, row) for piece in np.flatnonzero(free[:, row, voice])]).reshape(-1, 2)
                if len(where):
                    scores = self.scores(ids, where, voice)
                    ids[where[:, 0], row, voice] = pick(Cells(voice, where, ids, known), scores)
                known[:, row, voice] = True
        return ids


class ParallelChoir(UniformChoir):
    """Draws all free cells of a voice from one state, as DeepBach does."""

    gibbs = Gibbs("parallel", iterations=6, at_once=4)
    from_noise = True

    def rewrite(self, ids, free, pick):
        written, known = ids.copy(), ~free
        for voice in range(len(NAMES)):
            where = np.argwhere(free[..., voice])
            if len(where):
                at = where[:, 0], where[:, 1], voice
                written[at] = pick(Cells(voice, where, written, known), self.scores(ids, where, voice))
                known[at] = True
        return written


class ClimbingChoir(UniformChoir):
    """Wants every voice a tone above where it was; in parallel fifths and octaves, where it begins with such."""

    def scores(self, ids, where, voice):
        scores = super().scores(ids, where, voice)
        before = ids[where[:, 0], where[:, 1] - 1, voice]
        first, last = self.voices[voice].span("pitch").start, self.voices[voice].size - 1
        scores[np.arange(len(where)), np.clip(before + 2, first, last)] = 20.0
        return scores
