"""The count model on chorales of a few frames."""

import json

import numpy as np
import pytest

from partimento.evaluate.chorale_anchor import fitted, limits_of, seen_tunes, transposed
from partimento.units import PITCHES

SCALE = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 59]
THIRDS = np.array([[s, s - 5, s - 12, s - 17] for s in SCALE])


def tune(soprano):
    return np.array([[pitch, 60, 55, 48] for pitch in soprano])


@pytest.mark.parametrize(("frame", "voice"), [(0, 0), (1, 3), (5, 1), (15, 2)])
def test_the_chances_of_a_cell_sum_to_one(frame, voice) -> None:
    model, total = fitted([THIRDS, THIRDS + 2]), 0.0
    for pitch in range(PITCHES):
        changed = THIRDS.copy()
        changed[frame, voice] = pitch
        total += np.exp(-model.nats(changed)[frame, voice])
    assert total == pytest.approx(1.0)


def test_a_single_chance_is_that_of_witten_and_bell() -> None:
    model = fitted([np.full((2, 4), 60)])
    chance = 1 / PITCHES
    for seen in (2, 1, 1, 1, 1):  # the first frame's soprano: its voice twice, every longer context once
        chance = (seen + chance) / (seen + 1)
    assert model.nats(np.full((1, 4), 60))[0, 0] == pytest.approx(-np.log(chance))


def test_the_count_model_beats_single_voices_without_context() -> None:
    model = fitted([THIRDS, THIRDS + 1, THIRDS - 1])
    heard = np.concatenate([THIRDS, THIRDS + 1, THIRDS - 1])
    unigram = -np.log(np.array([[(heard[:, v] == row[v]).mean() for v in range(4)] for row in THIRDS]))
    assert model.nats(THIRDS).mean() < unigram.mean() / 2


def test_a_cell_knows_what_came_before_and_not_what_follows() -> None:
    model, other = fitted([THIRDS]), THIRDS.copy()
    other[8:] += 1
    assert np.array_equal(model.nats(THIRDS)[:8], model.nats(other)[:8])
    assert not np.array_equal(model.nats(THIRDS)[8:], model.nats(other)[8:])


def test_a_rest_is_said_by_zero_or_less() -> None:
    rests = np.where(THIRDS == 60, -1, THIRDS)
    assert np.array_equal(fitted([rests]).nats(rests), fitted([rests]).nats(np.maximum(rests, 0)))


def test_twelve_transpositions_fewer_within_limits_and_the_piece_always() -> None:
    assert [int(each[0, 0]) for each in transposed(THIRDS)] == list(range(54, 66))
    assert [int(each[0, 0]) for each in transposed(THIRDS, limits_of([THIRDS, THIRDS + 1]))] == [60, 61]
    assert len(transposed(THIRDS, [range(1)] * 4)) == 1
    assert transposed(np.array([[-1, 60, 0, 48]]))[0].tolist() == [[0, 54, 0, 42]]


def test_a_tune_is_seen_in_another_key_and_rhythm_but_not_by_other_intervals() -> None:
    slower = np.repeat(tune(SCALE) + 3, 2, axis=0)
    assert seen_tunes([slower], [tune(SCALE), tune(SCALE[::2] * 2)]).tolist() == [True, False]


def test_half_of_the_patterns_of_one_training_piece_are_enough() -> None:
    longer = [*SCALE, 55, 72, 54, 73, 53, 74, 52]  # the eight patterns of SCALE among fifteen
    assert seen_tunes([tune(SCALE)], [tune(longer), tune([*longer, 75, 51])]).tolist() == [True, False]


def test_patterns_do_not_reach_over_rests() -> None:
    rested = [*SCALE[:8], 0, *SCALE[8:]]
    assert seen_tunes([tune(SCALE)], [tune(rested)]).tolist() == [False]


@pytest.fixture(scope="module")
def splits(shared_data):
    held = json.loads((shared_data / "jsb-chorales" / "Jsb16thSeparated.json").read_text())
    return {name: [np.array(piece, np.int64) for piece in pieces] for name, pieces in held.items()}


def test_27_of_the_77_test_sopranos_are_in_training(splits) -> None:
    assert seen_tunes(splits["train"], splits["test"]).sum() == 27


def test_without_transposing_the_count_model_needs_0_56_nats_per_cell(splits) -> None:
    model = fitted(splits["train"])
    nats = np.concatenate([model.nats(piece) for piece in splits["valid"]])
    assert nats.mean() == pytest.approx(0.559, abs=5e-4)
