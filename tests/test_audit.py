"""Statistics computed by hand: from_notes rows are (onset, duration, pitch, velocity) in ms."""

import json
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.audit import Statistics, audit, compare, dies
from partimento.edit import fold_pedal
from partimento.errors import UsageError
from partimento.score import PEDAL, TEMPO, Score, from_notes, table

TUNE = [(0, 1000, 60, 40), (1000, 1000, 64, 60), (1000, 3000, 67, 60), (5000, 1000, 72, 80)]
FIGURE = (60, 62, 64, 65, 67, 65, 64, 62)
rows = st.lists(st.tuples(*(st.integers(*r) for r in ((0, 9000), (1, 2000), (21, 108), (1, 127)))), max_size=30)


def figures(times: int, step: int = 250, jitter: int = 0, figure=FIGURE) -> Score:
    pitches = figure * times
    return from_notes([(i * step + i // len(figure) % 2 * jitter, 200, p, 64) for i, p in enumerate(pitches)])


def test_counts_and_times() -> None:
    found = audit(from_notes(TUNE))
    assert (found.notes, found.duration_s, found.notes_per_second) == (4, 6.0, 4 / 6)
    assert (found.note_duration_median_s, found.inter_onset_median_s) == (1.0, 2.5)  # onsets 0, 1 and 5 s


def test_polyphony_is_the_mean_over_the_time_that_sounds() -> None:
    assert audit(from_notes(TUNE)).polyphony == pytest.approx((1 + 1 + 3 + 1) / (4 + 1))


def test_silence_is_counted_inside_the_piece_only() -> None:
    assert audit(from_notes(TUNE)).longest_silence_s == 1.0
    assert audit(from_notes([(9000, 100, 60, 64)])).longest_silence_s == 0.0


def test_a_long_note_under_short_ones_is_no_silence() -> None:
    assert audit(from_notes([(0, 5000, 36, 64), (0, 100, 60, 64), (5500, 100, 60, 64)])).longest_silence_s == 0.5


def test_pitch_and_velocity() -> None:
    found = audit(from_notes(TUNE))
    assert (found.pitch_min, found.pitch_max, found.pitch_range) == (60, 72, 12)
    assert (found.velocity_mean, found.velocity_spread) == (60.0, math.sqrt(200))


def test_pitch_class_entropy_is_in_bits() -> None:
    assert audit(from_notes(TUNE)).pitch_class_entropy == pytest.approx(1.5)  # C C E G: 1/2, 1/4, 1/4
    assert audit(from_notes(TUNE[:1])).pitch_class_entropy == 0.0


def test_seconds_come_from_the_tempo_map() -> None:
    score = from_notes([(0, 500, 60, 64), (500, 500, 62, 64)])
    slow = Score(score.notes, 500, tempi=table(TEMPO, [(0, 60.0)]))
    assert (audit(slow).duration_s, audit(slow).inter_onset_median_s) == (2.0, 1.0)


def test_a_note_sounds_as_long_as_the_pedal_holds_it() -> None:
    notes = from_notes([(0, 500, 60, 64), (4000, 500, 62, 64)]).notes
    pedalled = Score(notes, pedals=table(PEDAL, [(100, 3000, 0)]))
    assert (audit(pedalled).longest_silence_s, audit(pedalled).note_duration_median_s) == (1.0, 1.75)
    assert audit(pedalled) == audit(fold_pedal(pedalled))


def test_a_pedal_that_holds_no_note_is_no_music() -> None:
    score = Score(from_notes([(0, 500, 60, 64)]).notes, pedals=table(PEDAL, [(5000, 9000, 0)]))
    assert audit(score).duration_s == 0.5


def test_no_notes_give_zeros() -> None:
    assert set(audit(from_notes([])).to_json().values()) == {0}


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


def test_a_note_over_twenty_seconds_is_stuck() -> None:
    assert audit(from_notes([(0, 20_000, 60, 64), (0, 20_001, 62, 64)])).stuck_notes == 1


def test_music_dies_that_ends_before_four_fifths() -> None:
    score = from_notes([(i * 1000, 1000, 60, 64) for i in range(8)])
    assert not dies(score, 10.0)
    assert dies(score, 10.1)


def test_music_dies_that_falls_silent_on_the_way() -> None:
    assert dies(from_notes([(0, 3000, 60, 64), (9000, 1000, 60, 64)]), 10.0)
    assert not dies(from_notes([(0, 3000, 60, 64), (5000, 5000, 60, 64)]), 10.0)


def test_music_dies_that_only_holds_a_note() -> None:
    assert dies(from_notes([(0, 60_000, 60, 64)]), 60.0)
    assert dies(from_notes([]), 1.0)


def test_compare_is_seeded_and_covers_the_difference() -> None:
    soft = [audit(from_notes([(0, 500, 60, v)])) for v in range(30, 40)]
    loud = [audit(from_notes([(0, 500, 60, v)])) for v in range(80, 90)]
    row = next(r for r in compare(loud, soft, seed=1) if r.statistic == "velocity_mean")
    assert (row.left, row.right, row.difference) == (84.5, 34.5, 50.0)
    assert 45 < row.low < 50 < row.high < 55
    assert compare(loud, soft, seed=1) == compare(loud, soft, seed=1) != compare(loud, soft, seed=2)


def test_compare_has_a_row_per_statistic() -> None:
    one = audit(from_notes(TUNE))
    found = compare([one], [one], seed=0)
    assert [row.statistic for row in found] == list(one.to_json())
    assert {(row.difference, row.low, row.high) for row in found} == {(0.0, 0.0, 0.0)}


def test_compare_refuses_an_empty_side() -> None:
    with pytest.raises(UsageError, match="no pieces"):
        compare([], [audit(from_notes(TUNE))], seed=0)


@given(rows)
def test_statistics_are_finite_and_fit_json(notes) -> None:
    found = audit(from_notes(notes))
    assert Statistics(**json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


@given(rows.filter(len), st.integers(0, 50_000))
def test_a_later_start_changes_only_the_length(notes, delay: int) -> None:
    here, later = audit(from_notes(notes)), audit(from_notes([(o + delay, *rest) for o, *rest in notes]))
    assert later.duration_s == pytest.approx(here.duration_s + delay / 1000)
    for name in ("polyphony", "longest_silence_s", "inter_onset_median_s", "repetition", "looped_notes"):
        assert getattr(later, name) == pytest.approx(getattr(here, name), abs=1e-6)


def test_five_thousand_notes_take_no_time() -> None:
    rng = np.random.default_rng(0)
    score = from_notes([(i * 90, 200, int(p), 64) for i, p in enumerate(rng.integers(21, 109, 5000))])
    start = time.process_time()
    audit(score)
    assert time.process_time() - start < 0.5  # 0.01 on two old cores; the bound forgives a busy machine
