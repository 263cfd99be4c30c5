"""What the pieces of a corpus ask their models to say."""

from dataclasses import replace

import pytest
from fakes import corpus_of
from sheets import sheet

from partimento.data.corpus import Corpus
from partimento.data.rights import rights
from partimento.score import from_notes

OWN = [
    {"licence": "CC-BY-4.0", "credit": "A. Typist", "title": "Fugue"},
    {"licence": "CC-BY-4.0", "credit": "A. Typist", "title": ""},
    {"licence": "Public-Domain", "credit": "A. Typist"},
    {},
]


@pytest.fixture
def corpus(tmp_path):
    """Four pieces, three with a licence and a credit of their own; the first alone has dynamics."""
    found = corpus_of(tmp_path, [from_notes([(i, 1, 60 + i, 60 + i % n) for i in range(4)]) for n in (4, 3, 2, 1)])
    entries = [replace(e, piece=replace(e.piece, **own)) for e, own in zip(found.manifest.entries, OWN, strict=True)]
    replace(found.manifest, source="free-piano", credit="All of them", entries=tuple(entries)).write(tmp_path)
    return Corpus.open(tmp_path)


def test_the_licence_is_every_licence_of_the_pieces_chosen(corpus):
    assert rights(corpus, range(4))["licence"] == "CC-BY-4.0, CC0-1.0, Public-Domain"
    assert rights(corpus, [2])["licence"] == "Public-Domain"


def test_everyone_is_credited_once_a_licence_with_every_piece(corpus):
    first, second = rights(corpus, range(4))["credits"]
    assert first == {"credit": "A. Typist", "licence": "CC-BY-4.0", "pieces": ["Bach: Fugue", "Chopin: piece-1"]}
    assert second == {"credit": "A. Typist", "licence": "Public-Domain", "pieces": ["Bach: Piece 2"]}
    assert rights(corpus, range(4))["credit"] == "All of them; 2 credits, by name and piece, stand on the model's card"


def test_the_timing_of_a_score_and_pieces_without_dynamics_are_remarked(corpus):
    timing, loudness = rights(corpus, range(4))["remarks"]
    assert "no performer" in timing and "learnt from 1 of 4 pieces" in loudness
    assert rights(corpus, [0])["remarks"] == [timing]


def test_pieces_with_nothing_of_their_own_say_what_their_source_says(tmp_path):
    plain = corpus_of(tmp_path, [from_notes([(i, 1, 60, 60 + i) for i in range(4)])])
    assert rights(plain, [0]) == {"licence": "CC0-1.0", "credit": ""}


def test_nothing_is_said_of_the_loudness_of_chorales(tmp_path):
    chorale = corpus_of(tmp_path, [sheet([(67, 4)], [(62, 4)], [(59, 4)], [(43, 4)])])
    assert "remarks" not in rights(chorale, [0])
