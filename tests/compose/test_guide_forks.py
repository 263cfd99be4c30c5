"""A search has a guide for each way to go on: what one of them takes, the others have never heard of."""

import copy

import numpy as np
import pytest
from fakes import random_score
from music import ALL_CODECS

from partimento.compose.guide import RowGuide
from partimento.prompt import Length, continuation, from_nothing


def drawn(guide, generator):
    """A row among those that are allowed."""
    row = []
    for _ in guide.columns:
        row.append(int(generator.choice(np.flatnonzero(guide.allowed(row)))))
    return row


def heard(guide, seed, rows=12):
    """What a guide takes of rows drawn by chance."""
    generator, taken = np.random.default_rng(seed), []
    for _ in range(rows):
        if not guide.done:
            taken.append(guide.settle(drawn(guide, generator)))
    return taken, guide.now, guide.written_notes, guide.done


@pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
@pytest.mark.parametrize("primed", [False, True], ids=["from nothing", "primer"])
def test_forks_go_their_own_ways(codec, primed):
    score, length = random_score(np.random.default_rng(1)), Length(notes=20)
    guide = RowGuide(codec, continuation(score, length, 4.0) if primed else from_nothing(length))
    heard(guide, seed=0)
    fork, untouched = guide.fork(), copy.deepcopy(guide)
    assert heard(fork, seed=1) == heard(copy.deepcopy(guide), seed=1)
    assert heard(guide, seed=2) == heard(untouched, seed=2)


def test_a_vocabulary_is_never_copied():
    guide = RowGuide(ALL_CODECS[0], from_nothing(Length(notes=20)))
    assert guide.fork().grammar.columns[0] is guide.columns[0] and guide.fork().taken is not guide.taken
