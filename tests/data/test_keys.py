import pytest
from sheets import melody

from partimento import edit
from partimento.data.keys import estimated_key

G_MINOR = melody(67, 70, 74, 72, 70, 69, 67, 66, 67)
D_MAJOR = melody(62, 66, 69, 67, 66, 64, 62, 61, 62)


@pytest.mark.parametrize(("score", "key"), [(G_MINOR, (-2, True)), (D_MAJOR, (2, False)), (melody(), (0, False))])
def test_the_key_is_that_of_the_scale(score, key):
    assert estimated_key(score) == key


def test_the_estimate_moves_with_the_music():
    assert [estimated_key(edit.transpose(D_MAJOR, up))[0] for up in (1, 2, 5, -2)] == [-3, 4, 1, 0]
