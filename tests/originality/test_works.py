"""Titles that may name one work, however they are written."""

import numpy as np
import pytest

from partimento.data.source import Piece
from partimento.originality.works import may_be_same, same_works, work_of

SAME = [
    ("Ludwig van Beethoven", "Sonata No. 23 in F Minor, Op. 57, First movement", "Sonata Op. 57 (Complete)"),
    ("Franz Schubert", "Sonata in B-flat Major D. 960", "Son. in Bb D.960"),
    ("Johann Sebastian Bach", "Prelude and Fugue in C Major, WTC II", "Prelude and Fugue in C Major, BWV 870"),
    ("Franz Liszt", "Rigoletto Paraphrase, S. 434", "Paraphrase de concert sur Rigoletto"),
    ("Franz Liszt", 'Transcendental Etude No. 1, "Preludio"', "Transcendental Etudes"),
    ("Frédéric Chopin", "Etude Op. 10 No. 4", "12 Etudes, Opus 10"),
    ("Joseph Haydn", "Sonata in C Major, Hob. XVI: 50", "Sonata Hob.XVI:50"),
]
OTHER = [
    ("Ludwig van Beethoven", "Sonata No. 23 in F Minor, Op. 57", "Sonata No. 21 in C Major, Op. 53"),
    ("Frédéric Chopin", "Ballade No. 4 in F Minor, Op. 52", "Scherzo No. 2 in B-flat Minor, Op. 31"),
    ("Franz Liszt", "Mephisto Waltz No. 1", "Gnomenreigen"),
]


@pytest.mark.parametrize(("composer", "one", "other"), SAME)
def test_one_work_is_known_under_two_titles(composer, one, other):
    assert may_be_same(work_of(composer, one), work_of(composer, other))


@pytest.mark.parametrize(("composer", "one", "other"), OTHER)
def test_two_works_are_told_apart(composer, one, other):
    assert not may_be_same(work_of(composer, one), work_of(composer, other))


def test_an_arrangement_has_the_composers_of_both():
    arranged = work_of("Franz Schubert / Franz Liszt", "Die Forelle")
    assert may_be_same(arranged, work_of("Franz Schubert", "Die Forelle"))
    assert not may_be_same(arranged, work_of("Robert Schumann", "Die Forelle"))


def test_pieces_are_compared_by_composer_and_title():
    pieces = [Piece("", "train", title, "", "", "Franz Liszt") for title in ("Funerailles", "Mazeppa")]
    found = same_works(Piece("", "test", "Funérailles", "", "", "Liszt"), pieces)
    assert np.array_equal(found, [True, False])
