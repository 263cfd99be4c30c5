"""Matches are found in any key and tempo, to the note, and also where notes were changed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from originality.pieces import piece, with_passage

from partimento.originality.figures import figures
from partimento.originality.lines import texture
from partimento.originality.postings import Postings
from partimento.originality.search import covered, exact, hits, passages
from partimento.originality.windows import short, windows

CORPUS = [piece(seed) for seed in range(3)]
POSTINGS = Postings.of([texture(score) for score in CORPUS], 6)
NONE = np.zeros(3, bool)


def longest(score, excluded=NONE):
    line = texture(score)
    runs = exact(line, POSTINGS, hits(line, POSTINGS, excluded))
    return int((runs.stop - runs.first).max(initial=0))


@pytest.mark.parametrize(("semitones", "pace"), [(0, 1.0), (6, 1.0), (-5, 0.8), (0, 1.25)])
def test_a_passage_is_found_to_the_note_in_any_key_and_tempo(semitones, pace):
    found = figures("texture", texture(with_passage(piece(9), CORPUS[1], 20, 30, 50, semitones, pace)), POSTINGS)
    assert 30 <= found.longest <= 32 and found.nearest.higher == semitones
    assert POSTINGS.piece(np.array([found.nearest.there])) == [1]


@given(st.integers(6, 60), st.integers(0, 130), st.integers(0, 130))
@settings(max_examples=20)
def test_a_match_is_as_long_as_what_was_taken(notes, first, at):
    assert longest(with_passage(piece(9), CORPUS[2], first, notes, at)) >= notes


def test_original_music_has_short_matches_alone():
    assert longest(piece(9)) < 8


def test_a_match_does_not_go_on_into_the_next_piece():
    assert longest(CORPUS[0]) == 200


def test_pieces_can_be_left_out():
    copied = with_passage(piece(9), CORPUS[1], 20, 30)
    assert longest(copied, np.array([False, True, False])) < 8


def test_windows_within_one_match_are_counted():
    line = texture(with_passage(piece(9, 100), CORPUS[1], 20, 20))
    runs = exact(line, POSTINGS, hits(line, POSTINGS))
    assert 5 <= covered(runs, len(line)).sum() <= 7
    assert not covered(runs._replace(first=runs.first[:0], stop=runs.stop[:0]), 10).size


def test_a_passage_survives_notes_that_are_changed_added_and_left_out():
    notes = with_passage(piece(9), CORPUS[1], 20, 64).notes.copy()
    notes["pitch"][60] += 2
    notes = np.delete(notes, 80)
    added = notes[[70]].copy()
    added["onset"] += 60
    line = texture(CORPUS[0].with_notes(np.concatenate([notes, added])))
    found = hits(line, POSTINGS)
    near = passages(line, POSTINGS, found, exact(line, POSTINGS, found))[0]
    assert near.figures >= 45 and POSTINGS.piece(np.array([near.there])) == [1]
    assert near.first <= 51 and near.stop >= 112


def test_a_figure_repeated_is_one_figure():
    trill = piece(0, 60)
    notes = trill.notes.copy()
    notes["pitch"] = np.tile([60, 62], 30)
    own = Postings.of([texture(trill.with_notes(notes))], 6)
    line = texture(trill.with_notes(notes))
    assert figures("texture", line, own).nearest.figures == 2


@pytest.mark.parametrize("notes", [0, 1, 5])
def test_music_too_short_for_a_window_has_no_match(notes):
    found = figures("texture", texture(piece(9, notes)), POSTINGS)
    assert (found.longest, found.share, found.nearest) == (0, None, None)


def test_windows_of_other_keys_share_a_hash_and_others_do_not():
    keys = windows(np.array([60, 64, 67, 72, 62, 66, 69, 74, 60]), 4)
    assert keys[0] == keys[4] and len(set(keys.tolist())) == 5 and short(keys)[0] == short(keys)[4]
