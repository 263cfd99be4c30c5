"""The rates that stand beside every chorale are those of the corpus."""

import pytest

from partimento.audit.bach import BACH
from partimento.audit.grid import frames_of, tonics_of
from partimento.audit.voices import Tally, tally
from partimento.data.corpus import corpus
from partimento.errors import MissingData


def test_bachs_own_counts_are_those_of_the_whole_corpus():
    try:
        found = corpus("chorales")
    except MissingData:
        pytest.skip("needs the corpus chorales, which is not prepared here")
    assert sum((counted(found.score(piece)) for piece in range(len(found))), Tally()) == BACH


def counted(score):
    frames = frames_of(score)
    return tally(frames, tonics_of(score, len(frames)))
