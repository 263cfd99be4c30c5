"""The guard keeps exact matches with what a model learnt from growing beyond so many notes."""

import numpy as np
import pytest
from fakes import UniformModel
from originality.pieces import piece

from partimento.codecs import codec_of
from partimento.compose.compose import Settings, compose
from partimento.compose.copies import CopyGuard, CopyLimit, copy_limit
from partimento.errors import MissingData, UsageError
from partimento.originality import Compact, brief
from partimento.originality.index import Index, Source
from partimento.prompt import Length, from_nothing

NOTES, EVENTS = codec_of("notes"), codec_of("performance")
LEARNT = piece(0, 60)
COMPACT = Compact.of(Index.of("tiny", "abc", [Source("0", "", "A")], [LEARNT]), {})
PITCHES = LEARNT.notes["pitch"].tolist()
SCALE = [piece(seed, 40) for seed in range(3)]


def guard_after(pitches, notes=10, together=False):
    """A guard of events that has heard ``pitches``, one after the other or all at once."""
    guard = CopyGuard(EVENTS, CopyLimit(notes, COMPACT))
    first = EVENTS.columns[0].offsets["on"]
    for i, pitch in enumerate(pitches):
        guard.push([first + pitch], 0 if together else 15 * i)
    return guard


def is_refused(pitch, guard, now):
    """Whether ``pitch`` may not come at grid step ``now``, and few others may not, which are refused by chance."""
    column = EVENTS.columns[0]
    kept = guard.mask(np.ones(column.size, bool), 0, now)
    assert (~kept).sum() < 12
    return not kept[column.offsets["on"] + pitch]


def test_the_note_that_would_make_the_copy_too_long_is_refused():
    assert is_refused(PITCHES[10], guard_after(PITCHES[:10]), 150)


def test_a_copy_of_the_length_that_is_allowed_may_come_about():
    assert not is_refused(PITCHES[9], guard_after(PITCHES[:9]), 135)


@pytest.mark.parametrize("semitones", [-3, 5])
def test_it_is_refused_in_any_key(semitones):
    moved = [pitch + semitones for pitch in PITCHES[:11]]
    assert is_refused(moved[10], guard_after(moved[:10]), 150)


def test_a_note_that_joins_the_last_is_looked_at_in_its_order():
    chord = PITCHES[:9], sorted(PITCHES[9:11])
    guard = guard_after([*chord[0], chord[1][1]])
    assert is_refused(chord[1][0], guard, 9 * 15 + 2) == (chord[1] == PITCHES[9:11])


def test_forks_go_their_own_ways():
    guard = guard_after(PITCHES[:9])
    fork = guard.fork()
    fork.push([EVENTS.columns[0].offsets["on"] + PITCHES[9]], 135)
    assert is_refused(PITCHES[10], fork, 150) and not is_refused(PITCHES[10], guard, 150)


def test_rows_without_a_note_change_nothing():
    guard = guard_after(PITCHES[:10])
    guard.push([EVENTS.columns[0].offsets["velocity"]], 149)
    assert is_refused(PITCHES[10], guard, 150)


@pytest.mark.parametrize("codec", [NOTES, EVENTS, codec_of("notes", pedal="stream")])
def test_nothing_longer_is_written_even_where_all_was_learnt(codec):
    everything = Compact.of(COMPACT_INDEX, {})
    limit = CopyLimit(8, everything)
    free, held = (
        next(compose(UniformModel(codec), codec, PROMPT, seed=3, settings=Settings(copies=copies))).score
        for copies in (None, limit)
    )
    own = Compact.of(Index.of("own", "abc", [Source("0", "", "A")], [free]), {})
    again = next(compose(UniformModel(codec), codec, PROMPT, seed=3, settings=Settings(copies=CopyLimit(8, own)))).score
    assert brief(free, own).longest == len(free) > 20
    assert brief(again, own).longest <= 8
    assert brief(held, everything).longest <= 8


PROMPT = from_nothing(Length(notes=40))
COMPACT_INDEX = Index.of("tiny", "abc", [Source(str(i), "", "A") for i in range(3)], SCALE)


def test_a_codec_of_frames_is_refused():
    with pytest.raises(UsageError, match="codec roll does not write note by note"):
        CopyGuard(codec_of("roll"), CopyLimit(8, COMPACT))


def test_a_model_of_which_nothing_is_known_says_what_to_do():
    assert copy_limit(None, None, "mine", "ours") is None
    with pytest.raises(MissingData, match="partimento originality FILE --against ours"):
        copy_limit(20, None, "mine", "ours")


@pytest.mark.parametrize("notes", [7, 0, -1, 1001])
def test_a_limit_out_of_range_is_refused(notes):
    with pytest.raises(UsageError, match="8 to 1000 notes"):
        copy_limit(notes, COMPACT, "mine", "ours")
