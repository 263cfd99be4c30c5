"""The rules while sampling say what the audit says afterwards."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partimento.audit.masks import SOFT, Around, cells_to_repair, verdicts
from partimento.audit.rules import FAULTS
from partimento.audit.voices import find

ROWS, TONIC = 7, 7
PITCHES = np.array([0, 48, 50, 55, 57, 60, 62, 65, 67, 69, 71, 72])
few = arrays(np.int64, (ROWS, 4), elements=st.sampled_from(PITCHES.tolist()))
STEPS = {kind for kind in FAULTS if FAULTS[kind].span == 2}
PARALLELS = ("parallel fifths", "parallel octaves")


def around(frames, row, last):
    rows = [row - 1, row, last, last + 1]
    return Around(frames[None, rows], np.full((1, 4), TONIC), np.array([last > row]))


def found(frames, row, last, voice, pitch, kinds):
    """The faults of the steps into and out of a note that takes these rows."""
    said = frames.copy()
    said[row : last + 1, voice] = pitch
    every = find(said, np.full(ROWS, TONIC), kinds)
    return [each for each in every if each.start in (row - 1, last)]


@given(frames=few, row=st.integers(1, 3), length=st.integers(0, 2), voice=st.integers(0, 3))
@settings(max_examples=30)
def test_hard_faults_are_those_in_which_the_voice_has_a_part(frames, row, length, voice):
    hard, _ = verdicts(around(frames, row, row + length), voice, PITCHES, PARALLELS, ())
    for cost, pitch in zip(hard[0], PITCHES, strict=True):
        own = [f for f in found(frames, row, row + length, voice, pitch, PARALLELS) if voice in f.voices]
        assert cost == sum(FAULTS[f.kind].weight for f in own)


@given(frames=few, row=st.integers(1, 3), voice=st.integers(0, 3))
@settings(max_examples=30)
def test_soft_faults_of_steps_cost_their_weights_whosesoever_they_are(frames, row, voice):
    kinds = [kind for kind in SOFT if kind in STEPS]
    _, soft = verdicts(around(frames, row, row), voice, PITCHES, (), kinds)
    if not frames[row + 1, voice]:
        return  # nothing is known behind the cell: the step out of it is not looked at
    for cost, pitch in zip(soft[0], PITCHES, strict=True):
        assert cost == sum(FAULTS[f.kind].weight for f in found(frames, row, row, voice, pitch, kinds))


def test_a_crossing_costs_in_the_cell_and_where_its_note_is_held():
    frames = np.array([[0, 0, 0, 0], [72, 0, 60, 0], [72, 0, 60, 0], [0, 0, 0, 0]])
    frames[1:3, 2] = 60
    here = Around(frames[None], np.full((1, 4), -1), np.array([True]))
    _, soft = verdicts(here, 1, np.array([55, 65]), (), ("crossing",))
    assert soft.tolist() == [[2 * FAULTS["crossing"].weight, 0.0]]


def test_many_cells_are_weighed_at_once_and_rests_are_never_at_fault():
    one = np.array([[0, 0, 67, 60], [0, 0, 0, 62], [0, 0, 0, 62], [0, 0, 0, 0]])
    hard, _ = verdicts(Around(np.stack([one, one]), np.full((2, 4), -1), np.zeros(2, bool)), 2, np.array([0, 69, 68]))
    assert hard.tolist() == [[0.0, FAULTS["parallel fifths"].weight, 0.0]] * 2


@given(frames=arrays(np.int64, (2, 4, 4), elements=st.sampled_from(PITCHES.tolist())), voice=st.integers(0, 3))
@settings(max_examples=20)
def test_a_cell_costs_the_same_alone_and_in_company(frames, voice):
    frames[0, 3, voice] = 0  # nothing is known behind the first
    every = Around(frames, np.full((2, 4), TONIC), np.zeros(2, bool))
    first = Around(frames[:1], np.full((1, 4), TONIC), np.zeros(1, bool))
    together, alone = verdicts(every, voice, PITCHES), verdicts(first, voice, PITCHES)
    assert all(np.array_equal(both[:1], one) for both, one in zip(together, alone, strict=True))


FIFTHS = np.array([[0, 0, 67, 60], [0, 0, 67, 60], [0, 0, 69, 62], [0, 0, 67, 62]])


def test_the_whole_notes_of_a_fault_are_repaired() -> None:
    assert cells_to_repair(FIFTHS)[:, 2:].tolist() == [[True, True], [True, True], [True, True], [False, True]]


def test_what_is_kept_is_not_repaired_but_the_voices_beside_it() -> None:
    kept = np.zeros((4, 4), np.bool_)
    kept[:, 3] = True
    assert cells_to_repair(FIFTHS, kept)[:, 2].tolist() == [True, True, True, False]
    kept[:, 2] = True
    assert cells_to_repair(FIFTHS, kept).any(axis=0).tolist() == [True, True, False, False]
    assert not cells_to_repair(FIFTHS, np.ones((4, 4), np.bool_)).any()


def test_music_without_faults_needs_no_repair() -> None:
    assert not cells_to_repair(np.array([[71, 65, 62, 55], [72, 64, 60, 48]])).any()
