"""What is asked of a Score given whole becomes a Prompt, and comes out with all that was kept."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import UniformModel, random_score
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.codecs import codec_of
from partimento.compose import compose
from partimento.compose.steering import Task
from partimento.errors import UnknownName, UsageError
from partimento.prompt import Prompt, Span, refilling
from partimento.score import TEMPO, from_notes, table

NOTES = codec_of("notes", pedal="stream")
TEN_S = from_notes([(i * 500, 400, 60 + i % 12, 64) for i in range(20)])  # to 9.9 s
TASKS = {
    "fill": Task("fill", 2.0, 4.0),
    "vary": Task("vary", amount=0.4),
    "accompany": Task("accompany"),
    "lead": Task("lead", to_s=3.0),
}


def times(score):
    return (score.notes["onset"] / 1000).tolist()


@pytest.mark.parametrize(
    ("task", "free_s"), [("fill", [(2.0, 4.0)]), ("accompany", [(0.0, 9.9)]), ("lead", [(0.0, 3.0)])]
)
def test_a_task_says_what_is_free(task, free_s):
    prompt = TASKS[task].prompt(TEN_S, seed=0)
    found = [(float(prompt.score.seconds(s.start)), float(prompt.score.seconds(s.stop))) for s in prompt.free]
    assert found == [pytest.approx(each, abs=0.002) for each in free_s]


@given(amount=st.floats(0.05, 0.9), seed=st.integers(0, 99))
@settings(max_examples=20)
def test_about_the_amount_asked_for_is_varied_in_stretches_apart(amount, seed):
    prompt = Task("vary", amount=amount).prompt(TEN_S, seed)
    assert len(prompt.kept) == pytest.approx(len(TEN_S) * (1 - amount), abs=4)
    assert all(a.stop < b.start for a, b in zip(prompt.free, prompt.free[1:], strict=False))


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("seed", range(10))
def test_what_a_task_keeps_is_kept_tick_for_tick(name, seed):
    prompt = TASKS[name].prompt(random_score(np.random.default_rng(seed)), seed)
    (piece,) = compose(UniformModel(NOTES), NOTES, prompt, seed=seed)
    assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, prompt.kept.notes)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (Task("fill", 12.0, 14.0), "--from 12 is out of range: 0 to 9.9 seconds"),
        (Task("fill", -1.0, 4.0), "--from -1 is out of range"),
        (Task("fill", 5.0, 4.0), "--to 4 is out of range: 5.1"),
        (Task("fill", 5.0, 40.0), "where the music ends"),
        (Task("vary", amount=0.0), "--amount 0 is out of range"),
        (Task("vary", amount=1.5), "at most 0.9"),
        (Task("lead", to_s=0.0), "--seconds 0 is out of range"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(task, words):
    with pytest.raises(UsageError, match=words):
        task.prompt(TEN_S, 0)


def test_a_file_without_notes_and_an_unknown_task_are_refused():
    with pytest.raises(UsageError, match="has no notes"):
        TASKS["fill"].prompt(from_notes([]), 0)
    with pytest.raises(UnknownName, match="did you mean fill"):
        Task("fil")


def test_controls_that_are_asked_stand_in_the_prompt():
    assert TASKS["vary"].prompt(TEN_S, 0, {"density": 4}).controls == {"density": 4}


def test_a_second_stretch_is_written_even_where_nothing_is_kept_between():
    score = from_notes([(i * 250, 200, 60 + i % 12, 64) for i in range(8)] + [(9000, 500, 72, 64)])
    prompt = refilling(score, (Span(0, 2000), Span(4000, 8000)))
    (piece,) = compose(UniformModel(NOTES), NOTES, prompt, seed=1)
    onsets = piece.score.notes["onset"]
    assert ((onsets >= 4000) & (onsets < 8000)).any() and not ((onsets >= 2000) & (onsets < 4000)).any()


def test_what_leads_up_lasts_as_long_as_asked_whatever_the_tempo_is_later():
    score = replace(TEN_S, tempi=table(TEMPO, [(0, 120.0), (2000, 30.0)]))
    prompt = Task("lead", to_s=6.0).prompt(score, 0)
    assert float(prompt.score.seconds(prompt.free[0].stop)) == pytest.approx(6.0, abs=0.01)


def test_what_is_varied_ends_with_the_piece():
    short = from_notes([(0, 500, 60, 64), (1900, 300, 62, 64)])
    assert all(Task("vary", amount=0.5).prompt(short, seed).free[-1].stop <= 2200 for seed in range(8))
