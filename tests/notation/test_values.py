import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.notation.bars import Bar
from partimento.notation.values import beams, note_values, rest_values

COMMON, TRIPLE, COMPOUND = Bar(1, 0, 64, 4, 4, 0), Bar(1, 0, 48, 3, 4, 0), Bar(1, 0, 48, 6, 8, 0)


def said(values):
    return " ".join(value.kind + "." * value.dots for value in values)


@pytest.mark.parametrize(
    ("bar", "start", "stop", "words"),
    [
        (COMMON, 0, 64, "whole"),
        (COMMON, 0, 24, "quarter."),
        (COMMON, 0, 40, "half eighth"),
        (COMMON, 8, 24, "quarter"),
        (COMMON, 24, 40, "eighth eighth"),
        (COMMON, 8, 32, "eighth quarter"),
        (COMMON, 4, 16, "eighth."),
        (COMMON, 16, 48, "half"),
        (TRIPLE, 0, 48, "half."),
        (TRIPLE, 16, 48, "half"),
        (COMPOUND, 0, 48, "half."),
        (COMPOUND, 0, 32, "quarter. eighth"),
        (COMPOUND, 24, 40, "quarter"),
    ],
)
def test_a_note_shows_the_beats_that_it_crosses(bar, start, stop, words):
    assert said(note_values(start, stop, bar)) == words


@pytest.mark.parametrize(
    ("bar", "start", "stop", "words"),
    [
        (COMMON, 16, 64, "quarter half"),
        (COMMON, 8, 64, "eighth quarter half"),
        (TRIPLE, 16, 48, "quarter quarter"),
        (COMPOUND, 0, 24, "quarter."),
        (COMPOUND, 8, 48, "eighth eighth quarter."),
    ],
)
def test_rests_stand_on_their_beats(bar, start, stop, words):
    assert said(rest_values(start, stop, bar)) == words


spans = st.tuples(st.integers(0, 47), st.integers(1, 48)).map(lambda s: (s[0], min(sum(s), 48)))


@given(spans, st.sampled_from([TRIPLE, COMPOUND, Bar(1, 0, 48, 4, 4, -16)]), st.booleans())
def test_values_are_seamless(span, bar, rest):
    values = (rest_values if rest else note_values)(*span, bar)
    ends = [span[0], *(value.start + value.steps for value in values)]
    assert [value.start for value in values] == ends[:-1] and ends[-1] == span[1]


def test_beams_join_what_lies_in_one_beat():
    values = [*note_values(0, 8, COMMON), *note_values(8, 12, COMMON), *note_values(12, 16, COMMON)]
    values += [*note_values(16, 24, COMMON), None, *note_values(32, 44, COMMON), *note_values(44, 48, COMMON)]
    assert beams(values, COMMON) == [
        ("begin",),
        ("continue", "begin"),
        ("end", "end"),
        (),
        (),
        ("begin",),
        ("end", "backward hook"),
    ]
