"""A sweep gives what the walk gives, or leaves the track to it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partimento.errors import InputError
from partimento.midi.quantity import write_quantity
from partimento.midi.sweep import sweep
from partimento.midi.walk import walk

DELTAS = st.sampled_from([0, 5, 127, 128, 8192, 2**21, 2**28 - 1]).map(write_quantity)
BYTES = st.binary(max_size=5)
LOW = st.integers(0, 127)
CHANNEL = st.builds(lambda status, a, b: bytes([status, a, b]), st.sampled_from([0x80, 0x93, 0xB0, 0xEF]), LOW, LOW)
RUNNING = st.builds(lambda a, b: bytes([a, b]), LOW, LOW)
SHORT = st.builds(lambda status, a: bytes([status, a]), st.sampled_from([0xC0, 0xDF]), LOW)
META = st.builds(lambda kind, raw: bytes([0xFF, kind, len(raw)]) + raw, st.sampled_from([0, 1, 0x51, 0x7F]), BYTES)
EXCLUSIVE = st.builds(lambda status, raw: bytes([status, len(raw)]) + raw, st.sampled_from([0xF0, 0xF7]), BYTES)
END = st.just(b"\xff\x2f\x00")
EVENTS = st.tuples(DELTAS, st.one_of(CHANNEL, CHANNEL, RUNNING, SHORT, META, EXCLUSIVE, END)).map(b"".join)
BODIES = st.lists(EVENTS, max_size=12).map(lambda events: b"\x00\x90\x3c\x40" + b"".join(events))


def walked(body):
    try:
        return walk(body, 1000)
    except InputError:
        return None


def agrees(body):
    swept = sweep(body)
    assert swept is None or swept == walked(body)


@given(BODIES)
def test_of_any_events_a_sweep_and_a_walk_give_the_same(body):
    agrees(body)


@given(BODIES, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 255)), min_size=1, max_size=3))
def test_of_damaged_events_too(body, changes):
    damaged = bytearray(body)
    for place, value in changes:
        damaged[place % len(body)] = value
    agrees(bytes(damaged))


@given(st.binary(max_size=30))
@example(b"")
@example(b"\x00\xff\x2f")
@example(b"\x00\x90\x3c\x40\x81")
def test_of_any_bytes_too(body):
    agrees(body)


@given(st.lists(st.tuples(DELTAS, st.one_of(CHANNEL, META)).map(b"".join), max_size=12))
def test_what_is_regular_is_swept(events):
    assert sweep(b"".join(events)) is not None


@pytest.mark.parametrize("odd", [b"\xc0\x05", b"\xf0\x01\xf7"])
def test_nothing_runs_on_after_an_odd_status(odd):
    assert sweep(b"\x00\x90\x3c\x40\x00" + odd + b"\x00\x3c\x40") is None


def test_a_payload_of_status_bytes_is_passed_over():
    track = sweep(b"\x00\xff\x01\x03\xc0\xff\x90\x00\x90\x3c\x40")
    assert (track.statuses.tolist(), track.meta_offsets.tolist()) == ([0xFF, 0x90], [2])
