"""Rolls as planes and back: as many keys as asked for, with gradients, and nothing held without being struck."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.codecs import codec_of
from partimento.nn.planes import FINGERS, HELD, LOUD, STRUCK, Hand, Levels, levels, planes_of, sounding
from partimento.score import from_notes

ROLL = codec_of("roll")
DENSITY = torch.tensor([2.0, 5.0])
SEEDS = st.integers(0, 2**32 - 1)


def scores_of(seed, steps=24):
    return np.random.default_rng(seed).standard_normal((3, steps, 88)).astype(np.float32)


def test_planes_say_what_is_struck_held_and_how_loud():
    ids = ROLL.encode(from_notes([(0, 300, 60, 40)])).ids[1:-1].astype(np.int64)
    planes = planes_of(torch.from_numpy(ids)[None], ROLL.columns)[0, :, :, 60 - 21]
    assert planes[STRUCK].tolist() == [1, 0, 0] and planes[HELD].tolist() == [0, 1, 1]
    assert planes[LOUD].tolist() == pytest.approx([(40 // 16 + 0.5) / 8, 0, 0])


@given(seed=SEEDS)
@settings(max_examples=10)
def test_as_many_keys_are_struck_as_asked_for_and_none_is_struck_and_held(seed):
    planes = sounding(torch.from_numpy(scores_of(seed))[None], DENSITY)
    assert planes[:, STRUCK].sum().item() == pytest.approx(2 * 24, abs=1e-3)
    assert (planes[:, STRUCK] * planes[:, HELD]).abs().max() < 1e-5
    assert (planes[:, LOUD] <= planes[:, STRUCK] + 1e-5).all()


@pytest.mark.parametrize("plane", [STRUCK, HELD, LOUD])
def test_gradients_pass_through_what_was_decided(plane):
    scores = torch.from_numpy(scores_of(0))[None].requires_grad_()
    (gradient,) = torch.autograd.grad(sounding(scores, DENSITY)[:, plane].square().sum(), scores)
    assert gradient[:, plane].abs().sum() > 0


@given(seed=SEEDS)
@settings(max_examples=10)
def test_the_levels_give_the_density_that_was_asked_for(seed):
    scores = scores_of(seed, steps=400)
    hand = Hand(ROLL.columns, levels(scores, 1.0, 3.0))
    cells = hand.played(scores) - np.array([2] + [0] * 87)
    assert (cells >= 2).sum() / 400 == pytest.approx(1.0, abs=0.05)
    assert (cells == 1).sum() / 400 == pytest.approx(3.0, rel=0.1)


@given(seed=SEEDS, cut=st.integers(1, 23))
@settings(max_examples=10)
def test_two_stretches_are_played_as_one(seed, cut):
    scores = scores_of(seed)
    one, two = (Hand(ROLL.columns, Levels(1.5, -1.0)) for _ in range(2))
    parts = [two.played(scores[:, :cut]), two.played(scores[:, cut:])]
    assert np.array_equal(one.played(scores), np.concatenate(parts))


def test_no_more_keys_are_struck_at_once_than_there_are_fingers():
    ids = Hand(ROLL.columns, Levels(-9.0, 9.0)).played(scores_of(0))
    assert ((ids - np.array([2] + [0] * 87) >= 2).sum(1) == FINGERS).all()
