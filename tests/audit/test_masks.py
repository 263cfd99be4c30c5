"""The rules while sampling say what the audit says afterwards."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partimento.audit.masks import SOFT, cells_to_repair, forbidden, penalties
from partimento.audit.rules import FAULTS, HARD
from partimento.audit.voices import find

FRAMES, TONIC = 4, 7
few = arrays(np.int64, (FRAMES, 4), elements=st.sampled_from([0, 48, 50, 55, 57, 60, 62, 64, 65, 67, 69, 71, 72]))
cells = st.tuples(st.integers(0, FRAMES - 1), st.integers(0, 3))
CANDIDATES = np.array([0, 47, 50, 57, 62, 66, 69, 72, 76])


def put(frames, cell, pitch):
    changed = frames.copy()
    changed[cell] = pitch
    return changed


def concerns(fault, cell) -> bool:
    return fault.start <= cell[0] < fault.stop and cell[1] in fault.voices


@given(frames=few, cell=cells)
@settings(max_examples=25)
def test_a_pitch_is_forbidden_just_where_the_audit_finds_the_cell_in_a_fault(frames, cell) -> None:
    tonics = np.full(FRAMES, TONIC)
    for kinds in (HARD, tuple(FAULTS)):
        found = [find(put(frames, cell, pitch), tonics, kinds) for pitch in CANDIDATES]
        expected = [any(concerns(fault, cell) for fault in faults) for faults in found]
        assert forbidden(frames, [cell], CANDIDATES, kinds, tonics)[0].tolist() == expected


@given(frames=few, cell=cells)
@settings(max_examples=25)
def test_penalties_differ_as_the_weights_of_all_faults_of_two_frames_do(frames, cell) -> None:
    kinds = [kind for kind in SOFT if FAULTS[kind].span == 2]
    costs = [sum(FAULTS[each.kind].weight for each in find(put(frames, cell, p), None, kinds)) for p in CANDIDATES]
    assert np.allclose(penalties(frames, [cell], CANDIDATES, kinds)[0], np.array(costs) - min(costs))


def test_penalties_weigh_a_crossing() -> None:
    frames = np.array([[0, 64, 60, 0]])
    assert penalties(frames, [(0, 2)], np.array([62, 65])).tolist() == [[0.0, FAULTS["crossing"].weight]]


def test_many_cells_are_served_at_once() -> None:
    frames = np.array([[0, 0, 67, 60], [0, 0, 65, 62], [0, 0, 69, 62]])
    found = forbidden(frames, [(1, 2), (0, 3), (1, 3)], np.array([69, 60, -1]))
    assert found.tolist() == [[True, False, False], [True, False, False], [True, False, False]]
    assert forbidden(frames, np.zeros((0, 2), np.int64), CANDIDATES).shape == (0, len(CANDIDATES))


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
