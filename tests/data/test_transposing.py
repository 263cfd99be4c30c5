import numpy as np
import pytest
from sheets import melody, sheet

from partimento.data.transposing import drawn, is_chorale, transpositions
from partimento.data.windows import WindowConfig, augmented
from partimento.voices import VOICES

TOP = VOICES[0].high
CHORALE = sheet([(TOP - 2, 4)], [(64, 4)], [(60, 4)], [(48, 4)])


def test_a_chorale_moves_until_a_voice_meets_its_range():
    found = transpositions(CHORALE)
    assert found[-1] == 2 and found[0] == max(v.low - p for v, p in zip(VOICES, (TOP - 2, 64, 60, 48), strict=True))


def test_a_voice_beyond_its_range_keeps_a_chorale_where_it_is():
    assert transpositions(melody(TOP + 1, names=("Soprano",))) == range(1)


@pytest.mark.parametrize("most", [0, 1, 6, 12])
def test_what_is_drawn_lies_within_both(most):
    found = {drawn(range(-3, 3), most, np.random.default_rng(seed)) for seed in range(60)}
    assert found == set(range(max(-3, min(1 - most, 0)), min(2, most) + 1))


def test_a_chorale_in_training_is_transposed_and_stays_on_its_grid():
    moved = [augmented(CHORALE, WindowConfig(), np.random.default_rng(seed)) for seed in range(40)]
    assert {int(score.notes["pitch"].max()) - TOP + 2 for score in moved} == {-5, -4, -3, -2, -1, 0, 1, 2}
    assert all(np.array_equal(score.notes["onset"], CHORALE.notes["onset"]) for score in moved)


def test_only_four_named_voices_are_a_chorale():
    assert is_chorale(CHORALE) and not is_chorale(melody(60))
