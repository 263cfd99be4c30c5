import pytest

from partimento.data.filters import filtered, parse_filter
from partimento.data.source import Piece
from partimento.errors import UnknownName, UsageError

DVORAK = Piece(
    "x", "train", "Humoresque Op. 101, No. 7", "x.mid", "0", "Antonín Dvořák", 2006, kind="solo", licence="CC-BY-2.5"
)


@pytest.mark.parametrize(
    "text",
    [
        "composer=Dvorak",
        "COMPOSER = antonín",
        "title=Op. 101, No. 7",
        "year=2006",
        "year=2004-2008,title=humor",
        "kind=solo,licence=cc-by",
        "",
    ],
)
def test_filter_chooses(text):
    assert parse_filter(text)(DVORAK)


@pytest.mark.parametrize(
    "text",
    ["composer=Chopin", "year=2007", "year=2007-2009", "composer=Dvorak,title=Largo"],
)
def test_filter_leaves_out(text):
    assert not parse_filter(text)(DVORAK)


def test_filter_knows_kind_and_licence():
    assert parse_filter("kind=solo,licence=cc-by")(DVORAK)
    assert not parse_filter("kind=duet")(DVORAK) and not parse_filter("licence=CC0")(DVORAK)


def test_unknown_key_has_a_suggestion():
    with pytest.raises(UnknownName, match="did you mean composer"):
        parse_filter("compser=Chopin")


@pytest.mark.parametrize("text", ["year=old", "year=1-2-3", "title=", "Chopin"])
def test_filter_that_cannot_be_read_is_refused(text):
    with pytest.raises(UsageError):
        parse_filter(text)


def test_view_holds_the_chosen(corpus):
    assert [piece.path for piece in filtered(corpus, "title=b").pieces] == ["b.MIDI"]


def test_a_piece_without_a_licence_of_its_own_has_that_of_its_source(corpus):
    assert len(filtered(corpus, "licence=unknown")) == 3


def test_empty_result_names_the_nearest_composers(corpus, monkeypatch):
    monkeypatch.setitem(corpus.__dict__, "pieces", (DVORAK,) * 3)
    with pytest.raises(UsageError, match="chooses none of 3 pieces; nearest composers: Antonín Dvořák"):
        filtered(corpus, "composer=Dvorzak")


def test_empty_result_with_a_known_composer_advises_fewer_conditions(corpus, monkeypatch):
    monkeypatch.setitem(corpus.__dict__, "pieces", (DVORAK,) * 3)
    with pytest.raises(UsageError, match="leave a condition out"):
        filtered(corpus, "composer=Dvorak,title=Largo")
