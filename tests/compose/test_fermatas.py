"""Fermatas that were asked for before there were notes."""

import pytest
from sheets import sheet

from partimento.compose.fermatas import on_notes

NOTHING = sheet([], [])


@pytest.mark.parametrize(
    ("soprano", "tick"),
    [([(67, 8), (69, 8)], 8), ([(67, 4), (69, 12)], 4), ([(67, 8), (None, 8)], 8)],
)
def test_a_fermata_stands_where_the_soprano_begins_what_sounds_there(soprano, tick):
    score = sheet(soprano, [(60, 8), (62, 8)], fermatas=(8,))
    assert on_notes(score, NOTHING).fermatas["onset"].tolist() == [tick]


def test_a_fermata_of_a_kept_note_stays():
    score = sheet([(67, 16)], [(60, 8), (62, 8)], fermatas=(8,))
    kept = sheet([], [(60, 8), (62, 8)])
    assert on_notes(score, kept).fermatas["onset"].tolist() == [8]
