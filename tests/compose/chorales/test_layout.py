import numpy as np
import pytest
from choristers import CODEC
from sheets import sheet

from partimento.codecs.chorale import ChoraleCodec
from partimento.compose.chorales.layout import laid_out
from partimento.compose.chorales.prompts import freed, from_nothing, pinned
from partimento.errors import UsageError
from partimento.prompt import Prompt, Span
from partimento.tokens import TokenTable

FOUR = sheet([(72, 8)], [(67, 8)], [(64, 4), (60, 4)], [(48, 8)])
TENOR = 2


def cells(layout, voice=TENOR):
    return CODEC.cells(TokenTable(layout.ids.astype(np.int16), CODEC.columns))[:, voice].tolist()


def free(layout, voice=TENOR):
    return np.flatnonzero(layout.free[1:-1, voice]).tolist()


def test_a_free_region_is_the_16ths_that_begin_in_it():
    layout = laid_out(CODEC, freed(FOUR, ["Tenor"], 4, 8))
    assert free(layout) == [4, 5, 6, 7] and layout.free.sum() == 4
    assert cells(layout)[:4] == [64, 1, 1, 1]


def test_a_kept_note_that_sounds_on_into_what_is_free_keeps_its_length():
    assert free(laid_out(CODEC, freed(FOUR, ["Tenor"], 2, 6))) == [4, 5]


def test_what_a_free_note_leaves_behind_its_span_holds_whatever_is_written():
    layout = laid_out(CODEC, freed(FOUR, ["Tenor"], 4, 6))
    assert free(layout) == [4, 5] and cells(layout)[6:] == [1, 1]


def test_a_kept_rest_stays():
    silent = sheet([(72, 8)], [(67, 8)], [(64, 2), (None, 4), (60, 2)], [(48, 8)])
    layout = laid_out(CODEC, freed(silent, ["Tenor"], 0, 4))
    assert free(layout) == [0, 1, 2, 3] and cells(layout)[4:] == [0, 0, 60, 1]


def test_ticks_that_are_no_16ths_are_divided_and_all_else_with_them():
    coarse = Prompt(FOUR.with_notes(FOUR.notes[:0]), (Span(0, 3, track=0),))
    layout = laid_out(CODEC, Prompt(coarse.score.__class__(FOUR.notes[:0], 1, tracks=FOUR.tracks), coarse.free))
    assert layout.prompt.score.ticks_per_quarter == 4 and layout.prompt.free == (Span(0, 12, track=0),)
    assert layout.length == 12


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        (Prompt(FOUR, ()), "nothing is free: say which"),
        (freed(FOUR, ["Tenor"], 0, 0), "nothing is free: no 16th"),
        (Prompt(sheet([(60, 4)], names=("Flute",)), (Span(),)), "has the tracks Soprano, Alto"),
        (Prompt(FOUR, (Span(pitches=range(60)),)), "not pitches"),
        (freed(sheet([(90, 8)], [(67, 8)], [], []), ["Bass"]), "Soprano: F#6 is out of its range"),
        (freed(from_nothing(1).score), "16ths is out of range"),
    ],
)
def test_what_is_no_prompt_for_four_voices_is_refused_in_words(prompt, words):
    with pytest.raises(UsageError, match=words):
        laid_out(CODEC, prompt)


def test_a_codec_without_holds_is_refused():
    with pytest.raises(UsageError, match="hold = true"):
        laid_out(ChoraleCodec(hold=False), pinned(FOUR, np.ones((8, 4), bool)))
