"""What a family of grids makes of four voices, cell by cell."""

import json
from itertools import pairwise

import numpy as np
import pytest
from choir import tiny_choir
from sheets import melody, sheet

from partimento.checkpoint import load_checkpoint
from partimento.compose.load import load
from partimento.errors import InputError, UsageError
from partimento.explain import explained_chorale
from partimento.models.cell_likelihood import cell_likelihood
from partimento.models.likelihood import score_cells
from partimento.score import NOTE, Score, table
from partimento.voices import NAMES

CHOIR = sheet(*[[(pitch, 4), (pitch + 2, 8), (pitch, 4)] for pitch in (67, 64, 60, 48)])


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return load_checkpoint(tiny_choir(tmp_path_factory.mktemp("models") / "choir"))


@pytest.fixture(scope="module")
def found(checkpoint):
    return explained_chorale("choir", checkpoint, CHOIR, 100)


def test_the_sum_is_what_evaluation_finds(checkpoint, found):
    ids, counted = score_cells(checkpoint.recipe.codec, CHOIR, "piece")
    judged = cell_likelihood(checkpoint.model(), ids, counted)
    assert found.nats == pytest.approx(judged.nats.sum(), rel=1e-6) and judged.cells.sum() == 4 * 16


def test_every_voice_of_every_16th_is_told_with_bar_and_beat(found):
    places = [each.place for each in found.moments]
    assert places[0] == "bar 1, beat 1, soprano" and places[23] == "bar 1, beat 2.25, bass" and len(places) == 64
    assert [each.said[0].words for each in found.moments[:5]] == ["G4", "E4", "C4", "C3", "hold"]


def test_the_alternatives_of_a_cell_are_one_together(found):
    for moment in found.moments[:8]:
        assert sum(other.probability for other in moment.said[0].alternatives) == pytest.approx(1.0, abs=1e-5)


def test_a_note_has_the_nats_of_the_cell_in_which_it_is_struck(found):
    assert len(found.note_nats) == 12 and (found.note_nats > 0).all()
    assert found.note(1).notes == (0,) and found.note(1).nats == found.note_nats[0]


def test_what_it_was_judged_by_is_said(found):
    assert found.given == "each cell given all others"


def test_notes_off_the_beat_that_begin_in_one_16th_are_of_one_cell(checkpoint):
    found = explained_chorale("choir", checkpoint, sheet(*[[(p, 1), (p, 1)] for p in (67, 64, 60, 48)]), 1)
    assert [each.said[0].words for each in found.moments] == ["G4", "E4", "C4", "C3"] * 2


def test_the_model_reads_four_voices_and_no_fewer(checkpoint, tmp_path):
    model = load(str(checkpoint.folder))
    assert model.explain(CHOIR, 1).nats > 0
    with pytest.raises(UsageError, match="has only soprano; give a score of four voices"):
        model.explain(melody(67, 69))
    with pytest.raises(InputError, match="beyond the range"):
        model.explain(sheet(*[[(pitch, 16)] for pitch in (90, 64, 60, 48)]))


def test_a_wrong_note_in_bach_is_among_the_most_surprising(shared_data):
    frames = json.loads((shared_data / "jsb-chorales" / "Jsb16thSeparated.json").read_text())["test"][0][:64]
    model, score = load("chorales"), _score(np.array(frames, int))
    scale = {*(score.notes["pitch"] % 12).tolist()}
    for voice in range(4):
        notes = score.notes.copy()
        long = np.flatnonzero((notes["track"] == voice) & (notes["duration"] >= 4))[2]
        shifts = [int(notes["pitch"][long]) + up for up in (1, -1, 2, -2)]
        notes["pitch"][long] = next(pitch for pitch in shifts if pitch % 12 not in scale)
        found = model.explain(score.with_notes(notes), 2)
        first = found.score.notes[np.argsort(-found.note_nats)[:10]]
        assert ((first["onset"] == notes["onset"][long]) & (first["track"] == voice)).any()


def _score(frames):
    """Frames [T, 4] of pitches as notes, each as long as its pitch stays."""
    rows = []
    for voice in range(4):
        edges = np.flatnonzero(np.diff(frames[:, voice], prepend=-2, append=-2))
        rows += [(a, b - a, frames[a, voice], 80, voice) for a, b in pairwise(edges)]
    whole = [row for row in rows if row[2] >= 0]
    return Score(table(NOTE, whole), 4, metres=sheet([(60, 4)]).metres, tracks=NAMES)
