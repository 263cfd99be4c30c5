"""The count model and the hold floor on chorales that tell, or do not tell, notes held from notes struck again."""

import numpy as np
import pytest
from hymns import chorales, hymns

from partimento.codecs.chorale_cells import HOLD, REST
from partimento.evaluate.chorale_anchor import fitted
from partimento.evaluate.chorale_floors import WAYS, Sung, count_models, held_cells, sung


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return hymns(tmp_path_factory.mktemp("hymns") / "hymns")


@pytest.mark.parametrize(("hold", "missed"), [(True, 2), (False, 1)])
def test_a_voice_that_goes_on_is_guessed_unless_a_repeated_pitch_must_be_told(corpus, hold, missed):
    cells, right = held_cells(chorales(corpus, hold).material)
    assert cells[0].tolist() == [44] * 4
    assert right[0, 1:].tolist() == [44 - missed] * 3  # the first cell, and with holds the one in the middle
    assert right[0, 0] == 44 - 11  # a tune that never repeats a pitch: every quarter


def test_repeated_pitches_are_struck_only_where_holds_are_told(corpus):
    told, untold = (sung(chorales(corpus, hold).material.codec, corpus, 0) for hold in (True, False))
    assert np.array_equal(told.frames, untold.frames) and np.array_equal(untold.said, untold.frames)
    assert (told.said[:, 1] == HOLD).sum() == 42 and told.said[22, 1] == told.frames[22, 1]


def test_a_hold_and_a_rest_stay_what_they_are_in_every_transposition():
    piece = Sung(np.array([[60, 50, 48, 0]] * 2, np.int16), np.array([[60, 50, 48, 0], [60, 1, 1, 0]], np.int16))
    moved = list(piece.moved(None))
    assert len(moved) == 12 and all((each.said[1, 1:] == [HOLD, HOLD, REST]).all() for each in moved)
    assert [int(each.said[1, 0]) for each in moved] == list(range(54, 66))


def test_the_chances_of_a_cell_with_holds_sum_to_one():
    frames = np.array([[60, 55, 52, 48], [60, 57, 52, 45], [62, 57, 53, 45]])
    said = np.array([[60, 55, 52, 48], [HOLD, 57, HOLD, 45], [62, HOLD, 53, HOLD]])
    model, total = fitted([frames], [said]), 0.0
    for value in range(128):
        other = said.copy()
        other[1, 2] = value
        total += np.exp(-model.nats(frames, other)[1, 2])
    assert total == pytest.approx(1.0)


def test_every_way_of_counting_costs_every_piece_something(corpus):
    found = dict(count_models(chorales(corpus).material))
    assert list(found) == list(WAYS) and all(nats.shape == (2, 4) and (nats > 0).all() for nats in found.values())
    assert not list(count_models(chorales(corpus.select(lambda piece: piece.split == "test")).material))
