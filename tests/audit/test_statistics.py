"""Statistics computed by hand: from_notes rows are (onset, duration, pitch, velocity) in ms."""

import json
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.audit import Statistics, audit, dies
from partimento.edit import fold_pedal
from partimento.score import PEDAL, TEMPO, Score, from_notes, table

TUNE = [(0, 1000, 60, 40), (1000, 1000, 64, 60), (1000, 3000, 67, 60), (5000, 1000, 72, 80)]
rows = st.lists(st.tuples(*(st.integers(*r) for r in ((0, 9000), (1, 2000), (21, 108), (1, 127)))), max_size=30)


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
