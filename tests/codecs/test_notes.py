"""A row per note: what is peculiar to it, beside tiny literal scores."""

from dataclasses import replace

import numpy as np
import pytest

from partimento.codecs import codec_of
from partimento.score import PEDAL, from_notes, table
from partimento.tokens import TokenTable

FOLDED, STREAM = codec_of("notes"), codec_of("notes", pedal="stream")
both = pytest.mark.parametrize("codec", [FOLDED, STREAM], ids=str)
PEDALLED = replace(from_notes([(0, 100, 60, 64)]), pedals=table(PEDAL, [(50, 400, 0)]))


def music(codec, score):
    return codec.encode(score).describe()[1:-1]


def state_after(codec, rows):
    grammar = codec.grammar()
    for row in rows:
        grammar.push(row)
    return grammar


@both
def test_a_row_says_step_pitch_velocity_and_duration(codec):
    score = from_notes([(0, 500, 60, 64), (250, 20, 72, 127)])
    assert music(codec, score) == ["time 0 pitch 60 velocity 16 duration 50", "time 25 pitch 72 velocity 31 duration 2"]


@both
def test_notes_of_a_chord_stand_in_rising_pitch(codec):
    rows = music(codec, from_notes([(0, 10, pitch, 4) for pitch in (67, 60, 64)]))
    assert [row.split()[3] for row in rows] == ["60", "64", "67"]


@pytest.mark.parametrize(
    ("gap_ms", "steps"), [(2550, ["time 255"]), (2560, ["wait", "time 0"]), (5130, ["wait", "wait", "time 1"])]
)
def test_a_gap_of_any_length_is_said_with_waits(gap_ms, steps):
    rows = music(FOLDED, from_notes([(0, 10, 60, 64), (gap_ms, 10, 60, 64)]))[1:]
    assert [" ".join(row.split()[:1] if "wait" in row else row.split()[:2]) for row in rows] == steps


@pytest.mark.parametrize(
    ("duration_ms", "parts"),
    [(10_240, ["velocity 16 duration 1024"]), (10_250, ["velocity 16 duration 1024", "tie duration 1"])],
)
def test_a_long_note_is_a_note_and_its_ties(duration_ms, parts):
    rows = [row for row in music(FOLDED, from_notes([(0, duration_ms, 60, 64)])) if "pitch" in row]
    assert [row.split("pitch 60 ")[1] for row in rows] == parts


def test_the_pedal_is_folded_into_the_lengths_and_leaves_no_rows():
    assert music(FOLDED, PEDALLED) == ["time 0 pitch 60 velocity 16 duration 40"]
    assert not len(FOLDED.canonical(PEDALLED).pedals)


def test_the_pedal_is_a_stream_of_rows_of_its_own():
    rows = ["time 0 pitch 60 velocity 16 duration 10", "time 5 pedal 1 none none", "time 35 pedal 0 none none"]
    assert music(STREAM, PEDALLED) == rows
    assert STREAM.canonical(PEDALLED).pedals.tolist() == [(50, 400, 0)]


def test_a_pedal_that_is_left_down_is_lifted_with_the_last_note():
    whole = STREAM.encode(PEDALLED)
    cut = TokenTable(whole.ids[:3], whole.columns)
    assert STREAM.decode(cut).pedals.tolist() == [(50, 100, 0)]


def test_rows_after_an_end_and_ties_without_a_note_say_nothing():
    begin, note, end = FOLDED.encode(from_notes([(0, 100, 60, 64)])).ids.tolist()
    tie, later = [note[0], note[1], 1, 7], [note[0] + 11, note[1], 1, 7]  # the note ends after 10 steps
    late = TokenTable(np.array([begin, tie, note, later, end, note], np.int16), FOLDED.columns)
    assert FOLDED.decode(late) == from_notes([(0, 100, 60, 66)])


@pytest.mark.parametrize(
    ("rows", "forbidden"),
    [
        ([(0, 5, 60, 64)], [(0, 60)]),  # strikes what sounds
        ([(0, 5, 60, 64)], [(0, 59)]),  # a chord in falling order
    ],
)
def test_the_grammar_forbids_what_is_never_written(rows, forbidden):
    prefix = FOLDED.prefix(from_notes([(on * 10, length * 10, pitch, v) for on, length, pitch, v in rows]))
    step, pitch = FOLDED.columns[:2]
    for when, key in forbidden:
        assert not FOLDED.allowed(prefix, [step.id("time", when)])[pitch.id("pitch", key)]


@pytest.mark.parametrize(
    ("duration", "step", "may_tie"), [(1024, 1024, True), (1023, 1023, False), (1024, 1025, False)]
)
def test_only_a_full_duration_that_ends_now_may_be_tied(duration, step, may_tie):
    time, pitch, velocity, length = FOLDED.columns
    note = [time.id("time", 0), pitch.id("pitch", 60), velocity.id("velocity", 5), length.id("duration", duration)]
    waits = [[time.id("wait"), 0, 0, 0]] * (step // 256)
    grammar = state_after(FOLDED, [[0, 0, 0, 0], note, *waits])
    mask = grammar.allowed([time.id("time", step % 256), pitch.id("pitch", 60)])
    assert mask is not None and mask[velocity.id("tie")] == may_tie


@pytest.mark.parametrize(("again", "notes"), [(1, [(0, 10_290)]), (5, [(0, 10_240), (10_240, 50)])])
def test_after_a_full_duration_a_tie_goes_on_and_a_note_strikes_again(again, notes):
    time, pitch, velocity, length = FOLDED.columns
    note = [time.id("time", 0), pitch.id("pitch", 60), velocity.id("velocity", 3), length.id("duration", 1024)]
    rows = [
        [0] * 4,
        note,
        *[[time.id("wait"), 0, 0, 0]] * 4,
        [note[0], note[1], again, length.id("duration", 5)],
        [1, 0, 0, 0],
    ]
    legal = TokenTable(np.array(rows, np.int16), FOLDED.columns)
    assert [(on, length) for on, length, *_ in FOLDED.decode(legal).notes.tolist()] == notes
    assert FOLDED.encode(FOLDED.decode(legal)) == legal


def test_a_piece_does_not_end_with_the_pedal_down_or_after_a_wait():
    step, end = STREAM.columns[0], STREAM.columns[0].id("end")
    down = state_after(STREAM, STREAM.encode(PEDALLED).ids[:3].tolist())
    assert not down.allowed([])[end]
    down.push(STREAM.encode(PEDALLED).ids[3].tolist())
    assert down.allowed([])[end]
    down.push([step.id("wait"), 0, 0, 0])
    assert not down.allowed([])[end]


@both
def test_where_every_pitch_sounds_no_step_leads_to_a_row_that_cannot_be_filled(codec):
    chord = from_notes([(0, 3000, pitch, 64) for pitch in range(128)])
    grammar = state_after(codec, codec.prefix(chord).ids.tolist())
    steps = np.flatnonzero(grammar.allowed([]))
    assert all(grammar.allowed([int(step)]).any() for step in steps)
