"""The figures that stand beside every chorale are those of the corpus."""

import pytest

from partimento.audit.bach import BACH, BACH_HARMONY
from partimento.audit.grid import frames_of, tonics_of
from partimento.audit.harmony import Harmony, harmony
from partimento.audit.voices import Tally, tally
from partimento.data.corpus import corpus
from partimento.errors import MissingData


@pytest.fixture(scope="module")
def chorales():
    try:
        found = corpus("chorales")
    except MissingData:
        pytest.skip("needs the corpus chorales, which is not prepared here")
    return [found.score(piece) for piece in range(len(found))]


def test_bachs_own_counts_are_those_of_the_whole_corpus(chorales):
    assert sum(map(counted, chorales), Tally()) == BACH


def test_so_are_those_of_his_chords(chorales):
    assert sum(map(harmony, chorales), Harmony()) == BACH_HARMONY


def counted(score):
    frames = frames_of(score)
    return tally(frames, tonics_of(score, len(frames)))
