"""Which track of a Score the notes and pedals of channels and programs come to."""

from partimento.midi import parse

A_NOTE, DOWN, UP = b"\x01\x90\x3c\x40\x01\x80\x3c\x00", b"\x00\xb0\x40\x7f", b"\x01\xb0\x40\x00"


def program(number):
    return b"\x00\xc0" + bytes([number])


def pedals(smf, *events):
    """The tracks of the pedals, and how many tracks there are."""
    score, _ = parse(smf(b"".join(events)), "a.mid")
    return score.pedals["track"].tolist(), len(score.tracks)


def test_parts_are_in_order_of_channel_and_program(smf):
    other = b"\x00\x91\x3c\x40\x01\x81\x3c\x00"
    whole, _ = parse(smf(other + program(7) + A_NOTE + program(3) + A_NOTE), "a.mid")
    assert whole.notes[["onset", "track"]].tolist() == [(0, 2), (2, 1), (4, 0)]


def test_a_pedal_before_the_first_note_goes_to_whoever_plays_it(smf):
    assert pedals(smf, DOWN, UP, program(7), A_NOTE) == ([0], 1)


def test_a_pedal_goes_to_the_program_that_has_played(smf):
    assert pedals(smf, A_NOTE, program(7), A_NOTE, program(0), DOWN, UP) == ([0], 2)


def test_a_pedal_of_a_program_that_never_plays_goes_to_the_next_to_enter(smf):
    assert pedals(smf, A_NOTE, program(5), DOWN, UP, program(7), A_NOTE) == ([1], 2)
    assert pedals(smf, A_NOTE, program(5), DOWN, UP) == ([], 1)


def test_a_note_belongs_to_the_program_at_its_beginning(smf):
    score, _ = parse(smf(b"\x00\x90\x3c\x40" + program(7) + b"\x05\x80\x3c\x00"), "a.mid")
    assert (score.notes["duration"].tolist(), len(score.tracks)) == ([5], 1)
