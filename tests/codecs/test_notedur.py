"""The 312 tokens, beside tiny literal scores."""

from dataclasses import replace

import numpy as np
import pytest

from partimento.codecs import codec_of
from partimento.score import PEDAL, from_notes, table
from partimento.tokens import TokenTable

CODEC, FOLDED = codec_of("notedur"), codec_of("notedur", pedal="folded")
(TOKEN,) = CODEC.columns
STEP_MS = 125
PEDALLED = replace(from_notes([(0, STEP_MS, 60, 64)]), pedals=table(PEDAL, [(0, 4 * STEP_MS, 0)]))


def music(rows, codec=CODEC):
    """What is said of notes (onset, duration, pitch) in grid steps."""
    score = from_notes([(on * STEP_MS, length * STEP_MS, pitch, 64) for on, length, pitch in rows])
    return codec.encode(score).describe()[1:-1]


def ids_of(text):
    """The tokens of the original's own words: n60 d4 sep d8."""
    parts = {"n": "pitch", "d": "duration"}
    return [TOKEN.id(parts[w[0]], int(w[1:])) if w[1:].isdigit() else TOKEN.id(w) for w in text.split()]


def decoded(text):
    score = CODEC.decode(TokenTable(np.array(ids_of(text), np.int16)[:, None], CODEC.columns))
    return [(on // STEP_MS, length // STEP_MS, pitch) for on, length, pitch, *_ in score.notes.tolist()]


def allowed_after(text):
    grammar = CODEC.grammar()
    for token in ids_of(text):
        grammar.push([token])
    return grammar.allowed([])


def test_the_vocabulary_is_that_of_the_original_in_its_order():
    firsts = {"begin": 0, "pad": 1, "end": 2, "s2scls": 3, "mask": 4, "cseq": 5, "mseq": 6, "nscls": 7, "sep": 8}
    assert TOKEN.offsets == {**firsts, "pitch": 9, "duration": 137, "tempo": 298, "dummy": 308}
    assert (TOKEN.size, TOKEN.id("pitch", 127), TOKEN.id("duration", 160)) == (312, 136, 297)


def test_notes_stand_from_high_to_low_and_a_separator_says_the_wait():
    said = music([(0, 4, 60), (0, 4, 64), (6, 1, 60)])
    assert said == ["pitch 64", "duration 4", "pitch 60", "duration 4", "sep", "duration 6", "pitch 60", "duration 1"]


def test_the_highest_key_of_a_piano_is_kept():
    assert music([(0, 1, 108), (0, 1, 127), (0, 1, 0)])[::2] == ["pitch 127", "pitch 108", "pitch 0"]


@pytest.mark.parametrize(("length_ms", "steps"), [(1, 1), (60, 1), (188, 2), (16_000, 128), (60_000, 128)])
def test_durations_are_1_to_128_steps(length_ms, steps):
    assert CODEC.encode(from_notes([(0, length_ms, 60, 64)])).describe()[2] == f"duration {steps}"


@pytest.mark.parametrize(
    ("wait", "parts"), [(1, [1]), (160, [160]), (161, [160, 1]), (480, [160] * 3), (500, [160] * 3 + [20])]
)
def test_a_long_rest_is_said_in_several_waits_the_full_ones_first(wait, parts):
    assert music([(wait, 1, 60)])[:-2] == [word for part in parts for word in ("sep", f"duration {part}")]


def test_every_velocity_comes_back_as_90_and_the_pedal_is_dropped_or_folded():
    notes = {codec: codec.decode(codec.encode(PEDALLED)).notes.tolist() for codec in (CODEC, FOLDED)}
    assert notes == {CODEC: [(0, 125, 60, 90, 0)], FOLDED: [(0, 500, 60, 90, 0)]}


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("begin n60 d4 sep d8 n60 d2 end n61 d1", [(0, 4, 60), (8, 2, 60)]),
        ("n60 n62 d4 d8 sep n64 d1", [(0, 4, 62), (0, 1, 64)]),  # halves of pairs say nothing
        ("d8 n60 d0 sep d0 n61 d1", [(0, 1, 61)]),  # no time passes without a separator, no note lasts none
        ("sep d3 pad n60 mask d4 n61 d160", [(3, 160, 61)]),
    ],
)
def test_only_whole_pairs_say_something(text, notes):
    assert decoded(text) == notes


@pytest.mark.parametrize(
    ("before", "kinds"),
    [
        ("", {"begin"}),
        ("begin", {"pitch", "sep", "end"}),
        ("begin n60", {"duration"}),
        ("begin n60 d4", {"pitch", "sep", "end"}),
        ("begin n60 d4 sep", {"duration"}),
        ("begin n60 d4 sep d4", {"pitch"}),
        ("begin n60 d4 sep d160", {"pitch", "sep"}),
        ("begin end", set()),
    ],
)
def test_the_grammar_is_of_pairs_and_never_of_special_tokens(before, kinds):
    assert {TOKEN.names[token].split()[0] for token in np.flatnonzero(allowed_after(before))} == kinds


@pytest.mark.parametrize(
    ("before", "allowed", "forbidden"),
    [
        ("begin n60", "d1 d128", "d0 d129 d160"),
        ("begin n60 d4 sep", "d1 d160", "d0"),
        ("begin n60 d4", "n59 n0", "n60 n61"),  # from high to low
        ("begin n60 d4 sep d3", "n59 n61", "n60"),  # it still sounds
        ("begin n60 d4 sep d4", "n60 n61", ""),
    ],
)
def test_the_grammar_forbids_what_is_never_written(before, allowed, forbidden):
    mask = allowed_after(before)
    assert mask[ids_of(allowed)].all() and not mask[ids_of(forbidden)].any()


def test_where_every_pitch_sounds_no_wait_leads_to_a_time_at_which_nothing_can_be_struck():
    mask = allowed_after("begin " + " ".join(f"n{pitch} d9" for pitch in range(127, -1, -1)) + " sep")
    assert not mask[ids_of("d8")].any() and mask[ids_of("d9 d160")].all()


def test_time_moves_on_with_a_wait_alone():
    ids = np.array(ids_of("begin n60 d4 sep d8 n62 d2"), np.int16)[:, None]
    assert CODEC.times(ids).tolist() == [0, 0, 0, 0, 8, 8, 8]
    sep, pitch = ids_of("sep n60")
    assert CODEC.advances([sep])[ids_of("d7")] == [7] and not CODEC.advances([pitch]).any()
