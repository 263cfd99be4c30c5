from collections import Counter

import pytest
from sheets import melody

from partimento.data.source import SPLITS, Piece, Split
from partimento.data.tunes import divided, patterns, tunes

TUNE = (67, 69, 71, 67, 72, 71, 69, 74, 72, 71, 67, 69)
OTHER = (67, 65, 64, 60, 62, 65, 64, 59, 60, 64, 62, 60)


def of(line, up=0):
    return melody(*(pitch + up for pitch in line))


def test_a_tune_is_known_in_another_key_and_with_repeated_notes():
    assert patterns(of(TUNE)) == patterns(of(TUNE, 3)) == patterns(of(TUNE[:1] + TUNE))


def test_chorales_of_one_tune_have_one_number():
    assert tunes([of(TUNE), of(OTHER), of(TUNE, -2), of(OTHER, 1)]) == [0, 1, 0, 1]


def test_half_of_the_patterns_are_enough_and_a_quarter_are_not():
    assert tunes([of(TUNE), of((*TUNE[:10], 60, 64))]) == [0, 0]
    assert tunes([of(TUNE), of((*TUNE[:9], 60, 64, 60))]) == [0, 1]


def test_chorales_of_one_title_are_of_one_tune():
    assert tunes([of(TUNE), of(OTHER)], ["Nun danket", "Nun danket"]) == [0, 0]


def test_two_that_are_like_a_third_are_of_one_tune():
    assert tunes([of(TUNE), of(OTHER), of(TUNE + OTHER)]) == [0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_no_tune_stands_on_two_sides_and_the_shares_are_kept(seed):
    lines = [TUNE[i:] + TUNE[:i] if i else TUNE for i in range(1)] + [
        tuple(60 + (k * k * (i + 3) + i * k) % 17 for k in range(12)) for i in range(100)
    ]
    scores = [of(line, up) for line in lines for up in (0, 1)]
    pieces = [Piece(f"p{i:03}", "train", f"BWV {i}", "", "") for i in range(len(scores))]
    found = divided(pieces, scores, Split(seed=seed))
    numbers = tunes(scores)
    assert all(len({s for s, n in zip(found, numbers, strict=True) if n == tune}) == 1 for tune in set(numbers))
    counts = Counter(found)
    largest = max(Counter(numbers).values())
    assert set(counts) <= set(SPLITS) and abs(counts["train"] - 0.8 * len(scores)) <= largest


def test_the_seed_moves_tunes():
    scores = [of([60 + (k * k * (i + 3)) % 17 for k in range(12)]) for i in range(40)]
    pieces = [Piece(f"p{i:03}", "train", f"BWV {i}", "", "") for i in range(len(scores))]
    assert divided(pieces, scores, Split(seed=0)) != divided(pieces, scores, Split(seed=1))
