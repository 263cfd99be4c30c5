"""Whatever the bytes are: a Score or an InputError of one line."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.errors import InputError
from partimento.midi import parse, to_bytes
from partimento.score import METRE, NOTE, PEDAL, TEMPO, Score, table

SMALL = to_bytes(
    Score(
        table(NOTE, [(10 * i, 15, 60 + i % 7, 64, i % 2) for i in range(12)]),
        pedals=table(PEDAL, [(0, 40, 0), (50, 90, 1)]),
        tempi=table(TEMPO, [(0, 90.0)]),
        metres=table(METRE, [(0, 3, 4)]),
        tracks=("Right", "Left"),
        title="Small",
    ),
    texts=("by hand",),
)


def survives(data):
    try:
        score, _ = parse(data, "hostile.mid")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert score.end >= 0 and score.duration_s >= 0


def flipped(seed):
    stream, data = random.Random(seed), bytearray(SMALL)
    for _ in range(stream.randint(1, 8)):
        data[stream.randrange(len(data))] ^= 1 << stream.randrange(8)
    return bytes(data)


def test_three_hundred_damaged_files_are_read_or_refused():
    for seed in range(300):
        survives(flipped(seed))


def test_a_file_cut_anywhere_is_read_or_refused():
    for length in range(len(SMALL)):
        survives(SMALL[:length])


@pytest.mark.parametrize("claim", [0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_chunk_that_lies_about_its_length_is_read_or_refused(claim):
    survives(SMALL[:18] + claim.to_bytes(4, "big") + SMALL[22:])
    survives(SMALL[:4] + claim.to_bytes(4, "big") + SMALL[8:])


@given(st.binary(max_size=60))
def test_any_bytes_as_a_track_are_read_or_refused(smf, body):
    survives(smf(body, kind=0))


def test_ticks_beyond_31_bits_are_refused(smf, note):
    with pytest.raises(InputError, match="ticks"):
        parse(smf(b"\xff\xff\xff\x7f\xff\x01\x00" * 9 + note), "long.mid")
