"""The note that began first ends first."""

from collections import defaultdict, deque

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from partimento.midi.pairs import NONE, endings


def queued(events):
    """The same, one event after another."""
    ends, sounding = [NONE] * len(events), defaultdict(deque)
    for place, (voice, begins) in enumerate(events):
        if begins:
            sounding[voice].append(place)
        elif sounding[voice]:
            ends[sounding[voice].popleft()] = place
    return ends


def paired(events):
    voices, begins = zip(*events, strict=True)
    return endings(np.array(voices, np.uint16), np.array(begins)).tolist()


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1))
def test_endings_are_those_of_a_queue_for_each_voice(events):
    assert paired(events) == queued(events)


def test_of_two_sounding_notes_the_first_ends_first():
    assert paired([(60, True), (60, True), (60, False)]) == [2, NONE, NONE]


def test_a_note_off_without_a_note_ends_nothing():
    assert paired([(60, False), (60, True), (61, False), (60, False)]) == [NONE, 3, NONE, NONE]
