"""A model that would wait for ever strikes a note after LONGEST_S."""

import numpy as np

from partimento.codecs import codec_of
from partimento.compose.silence import LONGEST_S, SilenceGuard

NOTES = codec_of("notes")
STEP = NOTES.columns[0]
LONG = int(LONGEST_S * NOTES.steps_per_second)


def waits_are_allowed(guard, now, ids=("wait", "time")):
    mask = np.isin(np.arange(STEP.size), [STEP.id(name) for name in ids])
    return bool(guard.mask(mask, STEP.advances, now)[STEP.id("wait")])


def test_no_wait_after_a_long_silence_until_a_note_is_said():
    guard = SilenceGuard(STEP, 0, NOTES.steps_per_second)
    assert waits_are_allowed(guard, LONG - 1) and not waits_are_allowed(guard, LONG)
    guard.push(LONG)
    assert waits_are_allowed(guard, LONG)


def test_where_there_is_nothing_but_waiting_one_waits():
    assert waits_are_allowed(SilenceGuard(STEP, 0, NOTES.steps_per_second), 2 * LONG, ids=("wait",))


def test_what_a_fork_hears_is_its_own():
    guard = SilenceGuard(STEP, 0, NOTES.steps_per_second)
    guard.fork().push(LONG)
    assert not waits_are_allowed(guard, LONG)
