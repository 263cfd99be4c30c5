"""Rolls as planes: as many keys as asked for, as loud as heard, nothing held without being struck, with gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.codecs import codec_of
from partimento.nn.planes import HELD, LOUD, STRUCK, Heard, planes_of, sounding
from partimento.score import from_notes

ROLL = codec_of("roll")
HEARD = Heard(torch.tensor([2.0, 5.0]), torch.tensor([0.6, 0.15]))
SEEDS = st.integers(0, 2**32 - 1)


def scores_of(seed):
    return torch.randn(2, 3, 24, 88, generator=torch.Generator().manual_seed(seed))


def noise_of(seed):
    return torch.rand(2, 2, 24, 88, generator=torch.Generator().manual_seed(seed)).logit(1e-6)


def test_planes_say_what_is_struck_held_and_how_loud():
    ids = ROLL.encode(from_notes([(0, 300, 60, 40)])).ids[1:-1].astype(np.int64)
    planes = planes_of(torch.from_numpy(ids)[None], ROLL.columns)[0, :, :, 60 - 21]
    assert planes[STRUCK].tolist() == [1, 0, 0] and planes[HELD].tolist() == [0, 1, 1]
    assert planes[LOUD].tolist() == pytest.approx([(40 // 16 + 0.5) / 8, 0, 0])


@given(seed=SEEDS)
@settings(max_examples=10)
def test_as_many_keys_are_struck_and_held_as_asked_for_and_as_loud(seed):
    planes = sounding(scores_of(seed), HEARD, 8, noise_of(seed + 1))
    struck = planes[:, STRUCK] > 0.5
    assert struck.sum().item() == 2 * 2 * 24
    assert planes[:, HELD].sum().item() == pytest.approx(2 * 5 * 24, rel=0.25)  # drawn by chance
    assert planes[:, LOUD][struck].mean().item() == pytest.approx(0.6, abs=0.03)


@given(seed=SEEDS)
@settings(max_examples=10)
def test_what_a_critic_sees_is_a_roll_that_the_codec_could_have_written(seed):
    """Read as ids and as planes again, nothing has changed; a critic has no fractions to go by."""
    planes = sounding(scores_of(seed), HEARD, 8, noise_of(seed + 1))
    struck, held, loud = planes.unbind(1)
    cells = torch.where(struck > 0.5, 2 + (8 * loud).floor(), (held > 0.5).float()).long()
    ids = cells + torch.tensor([2] + [0] * 87)
    assert torch.allclose(planes_of(ids, ROLL.columns), planes, atol=1e-5)


@given(seed=SEEDS)
@settings(max_examples=10)
def test_nothing_is_held_that_did_not_sound_in_the_step_before(seed):
    struck, held, _ = (sounding(scores_of(seed), HEARD, 8, noise_of(seed + 1)) > 1e-3).unbind(1)
    assert not (held[:, 1:] & ~(struck | held)[:, :-1]).any() and not (held & struck).any()


@pytest.mark.parametrize("plane", [STRUCK, HELD, LOUD])
def test_gradients_pass_through_what_was_decided(plane):
    scores = scores_of(0).requires_grad_()
    (gradient,) = torch.autograd.grad(sounding(scores, HEARD, 8, noise_of(1))[:, plane].square().sum(), scores)
    assert gradient[:, plane].abs().mean() > 1e-3 and gradient.isfinite().all()


def test_the_likeliest_keys_are_struck_more_often_and_others_too():
    scores = scores_of(0)
    often = sum(sounding(scores, HEARD, 8, noise_of(seed))[:, STRUCK].round() for seed in range(20))
    likely = scores[:, STRUCK] >= scores[:, STRUCK].quantile(0.9)
    assert often[likely].mean() > 5 * often[~likely].mean() > 0
