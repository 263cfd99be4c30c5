"""What goes round in circles: from_notes rows are (onset, duration, pitch, velocity) in ms."""

import numpy as np
import pytest

from partimento.audit import audit, pitch_loops
from partimento.score import Score, from_notes

FIGURE = (60, 62, 64, 65, 67, 65, 64, 62)


def figures(times: int, step: int = 250, jitter: int = 0, figure=FIGURE) -> Score:
    pitches = figure * times
    return from_notes([(i * step + i // len(figure) % 2 * jitter, 200, p, 64) for i, p in enumerate(pitches)])


def test_a_figure_played_four_times_is_a_loop() -> None:
    found = audit(figures(4))
    assert (found.loops, found.looped_notes) == (1, 32)


def test_a_figure_played_three_times_is_none() -> None:
    assert audit(figures(3)).loops == 0


@pytest.mark.parametrize(("jitter", "loops"), [(5, 1), (6, 0)])
def test_a_loop_may_waver_by_ten_milliseconds(jitter: int, loops: int) -> None:
    # every second time comes late by the jitter, so the steps between the times differ by twice that
    assert audit(figures(4, jitter=jitter)).loops == loops


def test_a_loop_is_found_inside_other_music() -> None:
    around = [(i * 100, 50, 90 - i, 64) for i in range(10)]
    inside = [(3000 + o, d, p, v) for o, d, p, v, _ in figures(5).notes.tolist()]
    after = [(20_000 + o, d, p, v) for o, d, p, v in around]
    found = audit(from_notes([*around, *inside, *after]))
    assert (found.loops, found.looped_notes) == (1, 40)


def test_the_longest_period_is_128_notes() -> None:
    figure = tuple(np.random.default_rng(0).integers(21, 109, 129).tolist())
    assert audit(figures(4, figure=figure[:128])).looped_notes == 512
    assert audit(figures(4, figure=figure)).looped_notes == 0


def test_repetition_is_the_share_of_ngrams_seen_before() -> None:
    assert audit(figures(1)).repetition == 0.0
    assert audit(figures(2)).repetition == pytest.approx(1 / 9)  # nine n-grams, the last equals the first


def in_random_times(pitches) -> Score:
    rng = np.random.default_rng(0)
    onsets = np.cumsum(rng.integers(80, 400, len(pitches))).tolist()
    return from_notes([(o, int(rng.integers(50, 70)), int(p), 100) for o, p in zip(onsets, pitches, strict=True)])


def test_two_pitches_in_turn_are_a_loop_of_pitches_whatever_their_rhythm() -> None:
    collapsed = in_random_times([60, 64] * 150)
    assert (audit(collapsed).loops, pitch_loops(collapsed)) == (0, 1.0)
    assert pitch_loops(in_random_times([60] * 300)) == 1.0


@pytest.mark.parametrize(
    ("pitches", "share"),
    [
        ([60, 64] * 8, 1.0),
        ([60, 64] * 7, 0.0),  # fourteen notes
        (FIGURE * 4, 1.0),
        (FIGURE * 3, 0.0),
        ([*range(30, 46), *FIGURE * 4], 2 / 3),
        ([], 0.0),
    ],
)
def test_sixteen_notes_and_four_times_are_needed(pitches, share) -> None:
    assert pitch_loops(in_random_times(pitches)) == pytest.approx(share)


def test_notes_by_chance_are_no_loop() -> None:
    assert pitch_loops(in_random_times(np.random.default_rng(1).integers(40, 90, 2000))) == 0.0
