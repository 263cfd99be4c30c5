"""Faults of voice leading in literals of a few frames; a row is a 16th: soprano, alto, tenor, bass (0 rests)."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partimento.audit.grid import Place, frames_of, place, tick_of, tonics_of
from partimento.audit.rules import FAULTS
from partimento.audit.voices import Tally, faults, find, moving_pairs, rates, tally
from partimento.errors import InputError, UnknownName
from partimento.score import KEY, METRE, NOTE, Score, table
from partimento.voices import NAMES

C_MAJOR, A_MINOR = 0, 12 + 9
FAULTY = {
    "parallel fifths": ([[0, 0, 67, 60], [0, 0, 69, 62]], (2, 3)),
    "parallel octaves": ([[72, 0, 0, 60], [74, 0, 0, 62]], (0, 3)),
    "contrary fifths": ([[67, 0, 0, 60], [72, 0, 0, 53]], (0, 3)),
    "contrary octaves": ([[72, 0, 0, 60], [77, 0, 0, 53]], (0, 3)),
    "hidden fifths": ([[72, 0, 0, 50], [79, 0, 0, 60]], (0, 3)),
    "hidden octaves": ([[72, 0, 0, 50], [77, 0, 0, 53]], (0, 3)),
    "crossing": ([[0, 60, 64, 0]], (1, 2)),
    "overlap": ([[0, 64, 60, 0], [0, 69, 65, 0]], (1, 2)),
    "range": ([[0, 0, 0, 70]], (3,)),
    "spacing": ([[76, 62, 0, 0]], (0, 1)),
    "leading tone": ([[71, 65, 62, 55], [67, 64, 60, 48]], (0,)),
    "seventh": ([[71, 65, 62, 55], [72, 67, 64, 48]], (1,)),
    "doubled leading tone": ([[71, 65, 59, 55]], (0, 2)),
    "augmented leap": ([[0, 65, 0, 0], [0, 71, 0, 0]], (1,)),
    "cross relation": ([[72, 0, 0, 57], [74, 0, 0, 61]], (0, 3)),
    "wide leap": ([[0, 0, 0, 40], [0, 0, 0, 54]], (3,)),
}
CLEAN = {
    "a fifth that is held": [[0, 0, 67, 60], [0, 0, 67, 60]],
    "a fifth after a rest": [[0, 0, 67, 60], [0, 0, 0, 60], [0, 0, 69, 62]],
    "a fourth under a fifth": [[0, 0, 67, 60], [0, 0, 67, 62]],
    "parallel fourths": [[0, 67, 62, 0], [0, 65, 60, 0]],
    "an octave reached by step": [[71, 0, 0, 50], [72, 0, 0, 60]],
    "an octave and a fifth": [[0, 72, 60, 0], [0, 74, 67, 0]],
    "voices in unison": [[64, 64, 60, 48]],
    "the tenor an octave over the bass and more": [[72, 67, 62, 43]],
    "a cadence": [[71, 65, 62, 55], [72, 64, 60, 48]],
    "a seventh held over another chord": [[71, 65, 62, 55], [69, 65, 62, 50]],
    "a leap of an octave": [[0, 0, 0, 40], [0, 0, 0, 52]],
}
rows = st.integers(0, 5).flatmap(lambda t: arrays(np.int64, (t, 4), elements=st.sampled_from([0, *range(44, 80)])))


def kinds(frames: list[list[int]], tonic: int | None = None) -> list[str]:
    array = np.array(frames)
    return [each.kind for each in find(array, None if tonic is None else np.full(len(array), tonic))]


def score(frames: list[list[int]], frame_ticks: int = 4, **maps: object) -> Score:
    """Each frame a note in each voice that sounds."""
    notes = [
        (t * frame_ticks, frame_ticks, pitch, 80, voice)
        for t, row in enumerate(frames)
        for voice, pitch in enumerate(row)
        if pitch
    ]
    return Score(table(NOTE, notes), frame_ticks * 4, tracks=NAMES, **maps)


def test_every_kind_of_fault_has_a_literal() -> None:
    assert list(FAULTY) == list(FAULTS)


@pytest.mark.parametrize("kind", FAULTY)
def test_a_fault_is_found_with_its_voices(kind: str) -> None:
    frames, voices = FAULTY[kind]
    found = find(np.array(frames), np.full(len(frames), C_MAJOR), kinds=[kind])
    assert [(each.kind, each.voices, each.start, each.stop) for each in found] == [(kind, voices, 0, len(frames))]


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_no_fault_is_not_found(name: str) -> None:
    assert kinds(CLEAN[name]) == []


def test_a_fifth_over_the_other_voice_counts_and_a_fourth_does_not() -> None:
    crossed = [[0, 60, 67, 0], [0, 62, 69, 0]]
    assert "parallel fifths" in kinds(crossed)
    assert "parallel fifths" not in kinds([[0, 62, 67, 0], [0, 64, 69, 0]])


def test_parallel_unisons_and_twelfths_count_as_octaves_and_fifths() -> None:
    assert "parallel octaves" in kinds([[0, 60, 60, 0], [0, 62, 62, 0]])
    assert "parallel fifths" in kinds([[67, 0, 0, 48], [69, 0, 0, 50]])


def test_a_crossing_that_lasts_is_one_fault() -> None:
    found = find(np.array([[0, 60, 64, 0]] * 3 + [[0, 64, 60, 0]] + [[0, 60, 64, 0]]), kinds=["crossing"])
    assert [(each.start, each.stop) for each in found] == [(0, 3), (4, 5)]


def test_the_leading_tone_of_an_inner_voice_may_fall() -> None:
    assert "leading tone" not in kinds([[74, 71, 65, 55], [72, 67, 64, 48]])


def test_the_triad_of_the_dominant_has_a_leading_tone_where_the_key_is_known() -> None:
    falls = [[71, 67, 62, 55], [67, 64, 60, 48]]
    assert "leading tone" in kinds(falls, C_MAJOR)
    assert "leading tone" not in kinds(falls)
    assert "leading tone" not in kinds(falls, 7)


def test_the_augmented_second_is_heard_where_the_key_is_known() -> None:
    second = [[68, 0, 0, 0], [71, 0, 0, 0]]
    assert (kinds(second, C_MAJOR), kinds(second, 4), kinds(second)) == (["augmented leap"], [], [])


def test_a_cross_relation_is_none_in_one_voice_nor_where_the_key_has_both_letters() -> None:
    chromatic = [[72, 0, 60, 0], [73, 0, 57, 0]]  # C, C sharp in the soprano itself
    neighbours = [[64, 0, 0, 53], [65, 0, 0, 52]]  # E and F
    assert not {"cross relation"} & {*kinds(chromatic, C_MAJOR), *kinds(neighbours, C_MAJOR)}
    raised = [[67, 0, 0, 52], [69, 0, 0, 56]]  # G, then G sharp in the bass
    assert ["cross relation" in kinds(raised, tonic) for tonic in (A_MINOR, C_MAJOR, None, 8)] == [
        True,
        True,
        False,
        False,
    ]


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="parallel fifths"):
        find(np.zeros((1, 4)), kinds=["paralel fifths"])


@given(frames=rows, semitones=st.integers(-12, 12))
def test_transposing_changes_no_fault_but_those_of_range(frames, semitones) -> None:
    others = [kind for kind in FAULTS if kind != "range"]
    moved = np.where(frames > 0, frames + semitones, 0)
    tonics = np.arange(len(frames)) * 7 % 25 - 1  # major, minor, unknown
    moved_tonics = np.where(tonics >= 0, (tonics + semitones) % 12 + tonics // 12 * 12, -1)
    assert find(moved, moved_tonics, others) == find(frames, tonics, others)


@given(frames=rows)
def test_moving_pairs_are_counted_one_by_one(frames) -> None:
    moves = [
        sum(1 for a, b in zip(now, then, strict=True) if a > 0 and b > 0 and a != b)
        for now, then in zip(frames[:-1].tolist(), frames[1:].tolist(), strict=True)
    ]
    assert moving_pairs(frames) == sum(n * (n - 1) // 2 for n in moves)


def test_tallies_add_up_to_rates_per_thousand_moving_pairs() -> None:
    one = tally(np.array(FAULTY["parallel fifths"][0]))
    assert (one.moving, one.rates["parallel fifths"]) == (1, 1000.0)
    assert (one + tally(np.array([[72, 0, 0, 48], [74, 0, 0, 53]])) + Tally()).rates["parallel fifths"] == 500.0
    assert tally(np.zeros((0, 4), np.int64)).rates["crossing"] == 0.0


def test_bachs_own_parallels_are_those_that_were_measured_before(shared_data) -> None:
    held = json.loads((shared_data / "jsb-chorales" / "Jsb16thSeparated.json").read_text())["test"]
    pieces = [tally(np.array(piece, np.int64)) for piece in held]
    counts = [(each.counts["parallel fifths"], each.counts["parallel octaves"]) for each in pieces]
    assert (sum(map(any, counts)), *np.sum(counts, axis=0)) == (14, 15, 6)  # 0.91 and 0.36 per 1,000 moving pairs
    assert sum(pieces, Tally()).moving == 16516


def test_a_fault_of_a_score_says_where_and_what() -> None:
    (found,) = faults(score(FAULTY["parallel fifths"][0]))
    assert str(found) == "bar 1, beat 1.25: parallel fifths: Tenor and Bass move in parallel from fifth to fifth"
    assert (found.tick, found.to_json()["voices"]) == (4, ["Tenor", "Bass"])
    assert json.loads(json.dumps(found.to_json()))["bar"] == 1


def test_rates_of_a_score_know_its_key() -> None:
    falls = [[71, 67, 62, 55], [67, 64, 60, 48]]
    assert rates(score(falls, keys=table(KEY, [(0, 0, False)])))["leading tone"] > 0
    assert rates(score(falls))["leading tone"] == 0


def test_a_score_becomes_the_frames_that_it_was_made_of() -> None:
    frames = [[72, 67, 60, 48], [72, 0, 59, 50], [0, 65, 62, 43]]
    assert frames_of(score(frames)).tolist() == frames_of(score(frames, 5)).tolist() == frames


def test_a_score_of_other_than_four_voices_is_refused() -> None:
    with pytest.raises(InputError, match="it needs four"):
        faults(Score(table(NOTE, [(0, 4, 60, 80, 0)]), 4))


def test_bars_and_beats_follow_pickup_and_changes_of_metre() -> None:
    piece = score([[60, 0, 0, 0]], metres=table(METRE, [(16, 4, 4), (80, 3, 4)]))  # 16 ticks to a quarter
    ticks = {0: Place(0, 4), 16: Place(1, 1), 72: Place(1, 4.5), 80: Place(2, 1), 128: Place(3, 1)}
    assert {tick: place(tick, piece) for tick in ticks} == ticks


def test_tonics_follow_the_keys() -> None:
    piece = score([[60, 0, 0, 0]] * 4, keys=table(KEY, [(4, -3, True), (12, 2, False)]))
    assert tonics_of(piece, 4).tolist() == [-1, 12, 12, 2]
    assert tick_of(3, piece) == 12
