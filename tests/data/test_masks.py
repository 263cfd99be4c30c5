"""What may be learnt of velocity from a piece that has too few of them."""

import numpy as np
import pytest

from partimento.codecs import codec_of
from partimento.data.masks import counted, says_velocity
from partimento.score import from_notes

CODECS = [codec_of("notes"), codec_of("notes", pedal="stream"), codec_of("events"), codec_of("performance")]


def piece(*velocities):
    return from_notes([(i * 500, 400, 60 + i, velocity) for i, velocity in enumerate(velocities)])


@pytest.mark.parametrize(("velocities", "said"), [((64,), False), ((40, 64, 90, 64), False), ((40, 50, 60, 70), True)])
def test_three_velocities_say_nothing_and_four_do(velocities, said):
    assert says_velocity(piece(*velocities)) is said


@pytest.mark.parametrize("codec", CODECS)
def test_every_cell_of_a_piece_with_dynamics_counts(codec):
    score = piece(40, 50, 60, 70)
    ids = codec.encode(score).ids
    mask = counted(ids, codec.columns, score)
    assert mask.shape == ids.shape and mask.all()


@pytest.mark.parametrize("codec", CODECS[:3])
def test_the_velocity_column_of_a_piece_without_dynamics_does_not_count(codec):
    score = from_notes([(0, 20_000, 60, 64), (0, 100, 62, 64)])  # the long note is a note and a tie
    mask = counted(codec.encode(score).ids, codec.columns, score)
    assert [bool(column.all()) for column in mask.T] == [True, True, False, True] and not mask[:, 2].any()


@pytest.mark.parametrize("name", ["timed", "notedur"])
def test_where_no_velocity_is_said_every_cell_counts(name):
    codec, score = codec_of(name), piece(64, 64)
    assert counted(codec.encode(score).ids, codec.columns, score).all()


def test_of_one_column_of_events_only_the_velocities_do_not_count():
    codec = CODECS[3]
    score = piece(40, 64, 40)
    table = codec.encode(score)
    silent = np.array(["velocity" in line for line in table.describe()])
    assert np.array_equal(counted(table.ids, codec.columns, score)[:, 0], ~silent) and silent.sum() == 3


def test_it_is_the_piece_before_augmentation_that_decides():
    codec, plain, louder = CODECS[0], piece(120, 122, 124, 126), piece(127, 127, 127, 127)
    ids = codec.encode(louder).ids
    assert counted(ids, codec.columns, plain).all() and not counted(ids, codec.columns, louder).all()
