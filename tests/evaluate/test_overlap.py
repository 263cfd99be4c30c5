"""Overlaps of sets of histograms whose answer is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.evaluate.overlap import overlap, overlaps

seeds = st.integers(0, 2**32 - 1)


def cloud(seed, pieces=12, bins=8):
    """Histograms of pieces that are somewhat alike."""
    return np.random.default_rng(seed).dirichlet(np.full(bins, 4.0), pieces)


@settings(max_examples=20)
@given(seed=seeds)
def test_a_set_overlaps_with_another_drawn_alike(seed):
    assert overlap(cloud(seed, 20), cloud(seed + 1, 20)).area.value > 0.5


@settings(max_examples=20)
@given(seed=seeds)
def test_a_set_overlaps_with_itself(seed):
    assert overlap(cloud(seed, 20), cloud(seed, 20)).area.value > 0.8


@settings(max_examples=20)
@given(seed=seeds)
def test_sets_that_share_no_value_do_not_overlap(seed):
    near, far = np.pad(cloud(seed), ((0, 0), (0, 8))), np.pad(cloud(seed + 1), ((0, 0), (8, 0)))
    found = overlap(near, far)
    assert found.area.value < 0.1 and found.divergence > 1


@settings(max_examples=20)
@given(left=seeds, right=seeds)
def test_an_area_is_a_share_and_lies_near_its_interval(left, right):
    found = overlap(cloud(left), cloud(right))
    assert 0 <= found.area.low <= found.area.high <= 1 + 1e-6 and 0 <= found.area.value <= 1 + 1e-6
    assert found.divergence > -1e-3


def test_pieces_that_are_all_equal_still_have_an_area():
    assert overlap(np.ones((5, 2)) / 2, np.ones((5, 2)) / 2).area.value == pytest.approx(1, abs=1e-3)


def test_of_few_pieces_there_is_no_interval():
    assert np.isnan(overlap(cloud(0, 3), cloud(1, 3)).area.low)


def test_every_feature_has_its_overlap():
    pieces = [{"pitch": each, "velocity": each[::-1]} for each in cloud(0)]
    assert [*overlaps(pieces, pieces)] == ["pitch", "velocity"]
