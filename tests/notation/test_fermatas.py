"""Where the signs stand: durations are 16ths."""

from sheets import sheet

from partimento.notation.fermatas import fermata_notes, fermata_spans

SOPRANO = [(67, 4), (71, 4), (72, 8)]
UNDER = {
    "a note struck with it": ([(64, 8), (64, 8)], 8),
    "one that is held": ([(64, 4), (67, 12)], 4),
    "a suspension's resolution": ([(64, 8), (65, 2), (64, 6)], 10),
    "what comes after is another phrase's": ([(64, 8), (64, 8), (65, 4)], 8),
}


def test_every_part_has_the_sign_on_the_last_note_that_sounds():
    for name, (alto, onset) in UNDER.items():
        score = sheet(SOPRANO, alto, fermatas=(8,))
        rows = [score.notes[i] for i in sorted(fermata_notes(score))]
        assert sorted((int(row["track"]), int(row["onset"])) for row in rows) == [(0, 8), (1, onset)], name


def test_ticks_of_held_and_resolving_notes_are_one_fermata():
    alto, tenor = [(64, 8), (65, 2), (64, 6)], [(60, 4), (55, 12)]
    score = sheet(SOPRANO, alto, tenor, fermatas=(4, 8, 10))
    assert fermata_spans(score) == [(8, 16)] and len(fermata_notes(score)) == 3


def test_fermatas_of_two_phrases_are_two():
    score = sheet([(67, 4), (69, 4), (71, 8)], fermatas=(4, 8))
    assert fermata_spans(score) == [(4, 8), (8, 16)]


def test_a_part_that_rests_has_none():
    score = sheet(SOPRANO, [(64, 8), (None, 8)], fermatas=(8,))
    assert len(fermata_notes(score)) == 1


def test_a_fermata_where_nothing_sounds_bears_no_sign():
    assert not fermata_notes(sheet([(67, 4), (None, 4), (67, 4)], fermatas=(5,)))
