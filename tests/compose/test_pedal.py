"""A pedal that is down for too long is lifted by the next row."""

import numpy as np
import pytest

from partimento.codecs import codec_of
from partimento.compose.pedal import LONGEST_S, PedalGuard

STREAM = codec_of("notes", pedal="stream")
UP, DOWN = (STREAM.columns[1].id("pedal") + each for each in (0, 1))
NOTE = STREAM.columns[1].id("pitch", 60)
EVERYTHING = np.ones(STREAM.columns[1].size, bool)


def guard(*rows, codec=STREAM):
    """A guard that heard pedals and notes, each at its second."""
    heard = PedalGuard(codec.columns, codec.steps_per_second)
    for pitch, second in rows:
        heard.push([0, pitch, 0, 0], second * codec.steps_per_second)
    return heard


def at(second):
    return second * STREAM.steps_per_second


def test_a_pedal_that_is_down_for_too_long_is_lifted():
    heard = guard((DOWN, 1), (NOTE, 2), (DOWN, 3))
    assert np.flatnonzero(heard.mask(EVERYTHING, 1, at(1 + LONGEST_S))).tolist() == [UP]


@pytest.mark.parametrize(("rows", "second"), [([], 99), ([(DOWN, 1)], 15), ([(DOWN, 1), (UP, 2)], 99)])
def test_a_pedal_that_is_up_or_not_down_for_long_is_left_alone(rows, second):
    assert guard(*rows).mask(EVERYTHING, 1, at(second)).all()


def test_only_what_is_allowed_is_asked_for():
    allowed = EVERYTHING.copy()
    allowed[UP] = False
    assert np.array_equal(guard((DOWN, 0)).mask(allowed, 1, at(99)), allowed)


def test_the_other_columns_and_a_folded_pedal_are_left_alone():
    assert guard((DOWN, 0)).mask(EVERYTHING, 2, at(99)).all()
    folded = codec_of("notes")
    assert guard((DOWN, 0), codec=folded).mask(np.ones(9, bool), 1, at(99)).all()
