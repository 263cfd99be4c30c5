"""The hashes that travel with a model: none of its windows is overlooked, few others are found."""

import numpy as np
import pytest
from originality.pieces import piece, with_passage

from partimento.errors import InputError
from partimento.originality import Compact, brief
from partimento.originality.bloom import false_positives
from partimento.originality.index import Index, Source
from partimento.originality.lines import texture

CORPUS = [piece(seed) for seed in range(4)]
SOURCES = [Source(str(i), "Bach", f"Piece {i}") for i in range(4)]
INDEX = Index.of("tiny", "abc", SOURCES, CORPUS)
HUMAN = {"texture": {"128": {"excerpts": 3, "longest": {"median": 7.0, "interval": [6.0, 9.0]},
                             "share": {"median": 0.0, "interval": [0.0, 0.01]}}}}  # fmt: skip
COMPACT = Compact.of(INDEX, HUMAN)


@pytest.fixture
def path(tmp_path):
    COMPACT.save(tmp_path / "a.safetensors")
    return tmp_path / "a.safetensors"


def test_every_window_is_found_and_few_others_are():
    assert all(COMPACT.found(texture(score).pitches).longest() == (0, 200) for score in CORPUS)
    others = np.mean([COMPACT.found(texture(piece(seed)).pitches).matched(8).mean() for seed in range(50, 80)])
    assert others == pytest.approx(false_positives(8.0), abs=0.01)


def test_no_window_goes_from_one_piece_into_the_next():
    border = np.concatenate([CORPUS[0].notes["pitch"][-4:], CORPUS[1].notes["pitch"][:4]])
    assert not COMPACT.found(border).matched(8).any()


def test_a_match_is_told_with_its_place():
    told = brief(with_passage(piece(9), CORPUS[2], 20, 60), COMPACT)
    assert 60 <= told.longest <= 62 and told.at_s == pytest.approx(7.5, abs=0.4)
    assert told.source[:2] == ("Bach", "Piece 2") and 3 <= told.source[2] <= 12
    assert told.share == pytest.approx(45 / 185, abs=0.02)


def test_the_line_says_what_unseen_pieces_have():
    words = brief(with_passage(piece(9), CORPUS[2], 20, 60), COMPACT).words()
    assert words.startswith("originality: longest exact match with tiny: 6") and "as in Bach: Piece 2 at 0:0" in words
    assert "(unseen human pieces of such a length: 7, 95 % between 6 and 9)" in words and "\n" not in words


@pytest.mark.parametrize(("notes", "share"), [(3, None), (15, None), (16, 0.0)])
def test_a_short_piece_has_no_share(notes, share):
    told = brief(piece(9, notes), COMPACT)
    assert told.longest <= 9 and told.share == share and ("under 8 notes" in told.words()) == (told.longest == 0)


def test_what_is_saved_is_read_again(path):
    found = Compact.open(path)
    assert np.array_equal(found.blooms[12], COMPACT.blooms[12]) and found.said == COMPACT.said


@pytest.mark.parametrize(
    "damage", [lambda data: data[:50], lambda data: b"", lambda data: data.replace(b"abc", b'a"c')]
)
def test_a_damaged_file_is_refused(path, damage):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"a\.safetensors: is (missing or )?damaged"):
        Compact.open(path)


def test_the_same_corpus_gives_the_same_bytes(path, tmp_path):
    Compact.of(INDEX, HUMAN).save(tmp_path / "b.safetensors")
    assert (tmp_path / "b.safetensors").read_bytes() == path.read_bytes()


def test_of_many_lines_each_has_its_own_matches():
    lines = np.stack([texture(CORPUS[0]).pitches[:20], texture(piece(9)).pitches[:20]])
    assert COMPACT.found(lines).matched(20).tolist() == [[True], [False]]


def test_parts_of_two_places_are_no_match_of_sixteen():
    first, second = texture(CORPUS[0]).pitches[:100], texture(CORPUS[1]).pitches
    joined = np.concatenate([first[:15], second[:15] + first[15] - second[0]])
    assert not COMPACT.found(joined).matched(24).any()
