import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from sheets import melody, sheet

from partimento.codecs.chorale import ChoraleCodec
from partimento.compose.chorales.layout import laid_out
from partimento.compose.chorales.prompts import freed, from_nothing, on_four_tracks, pinned, spans_of
from partimento.errors import UsageError
from partimento.prompt import Span
from partimento.voices import NAMES

BEAT, FERMATA, KEY = 4, 5, 6  # columns
FOUR = sheet([(72, 8)], [(67, 8)], [(64, 4), (60, 4)], [(48, 8)])


def test_from_nothing_says_metre_key_and_fermatas_beforehand():
    prompt = from_nothing(2, (3, 4), (-2, True), fermatas=[2], pickup=1)
    layout = laid_out(ChoraleCodec(), prompt)
    assert layout.length == 28 and layout.free[1:-1].all() and not layout.free[[0, -1]].any()
    assert layout.ids[1:6, BEAT].tolist() == [9, 10, 11, 12, 1]
    assert np.flatnonzero(layout.ids[:, FERMATA]).tolist() == [1 + 4 + 12 + 4]
    assert set(layout.ids[1:-1, KEY]) == {1 + 5 + 15} and set(layout.tonics[1:-1]) == {12 + 7}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"bars": 0}, "0 bars are out of range: 1 to 500"),
        ({"bars": 4, "metre": (4, 3)}, "metre of 4/3"),
        ({"bars": 4, "metre": (9, 4)}, "at most 32 16ths"),
        ({"bars": 4, "pickup": 4}, "pickup of 4 beats is out of range: 0 to 3"),
        ({"bars": 4, "fermatas": [5]}, "fermata in bar 5: the chorale has bars 1 to 4"),
    ],
)
def test_what_a_chorale_cannot_have_is_refused(asked, words):
    with pytest.raises(UsageError, match=words):
        from_nothing(**asked)


def test_a_melody_becomes_the_voice_that_it_is_called():
    given = on_four_tracks(melody(50, 52), ["Bass"])
    assert given.tracks == NAMES and given.notes["track"].tolist() == [3, 3]


def test_voices_are_free_to_the_end_of_the_score_where_no_end_is_said():
    assert freed(FOUR, ["Tenor"], 4).free == (Span(4, 8, track=2),)


@given(free=arrays(np.bool_, (8, 4)))
def test_a_mask_is_the_spans_of_its_runs(free):
    spans = list(spans_of(free, 8))
    found = np.zeros_like(free)
    for span in spans:
        found[span.start // 2 : span.stop // 2, span.track] = True
    assert (found == free).all() and len(spans) <= 4 * 4


def test_single_cells_are_pinned():
    free = np.ones((8, 4), bool)
    free[4] = False
    assert [span.start for span in pinned(FOUR, free).free[:2]] == [0, 5]
