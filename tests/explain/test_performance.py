"""What a family of rows makes of a piece: probabilities, alternatives, and a sum that evaluation gives too."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from fakes import random_score, tiny_checkpoint

from partimento import midi
from partimento.checkpoint import build, card_of, load_checkpoint, save_checkpoint
from partimento.codecs import codec_of
from partimento.compose.load import load
from partimento.data.controls import Controls
from partimento.errors import UsageError
from partimento.explain import explained_performance
from partimento.explain.lines import details, lines
from partimento.models import family_of
from partimento.models.likelihood import piece_nats, score_cells
from partimento.recipe import Recipe
from partimento.score import from_notes

PIECE = random_score(np.random.default_rng(3), notes=40, span_s=30.0)
CODECS = ("notes", "performance", "events", "timed", "notedur")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_checkpoint(folder)
    return load_checkpoint(folder)


@pytest.fixture(scope="module")
def found(checkpoint):
    return explained_performance("tiny", checkpoint, PIECE, alternatives=3)


def small(folder, family, codec, **config):
    """An untrained checkpoint of any family."""
    recipe = Recipe(family=family, codec=codec_of(codec), model=family_of(family).Config(**config))
    save_checkpoint(folder, recipe, card_of(recipe, Controls()), build(recipe, Controls()).state_dict())
    return load_checkpoint(folder)


def test_the_sum_is_what_evaluation_finds(checkpoint, found):
    recipe, model = checkpoint.recipe, checkpoint.model()
    ids, counted = score_cells(recipe.codec, PIECE, "piece")
    context, stride = model.windows_of_likelihood(recipe.model, recipe.windows.sequence)
    assert found.nats == pytest.approx(piece_nats(model, ids, context, stride, counted=counted).sum(), rel=1e-6)


def test_what_stands_there_is_said_with_its_alternatives(found):
    moment = found.note(1)
    assert [each.column for each in moment.said] == ["step", "pitch", "velocity", "duration"]
    assert all(each.probability == pytest.approx(np.exp(-each.nats)) for each in moment.said)
    shares = [other.probability for each in moment.said for other in each.alternatives[:1]]
    assert all(len(each.alternatives) == 3 for each in moment.said) and min(shares) > 0


def test_all_alternatives_of_a_column_are_one_together(checkpoint):
    whole = explained_performance("tiny", checkpoint, from_notes([(0, 500, 60, 64), (500, 500, 64, 70)]), 2000)
    for each in whole.note(2).said:
        assert sum(other.probability for other in each.alternatives) == pytest.approx(1.0, abs=1e-5)
        at_rank = each.alternatives[each.rank - 1]
        assert at_rank.words == each.words or at_rank.probability == pytest.approx(each.probability, rel=1e-5)


def test_every_note_has_its_row(found):
    assert [note for moment in found.moments for note in moment.notes] == list(range(len(found.score)))
    onsets = found.score.seconds(found.score.notes["onset"])
    assert [each.time_s for each in found.moments if each.notes] == pytest.approx(onsets.tolist())


@pytest.mark.parametrize("codec", CODECS)
def test_every_codec_says_notes_and_the_surprise_of_each(codec, tmp_path):
    checkpoint = small(tmp_path / "m", "lstm", codec, layers=1, units=4, embedding=4, hidden_dense=0)
    found = explained_performance("m", checkpoint, PIECE, 2)
    heard = [note for moment in found.moments for note in moment.notes]
    assert heard == list(range(len(found.score))) and (found.note_nats > 0).all()
    assert found.note_nats.sum() <= found.nats * (1 + 1e-9)


def test_velocities_that_were_typeset_do_not_count(checkpoint):
    flat = from_notes([(500 * i, 400, 60 + i, 64) for i in range(6)])
    found = explained_performance("tiny", checkpoint, flat)
    said = {each.column: each.counts for each in found.note(3).said}
    assert said == {"step": True, "pitch": True, "velocity": False, "duration": True}
    assert found.note(3).nats == pytest.approx(sum(each.nats for each in found.note(3).said if each.counts))


def test_the_most_surprising_come_first_and_once(found):
    first = found.most_surprising(4)
    assert [each.nats for each in first] == sorted((each.nats for each in first), reverse=True)
    assert len({each.row for each in first}) == 4 and first[0].nats == found.note_nats.max()


def test_one_column_alone_may_count(found):
    by_pitch = found.nats_by("pitch")
    assert by_pitch[0] == found.note(1).said[1].nats and found.nats_by("") is found.note_nats
    assert found.most_surprising(1, "pitch")[0].said[1].nats == by_pitch.max()
    with pytest.raises(UsageError, match="did you mean pitch"):
        found.nats_by("pich")


def test_notes_are_found_by_second(found):
    assert found.at(0.0)[0].notes[0] == 0
    assert {each.time_s for each in found.at(15.0)} == {found.at(15.0)[0].time_s}


@pytest.mark.parametrize("ask", [lambda e: e.note(0), lambda e: e.note(99), lambda e: e.at(-1), lambda e: e.at(1e9)])
def test_what_is_not_there_is_refused(ask, found):
    with pytest.raises(UsageError, match="out of range"):
        ask(found)


def test_the_curve_is_the_mean_around_each_time(found):
    times, means = found.curve
    onsets = found.score.seconds(found.score.notes["onset"])
    around = (onsets >= times[10] - 1.0) & (onsets < times[10] + 1.0)
    assert means[10] == pytest.approx(found.note_nats[around].mean())


def test_it_is_saved_as_json_and_as_a_picture(found, tmp_path):
    told = json.loads(found.save(tmp_path / "a.json").read_text())
    assert told["rows"][0]["said"][0]["alternatives"][0].keys() == {"words", "probability"}
    assert told["rows"][0]["notes"] == [1] and len(told["note_nats"]) == len(found.score)
    assert found.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="unknown file type"):
        found.save(tmp_path / "a.wav")


def test_it_is_told_in_lines(found):
    told = list(lines(found, 2))
    assert len(told) == 3 and "nats per note over 40 notes, each given all before it" in told[0]
    assert "likeliest:" in list(details(found.note(1)))[1]


def test_a_family_without_likelihoods_is_refused(checkpoint, monkeypatch):
    gan = replace(checkpoint, recipe=Recipe(family="gan", codec=codec_of("roll"), model=family_of("gan").Config()))
    with pytest.raises(UsageError, match="family gan draws pieces whole"):
        explained_performance("g", gan, PIECE)


def test_a_piece_without_notes_is_refused(checkpoint):
    with pytest.raises(UsageError, match="no notes"):
        explained_performance("tiny", checkpoint, from_notes([]))


def test_a_wrong_note_in_a_real_piece_is_among_the_most_surprising(shared_data):
    with zipfile.ZipFile(shared_data / "maestro-v3.0.0-midi.zip") as archive:
        name = min(each for each in archive.namelist() if each.endswith((".mid", ".midi")))
        score = midi.parse(archive.read(name), name)[0]
    notes = score.notes[:120].copy()
    notes["pitch"][80] += 1 if notes["pitch"][80] % 12 in (4, 11) else 13
    found = load("maestro").explain(score.with_notes(notes), 2)
    near = np.flatnonzero(found.score.notes["pitch"] == notes["pitch"][80])
    planted = near[np.argmin(np.abs(found.score.notes["onset"][near] - 1000 * score.seconds(notes["onset"][80])))]
    assert planted in np.argsort(-found.note_nats)[:6]
