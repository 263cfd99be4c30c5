import torch

from partimento.codecs import codec_of
from partimento.nn.row_times import ADVANCES, LASTS, RowTimes

NOTES = codec_of("notes")
STEP, VELOCITY, DURATION = (
    next(i for i, c in enumerate(NOTES.columns) if c.name == n) for n in ("step", "velocity", "duration")
)


def test_rows_stand_where_their_steps_and_those_before_them_lead():
    times, ids = RowTimes(NOTES.columns), torch.zeros(1, 3, len(NOTES.columns), dtype=torch.int64)
    ids[0, 1, STEP], ids[0, 2, STEP] = 3 + 5, 3 + 2  # behind begin, end and wait
    advances = torch.tensor(NOTES.columns[STEP].advances)
    assert times.onsets(ids).tolist() == [(advances[ids[0, :, STEP]]).cumsum(0).tolist()]
    assert (times.onsets(ids)[0].diff() > 0).all()


def test_columns_that_say_nothing_of_time_are_not_asked():
    times = RowTimes(NOTES.columns)
    assert times.telling == {ADVANCES: [STEP], LASTS: [DURATION]}
    assert times.lasts(DURATION) and not times.lasts(VELOCITY)


def test_a_duration_leads_back_to_its_id():
    column, times = NOTES.columns[DURATION], RowTimes(NOTES.columns)
    said = torch.tensor(column.lasts)
    named = said.nonzero()[:, 0]
    assert torch.equal(times.id_of_duration(DURATION)[said[named]], named)
    assert times.frozen_durations()[DURATION][-1] == -1


def test_checkpoints_hold_no_times():
    assert not RowTimes(NOTES.columns).state_dict()
