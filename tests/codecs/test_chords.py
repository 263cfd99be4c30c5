"""Groups of notes as one token, beside tiny literal scores."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fakes import UniformModel
from hypothesis import given
from music import TRAIN, generators, scores

from partimento.codecs import codec_of
from partimento.codecs.chords_rows import DURATIONS, TIMES, WAIT
from partimento.codecs.chords_vocabulary import Vocabulary
from partimento.compose import compose
from partimento.compose.guide import RowGuide
from partimento.errors import UsageError
from partimento.evaluate.fidelity import fidelity
from partimento.evaluate.likelihood import text_of
from partimento.prompt import Length, Prompt, continuation, from_nothing
from partimento.recipe import from_dict
from partimento.score import PEDAL, Score, from_notes, table
from partimento.tokens import TokenTable

RHYTHM, STEPS = (codec_of("chords", rhythm=rhythm).fit(TRAIN) for rhythm in (True, False))
BOTH = pytest.mark.parametrize("codec", [RHYTHM, STEPS], ids=["rhythm", "steps"])
TRIAD = [(0, 400, 60, 64), (10, 400, 62, 64), (20, 400, 58, 64)]


def said(rows, codec=RHYTHM):
    return codec.encode(from_notes(rows)).describe()[1:-1]


def chord(*pitches):
    """The name of a chord of the fitted vocabulary."""
    return f"chord {RHYTHM.known.chords.index(pitches)}"


def sounding(codec, rows):
    """Notes (onset, duration, pitch) in ms of rows of ids."""
    score = codec.decode(TokenTable(np.array(rows, np.int16), codec.columns))
    return [tuple(note)[:3] for note in score.notes.tolist()]


def row(time, place, duration):
    """The ids of a row with rhythm: a time, a place of the vocabulary, a duration in grid steps."""
    step, _, velocity, length = RHYTHM.columns
    name = f"time {time}" if time else "time"
    return [step.id(name), 1 + place, velocity.id("velocity", 16), length.id(f"duration {duration}")]


def test_a_note_and_a_chord_are_a_row_each():
    first = f"time {chord(58, 60, 62)} velocity 16 duration 40"
    assert said([*TRIAD, (480, 240, 72, 64)]) == [first, "time 48 pitch 72 velocity 16 duration 24"]


@pytest.mark.parametrize(("gap_ms", "rows"), [(20, 1), (30, 2)])
def test_notes_within_20_ms_of_the_first_are_one_group(gap_ms, rows):
    assert len(said([(0, 400, 60, 64), (gap_ms, 400, 62, 64)])) == rows


def test_octaves_are_kept():
    assert sounding(RHYTHM, RHYTHM.encode(from_notes([(0, 480, p, 64) for p in (48, 60, 64, 67)])).ids)[0][2] == 48


@pytest.mark.parametrize(
    ("pitches", "heard"),
    [
        ((58, 59, 62), (58, 62)),  # same bass and top; (58, 60, 62) would add a note
        ((58, 59, 60, 61, 62), (58, 60, 62)),
        ((40, 60, 62), (60, 62)),  # no chord has this bass: the same top, and what shares most
        ((30, 90), (90,)),
    ],
)
def test_a_chord_that_is_not_kept_becomes_the_nearest(pitches, heard):
    vocabulary = Vocabulary(((58, 60, 62), (58, 62), (60, 62), (61, 62)))
    (place,) = vocabulary.places([sum(1 << pitch for pitch in pitches)])
    assert tuple(np.flatnonzero(vocabulary.strikes[place])) == heard


def test_unfitted_it_knows_single_notes_alone_and_says_the_top():
    assert said(TRIAD, codec_of("chords")) == ["time pitch 62 velocity 16 duration 40"]


def test_the_commonest_groups_are_kept_and_every_single_note():
    music = [from_notes([(500 * i, 90, p, 64) for i, ps in enumerate(c) for p in ps]) for c in ([(1, 2)] * 2, [(3, 4)])]
    assert codec_of("chords", vocabulary=129).fit(music).known.chords == ((1, 2),)
    assert codec_of("chords").fit(music).known.chords == ((1, 2), (3, 4))
    assert codec_of("chords", vocabulary=128).fit(music).known == codec_of("chords").known


def test_times_are_classes_that_add_no_errors_up():
    rows = [(550 * i, 100, 60 + i % 2, 64) for i in range(40)]  # 550 ms is no class: 540 and 570 are
    onsets = RHYTHM.canonical(from_notes(rows)).notes["onset"]
    assert np.abs(onsets - [r[0] for r in rows]).max() <= 20
    assert {55} & set(TIMES) == set() and TIMES[:5] == [0, 3, 4, 5, 6] and DURATIONS[-1] == 1536


def test_a_long_silence_is_said_in_waits():
    onset_ms = 10 * (2 * WAIT + 48)
    assert said([(onset_ms, 100, 60, 64)])[:2] == ["wait none none none"] * 2
    assert sounding(RHYTHM, RHYTHM.encode(from_notes([(onset_ms, 100, 60, 64)])).ids) == [(onset_ms, 100, 60)]


def test_a_group_lasts_as_its_median_note_and_one_that_is_struck_again_does_not_count():
    again = [(0, 30, 58, 64), (0, 480, 60, 64), (0, 480, 62, 64)]
    assert said(again)[0].endswith("duration 48")
    cut = replace(from_notes([(0, 30, 60, 64), (0, 30, 62, 64), (240, 90, 60, 64)]), pedals=table(PEDAL, [(0, 480, 0)]))
    assert RHYTHM.encode(cut).describe()[1].endswith("duration 48")
    assert RHYTHM.canonical(cut).notes["duration"].tolist() == [240, 480, 240]


def test_a_chord_may_not_cut_the_last_note_of_a_group():
    grammar = RHYTHM.grammar()
    pair = 128 + RHYTHM.known.chords.index((60, 62))
    for each in ([RHYTHM.columns[0].id("begin"), 0, 0, 0], row(0, pair, 96), row(24, 60, 96)):
        grammar.push(each)
    step, chords_ = row(24, 0, 3)[0], RHYTHM.columns[1]
    mask = grammar.allowed([step])
    assert not mask[chords_.id("pitch", 62)] and not mask[chords_.id("pitch", 60)] and mask[chords_.id("pitch", 61)]
    assert grammar.allowed([row(96, 0, 3)[0]])[1:].all()


def test_a_forked_grammar_goes_its_own_way():
    grammar = RHYTHM.grammar()
    other = grammar.fork()
    grammar.push([RHYTHM.columns[0].id("begin"), 0, 0, 0])
    assert other.allowed([]).sum() == 1 < grammar.allowed([]).sum()


def test_without_rhythm_groups_stand_250_ms_apart_for_a_quarter_each():
    assert STEPS.decode(STEPS.encode(from_notes([*TRIAD, (3000, 90, 72, 9)]))).notes.tolist() == [
        *((0, 500, pitch, 90, 0) for pitch in (58, 60, 62)),
        (250, 500, 72, 90, 0),
    ]


@BOTH
def test_silent_rows_say_the_same_time_and_no_notes(codec):
    ids = codec.encode(from_notes([*TRIAD, (480, 100, 60, 64), (960, 100, 60, 64)])).ids
    silent = np.array([codec.silent(each) for each in ids.tolist()[:-1]], np.int16)
    assert codec.times(silent).tolist() == codec.times(ids[:-1]).tolist()
    assert len(codec.decode(TokenTable(silent, codec.columns))) == 0


@BOTH
@given(score=scores)
def test_the_notes_of_rows_are_counted(codec, score):
    ids = codec.encode(score).ids.tolist()
    counts = [codec.says_note(after, before) for before, after in pairwise(ids)]
    assert sum(counts) == len(codec.canonical(score))


@BOTH
@given(score=scores)
def test_state_is_plain_and_gives_the_same_codec(codec, score):
    again = replace(codec).fitted(codec.state())
    assert again == codec and again.fingerprint == codec.fingerprint and replace(codec) != codec
    assert again.encode(score) == codec.encode(score)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, "is missing"),
        ({"chords": 3}, "is missing"),
        ({"chords": ["60 64", "60 64"]}, "or one twice"),
        ({"chords": ["60"]}, "no chord of two"),
        ({"chords": ["64 60"]}, "no chord of two"),
        ({"chords": ["60 128"]}, "no chord of two"),
        ({"chords": ["60 x"]}, "no chord of two"),
        ({"chords": ["1 2", "1 3"]}, "more than the 129"),
    ],
)
def test_a_state_that_no_codec_says_is_refused(state, reason):
    with pytest.raises(UsageError, match=reason):
        codec_of("chords", vocabulary=129).fitted(state)


@pytest.mark.parametrize("options", [{"rhythm": "maybe"}, {"vocabulary": 127}, {"vocabulary": "many"}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(UsageError, match=r"of codec chords is out of range|is not a (int|bool)"):
        from_dict({"codec": {"name": "chords", **options}})


def test_options_may_be_typed_as_text():
    codec = from_dict({"codec": {"name": "chords", "rhythm": "false", "vocabulary": "200"}}).codec
    assert codec == codec_of("chords", rhythm=False, vocabulary=200)


def test_coverage_counts_the_groups_that_are_said_as_they_are():
    assert RHYTHM.coverage(from_notes([*TRIAD, (500, 90, 30, 64), (900, 90, 1, 64), (900, 90, 5, 64)])) == (2, 3)


def test_two_vocabularies_are_two_codecs_for_people():
    other = codec_of("chords").fit([from_notes(TRIAD)])
    assert text_of(other) != text_of(RHYTHM) and text_of(RHYTHM).startswith(
        "chords rhythm=True vocabulary=4096 fitted="
    )


def test_what_the_vocabulary_lacks_counts_as_dropped():
    assert fidelity(RHYTHM, [from_notes([(0, 480, 40, 66), (0, 480, 90, 66)])]).dropped == 0.5
    assert fidelity(RHYTHM, [from_notes([(0, 480, 60, 66), (0, 480, 62, 66)])]).dropped == 0


@BOTH
@pytest.mark.parametrize("seed", range(4))
def test_as_many_notes_as_asked_are_written(codec, seed):
    (piece,) = compose(UniformModel(codec), codec, from_nothing(Length(notes=17)), seed=seed)
    assert len(piece.written) == 17


DENSE, SPARSE = (from_notes([(gap * i, 90, 50 + i % 9, 64) for i in range(20)]) for gap in (60, 900))
HELD = Score(from_notes([(0, 400, 60, 64), (500, 400, 64, 64)]).notes, pedals=table(PEDAL, [(600, 20_000, 0)]))


@BOTH
@pytest.mark.parametrize("primer", [DENSE, SPARSE, HELD], ids=["dense", "sparse", "held"])
@pytest.mark.parametrize("length", [Length(notes=12), Length(seconds=5.0)], ids=["notes", "seconds"])
def test_a_primer_is_kept_and_gone_on_from_at_its_end(codec, primer, length):
    prompt = continuation(primer, length)
    (piece,) = compose(UniformModel(codec), codec, prompt, seed=1)
    start = primer.seconds(prompt.free[0].start) * 1000
    assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, primer.notes)
    assert len(piece.written) == length.notes or len(piece.written) > 0
    assert piece.written.notes["onset"].min() >= start
    assert length.notes or piece.written.notes["onset"].max() < start + 5000


@given(generator=generators)
def test_the_guide_never_runs_out_of_rows(generator):
    guide = RowGuide(RHYTHM, from_nothing(Length(notes=300)))
    longest = RHYTHM.columns[3].size - 1
    while not guide.done:
        taken = []
        for _ in range(3):
            taken.append(int(generator.choice(np.flatnonzero(guide.allowed(taken)))))
        guide.settle([*taken, longest if taken[1] else 0])
    assert guide.written_notes == 300
