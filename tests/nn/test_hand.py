"""The hand: as dense and as loud as what was heard, block after block, with no more fingers than it has."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.codecs import codec_of
from partimento.nn.hand import FINGERS, Hand, Touch, noise_for, touch_of
from partimento.nn.planes import HELD, STRUCK, Heard, sounding

ROLL = codec_of("roll")
HEARD = Heard(torch.tensor([1.0, 3.0]), torch.tensor([0.6, 0.15]))
PLAIN = Touch(np.ones(3), np.array([-1.5, 1.0, 0.5]))
FIRST = np.array([2] + [0] * 87)  # the first key's cells stand behind begin and end
SEEDS = st.integers(0, 2**32 - 1)


def scores_of(seed, steps=24):
    return np.random.default_rng(seed).standard_normal((3, steps, 88)).astype(np.float32)


def hand_of(touch=PLAIN, chance=1.0, seed=0):
    return Hand(ROLL.columns, touch, np.random.default_rng(seed), chance)


@pytest.mark.parametrize("chance", [0.0, 1.0])
@given(seed=SEEDS)
@settings(max_examples=10)
def test_the_touch_gives_the_density_and_the_loudness_that_were_heard(chance, seed):
    scores = scores_of(seed, steps=400) - 3
    touch = touch_of(scores, HEARD, noise_for(scores, np.random.default_rng(seed), chance))
    cells = hand_of(touch, chance, seed=1).played(scores) - FIRST
    loud = (cells[cells >= 2] - 2 + 0.5) / 8
    assert (cells >= 2).sum() / 400 == pytest.approx(1.0, abs=0.2)
    assert (cells == 1).sum() / 400 == pytest.approx(3.0, rel=0.3)
    assert (loud.mean(), loud.std()) == pytest.approx((0.6, 0.15), abs=0.05)


@given(seed=SEEDS, cut=st.integers(1, 23))
@settings(max_examples=10)
def test_two_stretches_are_played_as_one(seed, cut):
    scores, one, two = scores_of(seed), hand_of(chance=0.0), hand_of(chance=0.0)
    parts = [two.played(scores[:, :cut]), two.played(scores[:, cut:])]
    assert np.array_equal(one.played(scores), np.concatenate(parts))


def test_chance_plays_the_same_scores_otherwise_and_its_absence_does_not():
    by_chance, likeliest = ([hand_of(chance=c, seed=s).played(scores_of(0)) for s in (1, 2)] for c in (1.0, 0.0))
    assert np.array_equal(*likeliest) and not np.array_equal(*by_chance)


def test_no_more_keys_are_struck_at_once_than_there_are_fingers():
    everything = Touch(np.ones(3), np.array([99.0, -99.0, 0.5]))
    ids = hand_of(everything).played(scores_of(0))
    assert ((ids - FIRST >= 2).sum(1) == FINGERS).all()


@given(seed=SEEDS)
@settings(max_examples=10)
def test_the_hand_finds_the_levels_that_training_found(seed):
    """Where fingers are enough and no key sounds before the first step. Training halves the interval less often."""
    scores, silence = scores_of(seed), np.zeros((2, 24, 88))
    scores[HELD, 0] = scores[HELD].min()
    trained = sounding(torch.from_numpy(scores)[None], HEARD, 8, torch.from_numpy(silence).float()[None])[0] > 0.5
    cells = hand_of(touch_of(scores, HEARD, silence), chance=0.0).played(scores) - FIRST
    assert np.array_equal(cells >= 2, trained[STRUCK].numpy())
    assert not (trained[HELD].numpy() & (cells != 1)).any()
    assert 48 <= trained[HELD].sum() <= (cells == 1).sum() <= 3 * 24
