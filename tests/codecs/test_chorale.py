import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import melody, sheet

from partimento.codecs import codec_of
from partimento.score import FERMATA, KEY, METRE, NOTE, Score, table
from partimento.tokens import TokenTable
from partimento.voices import NAMES, VOICES

CODEC = codec_of("chorale")
FRAMES = codec_of("chorale", hold=False)
CHORD = sheet([(67, 4), (69, 4)], [(64, 8)], [(60, 6), (None, 2)], [(48, 4), (48, 4)], fermatas=[4])

ticks = st.integers(0, 60)
rows = st.tuples(ticks, st.integers(1, 20), st.integers(30, 90), st.just(80), st.integers(0, 4))
metres = st.tuples(ticks, st.integers(1, 12), st.sampled_from([2, 4, 8, 16]))
keys = st.tuples(ticks, st.integers(-7, 7), st.booleans())
chorales = st.builds(
    lambda n, m, k, f, names: Score(
        table(NOTE, n), 4, metres=table(METRE, m), keys=table(KEY, k), fermatas=table(FERMATA, f), tracks=names
    ),
    st.lists(rows, max_size=10),
    st.lists(metres, max_size=3),
    st.lists(keys, max_size=3),
    st.lists(st.tuples(ticks), max_size=3),
    st.sampled_from([NAMES, ("Piano",)]),
)


def said(score, codec=CODEC):
    return codec.encode(score).describe()


def test_a_row_is_a_sixteenth_of_four_voices_and_what_is_given():
    lines = said(CHORD)
    assert lines[0] == "begin begin begin begin edge plain unknown" and lines[-1].startswith("end end end end")
    assert lines[1] == "pitch 67 pitch 64 pitch 60 pitch 48 beat 0 plain major 0"
    assert lines[5] == "pitch 69 hold hold pitch 48 beat 4 fermata major 0"
    assert lines[8] == "hold hold rest hold beat 7 plain major 0"


def test_without_holds_a_repeated_pitch_is_one_note():
    assert said(CHORD, FRAMES)[5].startswith("pitch 69 pitch 64 pitch 60 pitch 48")
    bass = FRAMES.canonical(CHORD).notes
    assert [(row[0], row[1]) for row in bass[bass["track"] == 3].tolist()] == [(0, 1000)]


@pytest.mark.parametrize("codec", [CODEC, FRAMES], ids=str)
@given(score=chorales)
def test_metres_keys_and_fermatas_come_back_with_the_music(codec, score):
    encoded = codec.encode(score)
    assert codec.encode(codec.decode(encoded)) == encoded


def test_a_chorale_comes_back_as_it_was():
    back = CODEC.decode(CODEC.encode(CHORD))
    for name in ("notes", "metres", "keys", "fermatas"):
        mine = getattr(CHORD, name).copy()
        for time in {"onset", "duration"} & set(mine.dtype.names):
            mine[time] *= 125
        assert np.array_equal(getattr(back, name), mine), name
    assert back.tracks == NAMES


def test_a_pickup_and_a_change_of_metre_are_counted_from_their_bars():
    score = melody(*[67] * 8, metre=[(4, 3, 4), (16, 4, 4)])
    beats = [int(line.split("beat ")[1].split()[0]) for line in said(score)[1:-1]]
    assert beats == [8, 9, 10, 11, *range(12), *range(16)]
    assert [row[0] // 125 for row in CODEC.canonical(score).metres.tolist()] == [4, 16]


def test_notes_beyond_the_range_of_their_voice_are_dropped():
    low, high = VOICES[0].low - 1, VOICES[0].high + 1
    assert len(CODEC.canonical(melody(low, 67, high))) == 1


def test_of_two_notes_at_once_the_highest_stays_and_one_ends_where_the_next_begins():
    score = Score(table(NOTE, [(0, 8, 60, 80, 0), (0, 4, 67, 80, 0), (2, 4, 65, 80, 0)]), 4)
    assert [row[:3] for row in CODEC.canonical(score).notes.tolist()] == [(0, 250, 67), (250, 500, 65)]


def test_tracks_named_after_voices_are_those_voices():
    assert set(CODEC.canonical(melody(48, names=("Bass",))).notes["track"]) == {3}
    assert set(CODEC.canonical(melody(67, names=("Piano",))).notes["track"]) == {0}


def test_music_in_another_tempo_stands_on_the_same_sixteenths():
    slow = Score(CHORD.notes, 4, tempi=table(Score(CHORD.notes).tempi.dtype, [(0, 60.0)]), tracks=NAMES)
    fast = Score(CHORD.notes, 4, tracks=NAMES)
    assert CODEC.encode(slow) == CODEC.encode(fast) and not CODEC.keeps_time


def test_only_the_voices_are_music():
    assert [column.name for column in CODEC.columns if not column.given] == ["soprano", "alto", "tenor", "bass"]


def test_an_end_needs_a_sounding_sixteenth_and_a_hold_a_note():
    grammar = CODEC.grammar()
    for row in CODEC.encode(sheet([(67, 2), (None, 1), (67, 1)])).ids[:4].tolist():
        grammar.push(row)
    soprano = CODEC.columns[0]
    assert not grammar.allowed([])[soprano.id("hold")] and not grammar.allowed([])[soprano.id("end")]


def test_a_sixteenth_stands_after_the_last_or_opens_a_bar():
    grammar = CODEC.grammar()
    for row in CODEC.encode(melody(67)).ids[:3].tolist():
        grammar.push(row)
    mask = grammar.allowed([CODEC.columns[0].id("hold"), 2, 2, 2])
    assert [CODEC.columns[4].describe(i) for i in np.flatnonzero(mask)] == ["beat 0", "beat 2"]


def test_cells_of_a_table_are_pitches_holds_and_rests():
    cells = CODEC.cells(CODEC.encode(CHORD))
    assert cells[0].tolist() == [67, 64, 60, 48] and cells[7].tolist() == [1, 1, 0, 1]
    assert FRAMES.cells(FRAMES.encode(CHORD))[4].tolist() == [69, 1, 1, 1]


def test_a_table_cut_anywhere_decodes():
    whole = CODEC.encode(CHORD)
    for start in range(len(whole)):
        CODEC.decode(TokenTable(whole.ids[start:], whole.columns))
