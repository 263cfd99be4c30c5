"""The riskiest idea, proved with a uniform model: what is kept comes out tick for tick, and lengths hold."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import UniformModel, random_score

from partimento.codecs import codec_of
from partimento.compose import Settings, compose
from partimento.prompt import Length, Prompt, Span, accompaniment, continuation, filling, from_nothing

NOTES = codec_of("notes")
PROMPTS = 1000


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


KINDS = {"nothing": nothing, "primer": primer, "region": region, "melody": melody, "pitches": some_pitches}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("codec_", [NOTES, codec_of("notes", pedal="stream")], ids=["folded", "stream"])
def test_what_is_kept_comes_out_tick_for_tick_and_lengths_hold(kind, codec_):
    for seed in range(PROMPTS // len(KINDS) // 2):
        prompt = KINDS[kind](np.random.default_rng(seed))
        (piece,) = compose(UniformModel(codec_), codec_, prompt, seed=seed)
        kept = prompt.kept.notes
        assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, kept)
        assert_length_holds(prompt, piece)
        assert codec_.decode(codec_.encode(piece.score)) == codec_.canonical(piece.score)


def assert_length_holds(prompt, piece):
    written = piece.written
    start_s = float(prompt.score.seconds(prompt.free[0].start))
    if prompt.length.notes:
        assert len(written) == prompt.length.notes
    elif prompt.length.seconds:
        assert written.notes["onset"].max(initial=0) / 1000 < start_s + prompt.length.seconds + 0.01
        assert written.duration_s <= start_s + prompt.length.seconds + 0.02
    if prompt.free[0].stop is not None:
        covered = prompt.free[0].covers(piece.score.notes)
        assert len(piece.score) - covered.sum() == len(prompt.kept)


@pytest.mark.parametrize("seed", range(20))
def test_a_primer_that_is_dropped_leaves_only_what_was_written(seed):
    prompt = primer(np.random.default_rng(seed))
    (kept,) = compose(UniformModel(NOTES), NOTES, prompt, seed=seed)
    (dropped,) = compose(UniformModel(NOTES), NOTES, prompt, seed=seed, settings=Settings(keep_primer=False))
    assert len(dropped.score) == len(kept.written)
    assert dropped.score.notes["onset"].min(initial=0) >= 0


@pytest.mark.parametrize("kind", ["nothing", "primer"])
def test_event_codecs_continue_too(kind):
    events = codec_of("performance")
    for seed in range(40):
        prompt = KINDS[kind](np.random.default_rng(seed))
        prompt = replace(prompt, length=Length(notes=10))
        (piece,) = compose(UniformModel(events), events, prompt, seed=seed)
        assert np.array_equal(Prompt(piece.score, prompt.free).kept.notes, prompt.kept.notes)


def test_sixteen_pieces_are_the_same_as_one_by_one():
    prompt = from_nothing(Length(notes=20))
    together = list(compose(UniformModel(NOTES), NOTES, prompt, count=5, seed=3))
    alone = list(compose(UniformModel(NOTES), NOTES, prompt, count=1, seed=3))
    assert together[0].score == alone[0].score
    assert together[1].score != alone[0].score
