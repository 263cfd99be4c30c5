"""Stand-ins that cost nothing: a uniform model, random music."""

import numpy as np
import torch

from partimento.nn.logits import Logits
from partimento.score import NOTE, TEMPO, Score, table


class UniformModel:
    """Every id of every column is as likely as the others; serves every prompt."""

    name = "uniform"
    control_sizes = ()

    def __init__(self, codec):
        self.columns = codec.columns

    def refuses(self, prompt):
        return ""

    def start(self, ids, controls):
        return ids.shape[0]

    def column_logits(self, state, chosen):
        return Logits(torch.zeros(state, 1, self.columns[chosen.shape[1]].size))

    def advance(self, state, row):
        return state


def random_score(generator, notes=12, span_s=8.0, ticks_per_quarter=480):
    """Music on two tracks, with a tempo change, that never strikes a sounding pitch of its track."""
    rows = np.zeros(notes, NOTE)
    end = int(span_s * 2 * ticks_per_quarter)
    rows["onset"] = np.sort(generator.integers(0, end, notes))
    rows["onset"][0] = 0
    rows["duration"] = generator.integers(1, ticks_per_quarter * 2, notes)
    rows["pitch"] = generator.permutation(88)[:notes] + 21
    rows["velocity"] = generator.integers(1, 128, notes)
    tempi = table(TEMPO, [(0, 120.0), (end // 2, float(generator.uniform(40, 200)))])
    return Score(rows, ticks_per_quarter, tempi=tempi)
