"""Rows of an evaluation over a corpus of a few tiny pieces."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import corpus_of, random_score, tiny_checkpoint

from partimento.checkpoint import load_checkpoint
from partimento.codecs import codec_of
from partimento.errors import UnknownName, UsageError
from partimento.evaluate.likelihood import (
    TOKENS_PER_NOTE,
    Conditions,
    anchor_rows,
    check_rows,
    material,
    model_row,
)
from partimento.score import from_notes

SHORT = Conditions("train", 16, 8)
FOLDED, STREAM, EVENTS = codec_of("notes"), codec_of("notes", pedal="stream"), codec_of("performance")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    scores = [random_score(np.random.default_rng(i), notes=20) for i in range(6)]
    return corpus_of(tmp_path_factory.mktemp("made") / "made", scores)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "model"
    tiny_checkpoint(folder)
    return load_checkpoint(folder)


def test_models_and_anchors_are_measured_on_the_same_rows(corpus, checkpoint):
    held_out = material(corpus, FOLDED, SHORT)
    rows = [model_row("mine", checkpoint, held_out, SHORT), *anchor_rows(held_out)]
    assert [row.name for row in rows] == ["mine", "bigram", "unigram", "repeat"]
    assert all(row.held == rows[0].held and row.units.keys() == rows[0].units.keys() for row in rows)
    assert rows[0].held["notes"] == 120 and sum(rows[0].by_column.values()) == pytest.approx(
        rows[0].units["nats_per_row"].value
    )


def test_a_bigram_knows_its_own_training_pieces_better_than_a_unigram(corpus):
    bigram, unigram, _ = anchor_rows(material(corpus, EVENTS, SHORT))
    assert bigram.units["nats_per_note"].value < unigram.units["nats_per_note"].value


def test_without_a_training_split_there_are_no_anchors(corpus):
    held_out = material(corpus, FOLDED, SHORT)
    others = replace(held_out, corpus=corpus.select(lambda piece: False))
    assert anchor_rows(others) == []


@pytest.mark.parametrize("codec", [FOLDED, EVENTS], ids=["notes", "performance"])
def test_tokens_are_counted_where_the_literature_has_not(codec, corpus):
    held_out = material(corpus, codec, SHORT)
    events = [len(EVENTS.encode(corpus.score(i)).ids) - 2 for i in range(6)]
    assert held_out.tokens.tolist() == events and held_out.tokens_per_note == 0


def test_tokens_of_maestro_are_the_literatures(corpus):
    maestro = replace(corpus, manifest=replace(corpus.manifest, source="maestro"))
    held_out = material(maestro, FOLDED, SHORT)
    assert held_out.tokens_per_note == TOKENS_PER_NOTE["train"] == 4.045
    row = anchor_rows(held_out)[0].units
    assert row["nats_per_performance_token"].value == pytest.approx(row["nats_per_note"].value / 4.045)


def test_tokens_of_a_part_of_maestro_are_counted(corpus):
    maestro = replace(corpus, manifest=replace(corpus.manifest, source="maestro"))
    assert material(maestro, FOLDED, replace(SHORT, pieces=2)).tokens_per_note == 0


def test_a_codec_that_says_more_has_no_figure_per_performance_token(corpus):
    assert "nats_per_performance_token" not in anchor_rows(material(corpus, STREAM, SHORT))[0].units


def test_what_may_be_compared_says_the_same_of_the_same_pieces(corpus):
    claims = [material(corpus, codec, SHORT).claim for codec in (FOLDED, EVENTS, STREAM)]
    assert claims[0] == claims[1] != claims[2]
    assert material(corpus, FOLDED, replace(SHORT, pieces=2)).claim != claims[0]


def test_pieces_whose_velocity_does_not_count_are_counted(tmp_path):
    corpus = corpus_of(tmp_path, [from_notes([(0, 500, 60, 64)]), random_score(np.random.default_rng(0))])
    (row, *_) = anchor_rows(material(corpus, FOLDED, SHORT))
    assert row.without_velocity == 1


def test_pieces_are_spread_over_the_split(corpus):
    assert material(corpus, FOLDED, replace(SHORT, pieces=3)).pieces == (0, 2, 4)


def test_the_same_evaluation_gives_the_same_figures(corpus, checkpoint):
    held_out = material(corpus, FOLDED, SHORT)
    first, second = (model_row("mine", checkpoint, held_out, SHORT) for _ in range(2))
    assert first.units == second.units


def test_a_context_beyond_every_piece_is_fine(corpus, checkpoint):
    held_out = material(corpus, FOLDED, SHORT)
    long, longer = (model_row("mine", checkpoint, held_out, Conditions("train", n, n)) for n in (64, 4096))
    assert long.units["nats_per_note"].value == pytest.approx(longer.units["nats_per_note"].value)


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"context": 1, "stride": 1}, "--context 1 is out of range: 2 to 65536"),
        ({"stride": 17}, "--stride 17 is out of range: 1 to the context, 16"),
        ({"pieces": -1}, "--pieces -1 is out of range"),
        ({"precision": "int4"}, "--precision int4: not one of float32"),
    ],
)
def test_conditions_out_of_range_are_refused(wrong, advice):
    with pytest.raises(UsageError, match=advice):
        replace(SHORT, **wrong)


def test_a_split_without_pieces_and_one_that_is_none_are_refused(corpus):
    with pytest.raises(UsageError, match="corpus made has no piece in it"):
        material(corpus, FOLDED, replace(SHORT, split="test"))
    with pytest.raises(UnknownName, match="did you mean test"):
        material(corpus, FOLDED, replace(SHORT, split="tset"))


def test_a_checkpoint_made_for_other_columns_is_refused(checkpoint):
    other = replace(checkpoint, card={**checkpoint.card, "columns": {"event": 390}})
    with pytest.raises(UsageError, match="mine: was made for other columns than codec notes has"):
        check_rows("mine", other)


def test_a_family_without_a_likelihood_is_refused(checkpoint, monkeypatch):
    class Painter:
        name = "painter"

    monkeypatch.setattr("partimento.evaluate.likelihood.family_of", lambda _: Painter)
    with pytest.raises(UsageError, match="mine: family painter has no likelihood"):
        check_rows("mine", checkpoint)


def test_progress_ends_with_everything_done(corpus, checkpoint):
    told = []
    model_row("mine", checkpoint, material(corpus, FOLDED, SHORT), SHORT, lambda *said: told.append(said))
    assert told[-1] == (1.0, "6 of 6 pieces") and [share for share, _ in told] == sorted(share for share, _ in told)
