"""Histograms of music that one can count by hand."""

import numpy as np
import pytest
from fakes import random_score
from hypothesis import given
from hypothesis import strategies as st

from partimento.audit import FEATURES, histograms, silences
from partimento.score import NOTE, Score, from_notes, table

CHORD = from_notes([(0, 1000, 60, 64), (0, 1000, 64, 64), (2000, 1000, 72, 100)])  # milliseconds


def test_shares_of_notes_by_pitch_and_pitch_class():
    found = histograms(CHORD, 4.0)
    assert found["pitch"][[60, 64, 72]].tolist() == pytest.approx([1 / 3] * 3)
    assert found["pitch class"][[0, 4]].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_polyphony_is_a_share_of_the_time_asked_for():
    assert histograms(CHORD, 4.0)["polyphony"][:3].tolist() == pytest.approx([1 / 2, 1 / 4, 1 / 4])


def test_a_chord_has_one_onset():
    assert np.count_nonzero(histograms(CHORD, 4.0)["inter-onset interval"]) == 1


@given(seed=st.integers(0, 1000))
def test_every_histogram_sums_to_one_and_silence_is_what_has_no_voice(seed):
    score = random_score(np.random.default_rng(seed))
    found = histograms(score, 10.0)
    assert [each.sum() for each in found.values()] == pytest.approx([1.0] * len(FEATURES))
    assert silences(score, 10.0).sum() == pytest.approx(10.0 * found["polyphony"][0], abs=1e-6)


def test_without_notes_every_share_is_nothing():
    assert all(not each.any() for each in histograms(Score(table(NOTE)), 4.0).values())
