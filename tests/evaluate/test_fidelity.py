"""What codecs lose, on a handful of notes."""

import numpy as np
import pytest
from hypothesis import given
from music import ALL_CODECS, scores

from partimento.codecs import codec_of
from partimento.evaluate.fidelity import fidelity, moved, total
from partimento.score import PEDAL, Score, from_notes, table

FOLDED, STREAM = codec_of("notes"), codec_of("notes", pedal="stream")


def test_notes_on_the_grid_lose_nothing():
    found = fidelity(FOLDED, [from_notes([(0, 100, 60, 66), (50, 30, 64, 2)])])
    assert (found.notes, found.dropped, found.cut, found.lengthened) == (2, 0, 0, 0)
    assert found.onset_ms.largest == found.duration_ms.largest == found.velocity.largest == 0


def test_shifts_are_in_milliseconds_whatever_the_grid():
    score = from_notes([(2, 50, 60, 64)], ticks_per_quarter=125)  # a tick is 4 ms: 8 to 208 becomes 10 to 210
    found = fidelity(FOLDED, [score])
    assert (found.onset_ms.mean, found.duration_ms.mean, found.velocity.mean) == pytest.approx((2.0, 0.0, 2.0))


def test_of_two_notes_that_become_one_the_other_is_dropped():
    found = fidelity(FOLDED, [from_notes([(0, 100, 60, 66), (3, 100, 60, 66)])])
    assert (found.dropped, found.onset_ms.largest) == (0.5, 0.0)


def test_a_note_is_cut_where_its_pitch_sounds_again():
    found = fidelity(FOLDED, [from_notes([(0, 1000, 60, 66), (500, 100, 60, 66)])])
    assert (found.dropped, found.cut, found.duration_ms.largest) == (0, 0.5, 500)


def test_a_folded_pedal_lengthens_notes_and_a_streamed_one_does_not():
    held = Score(from_notes([(0, 100, 60, 66)]).notes, pedals=table(PEDAL, [(50, 800, 0)]))
    assert fidelity(FOLDED, [held]).lengthened == 1
    assert fidelity(STREAM, [held]).lengthened == 0


def test_a_pitch_that_is_gone_is_no_other_note():
    before, after = from_notes([(0, 10, 60, 66), (0, 10, 62, 66)]), from_notes([(0, 10, 62, 66)])
    assert moved(before, after).tolist() == [[0], [0], [0]]
    assert moved(before, from_notes([])).shape == (3, 0)


@pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
@given(score=scores)
def test_what_a_codec_says_of_its_own_words_is_all(codec, score):
    image = codec.canonical(score)
    assert not np.abs(moved(image, codec.canonical(image))).any()
    assert fidelity(codec, [image]).dropped == 0


@pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
@given(score=scores)
def test_every_note_of_the_image_comes_from_one_note(codec, score):
    assert moved(score, codec.canonical(score)).shape[1] <= len(score)


@pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
def test_every_codec_says_in_words_what_it_cannot_say(codec):
    assert codec.unsaid and all(codec.unsaid)


def test_no_scores_lose_nothing():
    assert fidelity(FOLDED, []).text.startswith("of 0 notes 0.00% dropped")


def test_the_groups_of_a_vocabulary_are_counted():
    codec = codec_of("chords").fit([from_notes([(0, 480, p, 66) for p in (60, 64)])])
    found = fidelity(codec, [from_notes([(on, 480, p, 66) for on, p in ((0, 60), (0, 64), (480, 60), (480, 65))])])
    assert (found.groups, found.known) == (2, 0.5) and "50.00% of 2 groups are in the vocabulary" in found.text
    assert "groups" not in fidelity(FOLDED, [from_notes([])]).text


@given(first=scores, second=scores)
def test_the_total_of_two_is_that_of_both_together(first, second):
    both, apart = fidelity(FOLDED, [first, second]), total([fidelity(FOLDED, [each]) for each in (first, second)])
    assert both.notes == apart.notes == len(first) + len(second)
    shifts = np.concatenate([moved(each, FOLDED.canonical(each)) for each in (first, second)], axis=1)
    assert apart.onset_ms.mean == pytest.approx(np.abs(shifts[0]).mean() if shifts.size else 0)
    assert apart.duration_ms.largest == np.abs(shifts[1]).max(initial=0)


def test_a_codec_without_time_is_measured_by_the_order_of_the_notes_of_a_pitch():
    score = from_notes([(on, 100, 60, 66) for on in (0, 5000, 9000)])
    found = fidelity(codec_of("chords", rhythm=False), [score])
    assert (found.dropped, found.added) == (
        0,
        0,
    ) and found.onset_ms.largest == 8500  # each stands 250 ms after the last


def test_a_note_that_only_rounds_is_kept_and_one_that_is_cut_is_not():
    found = fidelity(FOLDED, [from_notes([(3, 1000, 60, 66), (503, 100, 60, 66), (0, 50, 61, 66)])])
    assert (found.kept, found.cut, found.added) == (pytest.approx(2 / 3), pytest.approx(1 / 3), 0)
