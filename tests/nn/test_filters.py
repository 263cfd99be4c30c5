import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.nn.filters import Sampling, draw, min_p, top_k, top_p, weights

HALF = np.array([0.5, 0.3, 0.15, 0.05])
LOGS = np.log(HALF)


def weighed(allowed=None, **sampling):
    """The weights of HALF as shares of their sum, to three places."""
    kept = weights(LOGS, None if allowed is None else np.array(allowed), Sampling(**sampling))
    return (kept / kept.sum()).round(3).tolist()


@pytest.mark.parametrize(("k", "kept"), [(0, 4), (1, 1), (2, 2), (4, 4), (9, 4)])
def test_top_k_keeps_the_k_largest(k, kept):
    assert np.flatnonzero(top_k(HALF[::-1], k)).tolist() == list(range(4 - kept, 4))


@pytest.mark.parametrize(("mass", "kept"), [(0.01, 1), (0.5, 1), (0.51, 2), (0.8, 2), (0.81, 3), (0.99, 4), (1.0, 4)])
def test_top_p_keeps_the_largest_that_together_reach_the_mass(mass, kept):
    assert np.flatnonzero(top_p(HALF, mass)).tolist() == list(range(kept))
    assert np.array_equal(top_p(2 * HALF, mass), 2 * top_p(HALF, mass))


@pytest.mark.parametrize(("share", "kept"), [(0.0, 4), (0.1, 4), (0.2, 3), (0.5, 2), (0.61, 1), (1.0, 1)])
def test_min_p_keeps_those_of_at_least_a_share_of_the_largest(share, kept):
    assert np.flatnonzero(min_p(HALF, share)).tolist() == list(range(kept))


def test_at_temperature_1_the_distribution_stays_as_it_is():
    assert weighed() == HALF.tolist()


def test_a_low_temperature_sharpens_and_a_high_one_flattens():
    assert weighed(temperature=0.5) == (HALF**2 / (HALF**2).sum()).round(3).tolist()
    assert max(weighed(temperature=10.0)) < 0.3


def test_at_temperature_0_the_likeliest_is_taken():
    assert weighed(temperature=0.0) == [1, 0, 0, 0]
    assert weighed([False, True, True, True], temperature=0.0) == [0, 1, 0, 0]


def test_what_is_forbidden_has_no_weight():
    assert weighed([False, True, False, True]) == [0, 0.857, 0, 0.143]
    assert weighed([False, False, False, True], top_k=1, top_p=0.1, min_p=1.0) == [0, 0, 0, 1]


def test_cuts_are_made_in_turn():
    assert weighed(top_k=3, top_p=0.8) == [0.625, 0.375, 0, 0]
    assert weighed(temperature=0.5, min_p=0.5) == [1, 0, 0, 0]


def test_the_log_probabilities_stay_as_they_were():
    before = LOGS.copy()
    weights(LOGS, np.array([True, False, True, True]), Sampling(temperature=0.7, top_p=0.5))
    assert np.array_equal(LOGS, before)


def test_a_mask_that_forbids_everything_likely_is_still_obeyed():
    kept = weights(np.array([0.0, -800.0, -900.0], np.float32), np.array([False, True, True]), Sampling())
    assert kept.tolist() == pytest.approx([0, 1, 0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20).filter(lambda w: sum(w) > 1e-3), st.integers(0, 2**32 - 1))
def test_only_what_has_weight_is_drawn(kept, seed):
    assert kept[draw(np.array(kept), np.random.default_rng(seed))] > 0


@pytest.mark.parametrize("extreme", [0.0, np.nextafter(1.0, 0.0)])
def test_the_first_and_the_last_number_of_a_generator_draw_what_has_weight(extreme):
    class Fixed:
        def random(self):
            return extreme

    assert draw(np.array([0.0, 0.1, 0.2, 0.0]), Fixed()) in (1, 2)
    assert draw(np.full(10, 0.1), Fixed()) in (0, 9)


def test_draws_follow_the_weights():
    generator = np.random.default_rng(0)
    counts = np.bincount([draw(2 * HALF, generator) for _ in range(4000)], minlength=4)
    assert counts / 4000 == pytest.approx(HALF, abs=0.03)


def test_every_draw_takes_one_number_whatever_was_cut():
    left, right = np.random.default_rng(1), np.random.default_rng(1)
    draw(HALF, left)
    draw(np.array([0.0, 1.0]), right)
    assert left.random() == right.random()


@given(temperature=st.floats(0.2, 5))
def test_ids_that_spread_one_probability_are_sharpened_as_one(temperature):
    """Here three of the four: together they weigh what one id of their whole mass would."""
    kept = weights(LOGS, None, Sampling(temperature=temperature), slice(1, 4))
    assert kept[1:].sum() / kept[0] == pytest.approx(1.0)
    assert kept[2] / kept[1] == pytest.approx(0.5 ** (1 / temperature))


def test_at_temperature_zero_the_likeliest_of_a_spread_stands_for_all():
    said = np.log(np.array([0.4, 0.2, 0.3, 0.1]))
    plain, gathered = (weights(said, None, Sampling(temperature=0.0), spread) for spread in (None, slice(1, 4)))
    assert plain.argmax() == 0 and gathered.tolist() == [0, 0, 1, 0]
    masked = weights(said, np.array([True, True, False, False]), Sampling(temperature=0.0), slice(1, 4))
    assert masked.argmax() == 0
