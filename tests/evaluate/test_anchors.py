"""Anchors on tables that one can count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.evaluate.anchors import ANCHORS, anchored, bigram, count, repeat, unigram
from partimento.models.likelihood import PieceRows
from partimento.tokens import Column, Range

LETTERS = Column("letters", (Range("letter", 3),))
IDS = np.array([[0], [1], [1]], np.int16)  # begin, then two rows that are predicted
ALL = np.ones((2, 1), bool)
(COUNTS,) = count([(IDS, ALL)], (LETTERS,))
BEFORE, AFTER = np.array([0, 1]), np.array([1, 1])


def dense(counts):
    """The same as a table of V * V."""
    table = np.zeros((counts.size, counts.size), int)
    table[counts.ends] = counts.times
    return table


tables = st.lists(st.integers(0, 2), min_size=2, max_size=20).map(lambda ids: np.array(ids, np.int16)[:, None])


def test_pairs_are_counted_from_the_begin_row_on():
    assert dense(COUNTS).tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_unigram_has_one_more_of_each_id():
    assert unigram(COUNTS, BEFORE, AFTER) == pytest.approx([3 / 5, 3 / 5])


def test_bigram_leans_on_the_unigram_as_much_as_witten_and_bell_say():
    assert bigram(COUNTS, BEFORE, AFTER) == pytest.approx([(1 + 3 / 5) / 2, (1 + 3 / 5) / 2])
    assert bigram(COUNTS, np.array([2, 0]), np.array([0, 2])) == pytest.approx([1 / 5, (1 / 5) / 2])


def test_repeat_stays_as_often_as_it_saw_and_else_asks_the_unigram():
    assert COUNTS.repeated == 1 / 2
    assert repeat(COUNTS, BEFORE, AFTER) == pytest.approx([(1 / 2) * (3 / 5) / (4 / 5), 1 / 2])


def test_the_nats_of_a_piece_are_those_of_its_rows():
    found = anchored(unigram, [COUNTS], PieceRows(IDS, ALL, 2, 1.0))
    assert found.nats == pytest.approx([-2 * np.log(3 / 5)])
    assert (found.rows, found.cells.tolist(), found.notes) == (2, [2], 2)


def test_cells_that_do_not_count_are_neither_learnt_nor_paid_for():
    counted = np.array([[True], [False]])
    (learnt,) = count([(IDS, counted)], (LETTERS,))
    assert learnt.times.sum() == 1
    found = anchored(unigram, [COUNTS], PieceRows(IDS, counted, 2, 1.0))
    assert found.nats == pytest.approx([-np.log(3 / 5)]) and found.cells.tolist() == [1]


@pytest.mark.parametrize("anchor", ANCHORS.values(), ids=ANCHORS)
@given(ids=tables)
def test_an_anchor_is_a_distribution_that_rules_nothing_out(anchor, ids):
    (counts,) = count([(ids, np.ones((len(ids) - 1, 1), bool))], (LETTERS,))
    for before in range(3):
        shares = anchor(counts, np.full(3, before), np.arange(3))
        assert shares.sum() == pytest.approx(1) and shares.min() > 0


@pytest.mark.parametrize("anchor", ANCHORS.values(), ids=ANCHORS)
def test_without_training_rows_every_id_is_as_likely(anchor):
    (counts,) = count([], (LETTERS,))
    other = anchor(counts, np.array([0]), np.array([2]))
    assert other == pytest.approx([1 / 3] if anchor is not repeat else [1 / 4])


def test_many_pieces_count_as_one_does_whatever_the_chunk(monkeypatch):
    monkeypatch.setattr("partimento.evaluate.anchors.CHUNK", 4)
    (several,) = count([(IDS, ALL)] * 5, (LETTERS,))
    assert dense(several).tolist() == (5 * dense(COUNTS)).tolist()


@given(ids=tables, before=st.integers(0, 2), after=st.integers(0, 2))
def test_pairs_are_looked_up_as_in_a_table(ids, before, after):
    (counts,) = count([(ids, np.ones((len(ids) - 1, 1), bool))], (LETTERS,))
    pairs = [*zip(ids[:-1, 0].tolist(), ids[1:, 0].tolist(), strict=True)]
    assert counts.of(np.array([before]), np.array([after])).tolist() == [pairs.count((before, after))]


@given(ids=tables)
def test_a_bigram_is_that_of_the_whole_table(ids):
    (counts,) = count([(ids, np.ones((len(ids) - 1, 1), bool))], (LETTERS,))
    pairs, shares = dense(counts), counts.shares
    followers = (pairs > 0).sum(1).clip(1)
    wanted = (pairs + followers[:, None] * shares) / (pairs.sum(1) + followers)[:, None]
    before, after = np.indices((3, 3)).reshape(2, -1)
    assert bigram(counts, before, after).tolist() == wanted.ravel().tolist()


def test_counts_of_a_column_of_many_ids_are_small():
    column = Column("ms", (Range("ms", 30_000),))
    ids = np.random.default_rng(0).integers(0, 30_000, (500, 1)).astype(np.int16)
    (counts,) = count([(ids, np.ones((499, 1), bool))], (column,))
    assert len(counts.keys) == 499 and counts.keys.nbytes + counts.shares.nbytes < 1_000_000
