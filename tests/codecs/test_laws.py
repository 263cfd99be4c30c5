"""What every row of CODECS promises, with every value of its options."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from music import ALL_CODECS, any_table, generators, legal_table, scores

from partimento.codecs import CODECS, codec_of
from partimento.errors import UnknownName, UsageError
from partimento.score import Score, from_notes

every_codec = pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
AS_PERFORMANCE = [codec for codec in ALL_CODECS if codec.says_performance]


@every_codec
@given(score=scores)
def test_what_is_encoded_decodes_to_the_canonical_score(codec, score):
    assert codec.decode(codec.encode(score)) == codec.canonical(score)


@every_codec
@given(score=scores)
def test_the_canonical_score_is_its_own_canonical_score(codec, score):
    canonical = codec.canonical(score)
    assert codec.canonical(canonical) == canonical


@every_codec
@given(score=scores)
def test_every_row_that_is_written_is_allowed(codec, score):
    grammar = codec.grammar()
    for row in codec.encode(score).ids.tolist():
        for c, token in enumerate(row):
            mask = grammar.allowed(row[:c])
            assert mask is None or mask[token], codec.columns[c].describe(token)
        grammar.push(row)


@every_codec
@given(generator=generators, rows=st.integers(1, 60))
def test_a_legal_table_comes_back_from_its_music(codec, generator, rows):
    legal = legal_table(codec, generator, rows)
    assert legal.describe()[-1].startswith("end")
    assert codec.encode(codec.decode(legal)).describe() == legal.describe()


@every_codec
@given(generator=generators)
def test_any_table_decodes_to_sound_music(codec, generator):
    score = codec.decode(any_table(codec, generator))
    assert (score.notes["duration"] > 0).all() and (score.notes["velocity"] > 0).all()
    assert (score.pedals["release"] > score.pedals["onset"]).all()
    codec.encode(score)


@every_codec
@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_of_no_or_one_row_decodes_to_silence(codec, rows):
    table = codec.encode(from_notes([(0, 500, 60, 64)]))
    assert len(codec.decode(replace(table, ids=table.ids[:rows]))) == 0


@every_codec
def test_silence_is_a_begin_and_an_end(codec):
    table = codec.encode(from_notes([]))
    assert [line.split()[0] for line in table.describe()] == ["begin", "end"]


@every_codec
@given(score=scores)
def test_rows_stand_at_their_grid_step(codec, score):
    ids = codec.encode(score).ids
    onsets = codec.canonical(score).notes["onset"] * codec.steps_per_second // 1000
    times = codec.times(ids)
    assert len(times) == len(ids) and (np.diff(times) >= 0).all() and set(onsets) <= set(times)


@every_codec
def test_a_prefix_leaves_the_end_out(codec):
    score = from_notes([(0, 500, 60, 64)])
    assert codec.prefix(score).ids.tolist() == codec.encode(score).ids[:-1].tolist()


@every_codec
def test_the_mask_after_a_prefix_is_that_of_a_grammar_that_went_there(codec):
    prefix = codec.prefix(from_notes([(0, 500, 60, 64), (0, 500, 64, 64)]))
    grammar = codec.grammar()
    assert not np.array_equal(codec.allowed(prefix), grammar.allowed([]))
    for row in prefix.ids.tolist():
        grammar.push(row)
    assert np.array_equal(codec.allowed(prefix), grammar.allowed([]))


@every_codec
def test_nothing_comes_after_an_end(codec):
    assert not codec.allowed(codec.encode(from_notes([]))).any()


@pytest.mark.parametrize("codec", AS_PERFORMANCE, ids=str)
@given(score=scores)
def test_codecs_that_say_performance_say_the_same_score(codec, score):
    said = codec_of("performance").decode(codec_of("performance").encode(score))
    assert codec.decode(codec.encode(score)) == said and isinstance(said, Score)


def test_an_unknown_codec_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean notes"):
        codec_of("note")


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("options", [{"sustain": "folded"}, {"pedal": "streem"}, {"pedal": 3}])
def test_an_option_that_a_codec_has_not_is_refused(name, options):
    with pytest.raises(UsageError, match=name):
        codec_of(name, **options)
