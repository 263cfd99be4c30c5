"""The riskiest idea, proved with a uniform model: what is kept comes out tick for tick, and lengths hold."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import UniformModel, random_score

from partimento.codecs import codec_of
from partimento.compose import Settings, compose
from partimento.compose import guide as guides
from partimento.compose.compose import stream
from partimento.errors import UsageError
from partimento.prompt import (
    Length,
    Prompt,
    Span,
    accompaniment,
    continuation,
    filling,
    from_nothing,
    leading,
    refilling,
)
from partimento.score import PEDAL, from_notes, table

NOTES = codec_of("notes")
ROWS = {
    "folded": NOTES,
    "stream": codec_of("notes", pedal="stream"),
    "timed": codec_of("timed"),
    "events": codec_of("events"),
    "ringing": codec_of("events", release="next-event"),
}
PROMPTS = {"folded": 500, "stream": 500, "timed": 100, "events": 100, "ringing": 100}


def random_length(generator):
    if generator.random() < 0.5:
        return Length(seconds=float(generator.uniform(0.5, 12)))
    return Length(notes=int(generator.integers(1, 30)))


def nothing(generator):
    return from_nothing(random_length(generator))


def primer(generator):
    primer_s = float(generator.uniform(1, 6)) if generator.random() < 0.5 else None
    return continuation(random_score(generator), random_length(generator), primer_s)


def region(generator):
    score = random_score(generator)
    start, stop = np.sort(generator.integers(0, score.end, 2))
    return filling(score, int(start), int(stop) + 1)


def melody(generator):
    return accompaniment(random_score(generator))


def some_pitches(generator):
    score = random_score(generator)
    return Prompt(score, (Span(0, score.end, range(40, 70)),))


def stretches(generator):
    score = random_score(generator)
    edges = np.unique(generator.integers(0, score.end + 10, 2 * generator.integers(1, 5))).tolist()
    return refilling(score, tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)) or (Span(0, 9),))


def towards(generator):
    return leading(random_score(generator), float(generator.uniform(0.5, 9)))


KINDS = {
    "nothing": nothing,
    "primer": primer,
    "region": region,
    "melody": melody,
    "pitches": some_pitches,
    "stretches": stretches,
    "towards": towards,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ROWS)
def test_what_is_kept_comes_out_tick_for_tick_and_lengths_hold(kind, name):
    codec_ = ROWS[name]
    for seed in range(PROMPTS[name] // len(KINDS)):
        prompt = KINDS[kind](np.random.default_rng(seed))
        (piece,) = compose(UniformModel(codec_), codec_, prompt, seed=seed)
        kept = prompt.kept.notes
        assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, kept)
        assert_length_holds(prompt, piece, codec_)
        assert codec_.decode(codec_.encode(piece.score)) == codec_.canonical(piece.score)


def most_silence_s(codec_):
    """At the end, of a uniform model: a wait and a step past the end."""
    return 2 * int(codec_.columns[0].advances.max()) / codec_.steps_per_second + 0.1


def assert_length_holds(prompt, piece, codec_):
    written = piece.written
    start_s = float(prompt.score.seconds(prompt.free[0].start))
    if prompt.length.notes:
        assert len(written) == prompt.length.notes
    elif prompt.length.seconds:
        assert written.notes["onset"].max(initial=0) / 1000 < start_s + prompt.length.seconds + 0.01
        assert written.duration_s <= start_s + prompt.length.seconds + 0.02
        end_s = max(written.duration_s, start_s) - start_s  # of less than such a silence nothing may be written
        assert end_s >= min(0.9 * prompt.length.seconds, prompt.length.seconds - most_silence_s(codec_))
    if prompt.free[0].stop is not None:
        covered = np.logical_or.reduce([span.covers(piece.score.notes) for span in prompt.free])
        assert len(piece.score) - covered.sum() == len(prompt.kept)


@pytest.mark.parametrize("seed", range(20))
def test_a_primer_that_is_dropped_leaves_only_what_was_written(seed):
    prompt = primer(np.random.default_rng(seed))
    (kept,) = compose(UniformModel(NOTES), NOTES, prompt, seed=seed)
    (dropped,) = compose(UniformModel(NOTES), NOTES, prompt, seed=seed, settings=Settings(keep_primer=False))
    assert len(dropped.score) == len(kept.written)
    assert dropped.score.notes["onset"].min(initial=0) >= 0


@pytest.mark.parametrize("kind", ["nothing", "primer"])
@pytest.mark.parametrize("name", ["performance", "notedur"])
def test_codecs_of_one_column_continue_too(kind, name):
    codec_ = codec_of(name)
    for seed in range(40):
        prompt = KINDS[kind](np.random.default_rng(seed))
        prompt = replace(prompt, length=Length(notes=10))
        (piece,) = compose(UniformModel(codec_), codec_, prompt, seed=seed)
        assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, prompt.kept.notes)


def test_note_and_duration_pairs_are_whole_in_number_and_in_time():
    codec_ = codec_of("notedur")
    for seed in range(60):
        generator = np.random.default_rng(seed)
        prompt = KINDS[("nothing", "primer")[seed % 2]](generator)
        (piece,) = compose(UniformModel(codec_), codec_, prompt, seed=seed)
        start_s = float(prompt.score.seconds(prompt.free[0].start))
        assert len(piece.written) == (prompt.length.notes or len(piece.written))
        onsets_s = piece.written.notes["onset"] / 1000
        assert (onsets_s >= start_s - 1e-6).all()
        assert (onsets_s < start_s + (prompt.length.seconds or np.inf)).all()


def test_sixteen_pieces_are_the_same_as_one_by_one():
    prompt = from_nothing(Length(notes=20))
    together = list(compose(UniformModel(NOTES), NOTES, prompt, count=5, seed=3))
    alone = list(compose(UniformModel(NOTES), NOTES, prompt, count=1, seed=3))
    assert together[0].score == alone[0].score
    assert together[1].score != alone[0].score


SHORT = from_notes([(0, 400, 60, 64), (500, 400, 64, 64), (1006, 400, 67, 64)])
RINGING = SHORT.with_notes(np.concatenate([SHORT.notes[:2], from_notes([(1006, 30_000, 67, 64)]).notes]))
HELD = replace(SHORT, pedals=table(PEDAL, [(600, 20_000, 0)]))
STREAM, EVENTS = codec_of("notes", pedal="stream"), codec_of("performance")
GO_ON = {**ROWS, "performance": EVENTS}


@pytest.mark.parametrize("score", [RINGING, HELD], ids=["last note of 30 s", "pedal of 20 s"])
@pytest.mark.parametrize("pedal", ["dropped", "folded"])
def test_pairs_go_on_from_a_primer_that_rings_on(score, pedal):
    codec_, prompt = codec_of("notedur", pedal=pedal), continuation(score, Length(notes=30))
    (piece,) = compose(UniformModel(codec_), codec_, prompt)
    assert len(piece.written) == 30 and piece.written.notes["onset"].min() > 1006
    assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, score.notes)


@pytest.mark.parametrize("score", [RINGING, HELD], ids=["last note of 30 s", "pedal of 20 s"])
@pytest.mark.parametrize("codec_", GO_ON.values(), ids=GO_ON)
@pytest.mark.parametrize("length", [Length(seconds=10), Length(seconds=25), Length(notes=30)], ids=str)
def test_a_primer_that_rings_on_is_gone_on_from(score, codec_, length):
    prompt = continuation(score, length)
    for seed in range(5):
        (piece,) = compose(UniformModel(codec_), codec_, prompt, seed=seed)
        assert piece.score.notes["onset"].max() > 1006 and piece.written.notes["onset"].min() < 9000
        assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, score.notes)
        assert set(score.pedals.tolist()) <= set(piece.score.pedals.tolist())
        if codec_.one_row_per_note:
            assert_length_holds(prompt, piece, codec_)


def test_what_is_kept_of_a_ringing_primer_stands_in_the_rows_that_the_model_sees():
    for codec_, score in ((NOTES, RINGING), (NOTES, HELD), (STREAM, RINGING), (STREAM, HELD)):
        guide = guides.RowGuide(codec_, continuation(score, Length(seconds=60)))
        assert guide.kept and len(guide.prefix) < len(codec_.prefix(score))
        while guide.kept:  # a model that says nothing but steps far ahead
            guide.settle([codec_.columns[0].id("wait"), 0, 0, 0])
        assert guide.now == codec_.times(codec_.prefix(score).ids)[-1] and not len(codec_.decode(guide.written))


def test_a_primers_pedal_is_not_the_models_to_move():
    guide = guides.RowGuide(STREAM, continuation(HELD, Length(seconds=30)))
    pedal = STREAM.columns[1].span("pedal")
    assert not guide.allowed([STREAM.columns[0].id("time", 50)])[pedal].any()
    while guide.kept:
        guide.settle([STREAM.columns[0].id("wait"), 0, 0, 0])
    assert guide.allowed([STREAM.columns[0].id("time", 50)])[pedal].any()


def test_rows_are_capped_only_where_no_length_is_asked_for(monkeypatch):
    monkeypatch.setattr(guides, "MOST_ROWS", 5)
    lengths = {Length(): 4, Length(notes=20): 20}
    for length, most in lengths.items():
        pieces = compose(UniformModel(NOTES), NOTES, from_nothing(length), count=4)
        assert max(len(piece.written) for piece in pieces) == most


@pytest.mark.parametrize("name", ["folded", "timed", "events"])
def test_a_stream_says_the_durations_of_the_file(name):
    prompt, codec_ = from_nothing(Length(seconds=8.0)), ROWS[name]
    for seed in range(20):
        heard = list(stream(UniformModel(codec_), codec_, prompt, seed=seed))
        (piece,) = compose(UniformModel(codec_), codec_, prompt, seed=seed)
        written = piece.written.notes
        assert [(note["pitch"], round(note["duration_s"] * 1000)) for note in heard] == [
            (pitch, duration) for pitch, duration in zip(written["pitch"], written["duration"], strict=True)
        ]


@pytest.mark.parametrize(
    "codec_", [ROWS["ringing"], codec_of("notedur"), EVENTS], ids=["ringing", "notedur", "performance"]
)
def test_what_is_known_only_later_cannot_be_streamed(codec_):
    with pytest.raises(UsageError, match="cannot be streamed"):
        next(stream(UniformModel(codec_), codec_, from_nothing(Length(notes=3))))
