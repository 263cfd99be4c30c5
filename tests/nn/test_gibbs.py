import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.codecs.chorale import ChoraleCodec
from partimento.errors import UnknownName
from partimento.nn.gibbs import SCHEDULES, Gibbs, gibbs, noise

COLUMNS = ChoraleCodec().columns
ROWS, VOICES = 6, 4


def generators(*seeds):
    return [np.random.default_rng(seed) for seed in seeds]


def written(free, config, seeds=(0,)):
    """The masks and temperatures that a family is given, and how often each cell is then written."""
    seen = []

    def rewrite(ids, mask, temperature):
        seen.append((mask.copy(), temperature))
        return ids + np.pad(mask, ((0, 0), (0, 0), (0, 3)))

    ids = np.zeros((*free.shape[:2], free.shape[2] + 3), np.int64)
    return seen, gibbs(rewrite, ids, free, config, generators(*seeds), lambda temperature: temperature)


def every_cell(pieces=1):
    return np.ones((pieces, ROWS, VOICES), bool)


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(free=st.integers(0, 2 ** (ROWS * VOICES) - 1), seed=st.integers(0, 9))
def test_only_free_cells_are_ever_written(schedule, free, seed):
    free = np.array([free >> bit & 1 for bit in range(ROWS * VOICES)], bool).reshape(1, ROWS, VOICES)
    _, ids = written(free, Gibbs(schedule, iterations=5, at_once=2), [seed])
    assert not ids[..., :VOICES][~free].any() and not ids[..., VOICES:].any()


def test_once_writes_every_free_cell_a_single_time_at_the_temperature_said():
    seen, ids = written(every_cell(), Gibbs("once", temperature=0.8))
    assert (ids[..., :VOICES] == 1).all() and [temperature for _, temperature in seen] == [0.8]


def test_parallel_writes_so_many_cells_of_each_voice_in_every_iteration():
    seen, _ = written(every_cell(), Gibbs("parallel", iterations=7, at_once=2))
    assert [mask.sum(1).tolist() for mask, _ in seen] == [[[2] * VOICES]] * 7
    assert len({mask.tobytes() for mask, _ in seen}) > 1


def test_parallel_writes_all_there_are_where_there_are_fewer():
    free = every_cell()
    free[:, 1:, 0] = False
    seen, _ = written(free, Gibbs("parallel", iterations=1, at_once=3))
    assert seen[0][0].sum(1).tolist() == [[1, 3, 3, 3]]


def test_sequential_writes_one_cell_and_all_before_any_again():
    seen, ids = written(every_cell(), Gibbs("sequential", iterations=2 * ROWS * VOICES))
    assert [int(mask.sum()) for mask, _ in seen] == [1] * 2 * ROWS * VOICES
    assert (ids[..., :VOICES] == 2).all()


def test_blocks_begin_with_every_cell_and_come_down_to_their_floor():
    seen, _ = written(np.ones((1, 200, VOICES), bool), Gibbs("blocks", iterations=100, floor=0.1))
    shares = [mask.mean() for mask, _ in seen]
    assert shares[0] == 1.0 and abs(shares[35] - 0.55) < 0.07 and abs(np.mean(shares[70:]) - 0.1) < 0.02


def test_deepbach_cools_from_1_1_to_1_in_137_iterations():
    config = Gibbs("parallel", iterations=300)
    heard = [config.temperature_at(iteration) for iteration in range(300)]
    assert heard[0] == 1.1 and heard[136] > 1.0 == heard[137]
    assert Gibbs("sequential", temperature=1.3).temperature_at(0) == 1.3


def test_a_piece_is_erased_alike_alone_and_in_company():
    config = Gibbs("parallel", iterations=4, at_once=2)
    alone, _ = written(every_cell(), config, [7])
    among, _ = written(every_cell(3), config, [5, 7, 9])
    assert all(np.array_equal(one[0][0], other[0][1]) for one, other in zip(alone, among, strict=True))


def test_where_nothing_is_free_nothing_is_asked_and_progress_still_ends():
    heard = []
    config = Gibbs("sequential", iterations=4)
    ids = np.arange(ROWS * 7).reshape(1, ROWS, 7)
    assert gibbs(None, ids, ~every_cell(), config, generators(0), None, heard.append) is ids
    assert heard == [0.25, 0.5, 0.75, 1.0]


def test_an_unknown_schedule_is_named():
    with pytest.raises(UnknownName, match="sequential"):
        written(every_cell(), Gibbs("randomly"))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_config_offers_every_schedule(schedule):
    assert schedule in Gibbs.__dataclass_fields__["schedule"].metadata["choices"]


def test_noise_is_any_pitch_of_the_voice_and_leaves_the_rest():
    free, ids = np.ones((1, 400, VOICES), bool), np.zeros((1, 400, 7), np.int64)
    free[:, :10] = False
    found = noise(ids, free, COLUMNS, generators(0))
    assert not found[:, :10].any() and not found[..., VOICES:].any() and not ids.any()
    for voice in range(VOICES):
        pitches = COLUMNS[voice].span("pitch")
        assert set(found[0, 10:, voice]) == set(range(pitches.start, pitches.stop))
