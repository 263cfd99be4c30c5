import pytest
import torch

from partimento.codecs import codec_of
from partimento.nn.quantities import ColumnNumbers, says_number

STEP, PITCH, DURATION = codec_of("timed").columns


def test_times_are_read_in_seconds_and_velocities_as_a_share():
    (step, _, velocity, duration) = codec_of("events").columns
    rows = torch.tensor([[step.id("time", 25), velocity.id("velocity", 64), duration.id("duration", 150)]])
    assert ColumnNumbers((step, velocity, duration))(rows).tolist() == [pytest.approx([0.25, 1, 0.5, 1, 1.5, 1])]


def test_what_is_no_number_is_zero_beside_a_lowered_flag_and_a_wait_lasts():
    ids = [[STEP.id(name), 0] for name in ("begin", "end", "wait")]
    assert ColumnNumbers((STEP, DURATION))(torch.tensor(ids)).tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [5, 0, 0, 0]]


@pytest.mark.parametrize("name", ["performance", "notedur"])
def test_a_column_of_events_says_no_number(name):
    assert not any(says_number(column) for column in codec_of(name).columns)
    assert [says_number(column) for column in (STEP, PITCH, DURATION)] == [True, False, True]
